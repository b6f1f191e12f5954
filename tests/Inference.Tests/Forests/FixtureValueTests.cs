using System.Collections.Generic;
using System.Linq;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Forests;

/// <summary>Values are the training library's, but for what its C library's exp and log round otherwise.</summary>
public sealed class FixtureValueTests
{
    /// <summary>The libraries call the C library's exp, which is not always right in the last bit, and divide by what it says.</summary>
    private const int MostUlps = 2;

    public static IEnumerable<TheoryDataRow<string, string>> Cases =>
        from library in new[] { "xgboost-1.7.4", "xgboost-3.4.1", "lightgbm-4.1.0.99" }
        from fixture in Fixture.All(library)
        select new TheoryDataRow<string, string>(library, fixture.Name);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Values_are_the_librarys(string library, string name)
    {
        Fixture fixture = new(library, name);
        using FixtureRun run = new(fixture);
        double[] values = run.Predict(PredictionKind.Value);
        decimal worst;
        if (run.Booster.Info.ScoresInDouble)
        {
            double[] expected = (double[])fixture.Read("expected-value.npy").Data;
            worst = expected.Zip(values, Bits.Distance).Max();
            Bits.Within(MostUlps, expected, values, fixture.ToString());
        }
        else
        {
            float[] expected = (float[])fixture.Read("expected-value.npy").Data;
            float[] singles = [.. values.Select(value => (float)value)];
            worst = expected.Zip(singles, Bits.Distance).Max();
            Bits.Within(MostUlps, expected, singles, fixture.ToString());
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{fixture}: {worst} ulp");
    }
}
