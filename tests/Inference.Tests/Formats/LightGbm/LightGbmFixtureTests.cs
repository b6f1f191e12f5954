using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Inference.Cli.Rows;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Formats.LightGbm;

/// <summary>Every model that LightGBM 4.1 wrote answers as LightGBM 4.1 does.</summary>
public sealed class LightGbmFixtureTests
{
    private const string Library = "lightgbm-4.1.0.99";

    private static readonly BoosterOptions ByReference = new() { Engine = EngineKind.Reference };

    public static IEnumerable<TheoryDataRow<string>> Cases => Fixture.All(Library).Select(fixture => new TheoryDataRow<string>(fixture.Name));

    public static IEnumerable<TheoryDataRow<string>> CasesWithLeaves => Fixture.All(Library)
        .Where(fixture => File.Exists(fixture.PathOf("expected-leaf.npy")))
        .Select(fixture => new TheoryDataRow<string>(fixture.Name));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Margins_have_the_librarys_bits(string name)
    {
        Fixture fixture = new(Library, name);
        using Booster booster = Load(fixture);
        double[] expected = (double[])fixture.Read("expected-margin.npy").Data;
        double[] margins = new double[expected.Length];

        Margins(booster, fixture.Read("rows.npy"), margins, fixture.Iterations);

        Bits.Equal(expected, margins, name);
    }

    [Theory]
    [MemberData(nameof(CasesWithLeaves))]
    public void Leaves_have_the_librarys_numbers(string name)
    {
        Fixture fixture = new(Library, name);
        int[] expected = (int[])fixture.Read("expected-leaf.npy").Data;
        using Booster booster = Load(fixture);
        int[] leaves = new int[expected.Length];
        PredictOptions options = new() { Iterations = fixture.Iterations };
        switch (fixture.Read("rows.npy").Data)
        {
            case float[] rows:
                booster.PredictLeaf(rows, leaves, options);
                break;
            case double[] rows:
                booster.PredictLeaf(rows, leaves, options);
                break;
        }

        Assert.Equal(expected, leaves);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_part_of_a_model_is_described(string name)
    {
        Fixture fixture = new(Library, name);
        using Booster booster = Load(fixture);
        BoosterInfo info = booster.Info;

        Assert.Equal(ModelFormat.LightGbmText, info.Format);
        Assert.Equal("v4", info.Version);
        Assert.True(info.VersionVerified);
        Assert.True(info.ScoresInDouble);
        Assert.NotEmpty(info.Objective);
        Assert.Equal(name switch { "dart" => "dart", "random-forest" => "rf", _ => "gbdt" }, info.Booster);
        Assert.Equal(name is "feature-names" or "pandas-categorical", info.HasFeatureNames);
        Assert.All(info.Features, feature => Assert.NotNull(feature.Type));
    }

    [Fact]
    public void Windows_line_ends_change_nothing()
    {
        Fixture fixture = new(Library, "categorical");
        string text = File.ReadAllText(fixture.Models[0], Encoding.UTF8).ReplaceLineEndings("\r\n");
        using Booster booster = Booster.Load(Encoding.UTF8.GetBytes(text), ByReference);
        double[] expected = (double[])fixture.Read("expected-margin.npy").Data;
        double[] margins = new double[expected.Length];

        Margins(booster, fixture.Read("rows.npy"), margins, IterationRange.All);

        Bits.Equal(expected, margins, "CR LF");
    }

    [Fact]
    public void The_gain_of_a_feature_is_the_sum_of_the_files_split_gains()
    {
        Fixture fixture = new(Library, "stump");
        double expected = File.ReadLines(fixture.Models[0])
            .Where(line => line.StartsWith("split_gain=", System.StringComparison.Ordinal))
            .Sum(line => (double)float.Parse(line["split_gain=".Length..], System.Globalization.CultureInfo.InvariantCulture));
        using Booster booster = Load(fixture);

        Assert.Equal(expected, booster.Info.Features.Sum(feature => feature.Gain), 1e-9 * expected);
    }

    private static Booster Load(Fixture fixture) => Booster.Load(fixture.Models[0], ByReference);

    private static void Margins(Booster booster, NpyArray rows, double[] margins, IterationRange iterations)
    {
        PredictOptions options = new() { Iterations = iterations };
        switch (rows.Data)
        {
            case float[] values:
                booster.PredictMargin(values, margins, options);
                break;
            case double[] values:
                booster.PredictMargin(values, margins, options);
                break;
        }
    }
}
