using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Inference.Formats;
using Inference.Forests;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Forests;

/// <summary>Contributions are the training library's, bit for bit, and sum to the margin.</summary>
public sealed class FixtureContributionTests
{
    /// <summary>The recorded answers are those of every fourth row, from the first on.</summary>
    private const int RowStep = 4;

    private static readonly string[] Libraries = ["xgboost-1.7.4", "xgboost-3.4.1", "lightgbm-4.1.0.99"];

    public static IEnumerable<TheoryDataRow<string, string>> Recorded =>
        from library in Libraries
        from fixture in Fixture.All(library)
        where File.Exists(fixture.PathOf("expected-contrib.npy"))
        select new TheoryDataRow<string, string>(library, fixture.Name);

    public static IEnumerable<TheoryDataRow<string, string>> Constant =>
        from library in Libraries
        from fixture in Fixture.All(library)
        where !fixture.Name.Contains("linear-tree", StringComparison.Ordinal)
        select new TheoryDataRow<string, string>(library, fixture.Name);

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Contributions_are_the_librarys_bit_for_bit(string library, string name)
    {
        Fixture fixture = new(library, name);
        using FixtureRun run = new(fixture, RowStep);
        double[] expected = fixture.Read("expected-contrib.npy").Data switch
        {
            float[] singles => [.. singles.Select(value => (double)value)],
            Array doubles => (double[])doubles,
        };

        Bits.Equal(expected, run.Predict(PredictionKind.Contribution), $"{fixture}");
    }

    [Theory]
    [MemberData(nameof(Constant))]
    public void Contributions_sum_to_the_margin(string library, string name)
    {
        Fixture fixture = new(library, name);
        using FixtureRun run = new(fixture, RowStep);
        double[] contributions = run.Predict(PredictionKind.Contribution);
        double[] margins = run.Predict(PredictionKind.Margin);
        int columns = run.Booster.Info.Features.Count + 1;

        // XGBoost's arithmetic is float32, and TreeSHAP takes weights out of a path again by subtractions: digits go there.
        double unit = run.Booster.Info.ScoresInDouble ? 1e-12 : 1e-5;
        for (int i = 0; i < margins.Length; i++)
        {
            ReadOnlySpan<double> parts = contributions.AsSpan(i * columns, columns);
            double sum = 0;
            foreach (double part in parts)
            {
                sum += part;
            }

            Assert.True(
                Math.Abs(sum - margins[i]) <= unit * Math.Max(1, Size(parts)),
                $"{fixture}: margin {i} is {margins[i]:R}, its parts sum to {sum:R}");
        }
    }

    /// <summary>Some cases have no recorded answers; by definition all can be judged, up to the rounding of the model's precision.</summary>
    [Theory]
    [MemberData(nameof(Constant))]
    public void Contributions_of_trees_are_Shapley_values_by_definition(string library, string name)
    {
        Fixture fixture = new(library, name);
        Forest forest = ModelFile.Read(File.ReadAllBytes(fixture.PathOf(fixture.Models[0])), new LoadContext(name, LoadLimits.Default));
        Array rows = fixture.Read("rows.npy").Data;
        double[] row = [.. Enumerable.Range(0, forest.FeatureCount).Select(i => Convert.ToDouble(rows.GetValue(i), CultureInfo.InvariantCulture))];
        double unit = forest.Precision == ScorePrecision.Single ? 1e-5 : 1e-12;
        foreach (Tree whole in forest.Trees.Take(3))
        {
            Forest alone = Sketch.Forest(forest.FeatureCount, [Sketch.PartOf(whole, mostFeatures: 9)], forest.OutputCount, forest.Aggregation, forest.Precision, forest.ContributionRule);
            double[] expected = ShapleyByDefinition.Of(alone, row);
            double[] actual = Sketch.Contributions(alone, row);
            double size = Math.Max(forest.Precision == ScorePrecision.Single ? 0.1 : 1e-9, Size(expected));
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.True(Math.Abs(expected[i] - actual[i]) <= unit * size, $"{fixture}: element {i} is {actual[i]:R}, by definition {expected[i]:R}");
            }
        }
    }

    [Theory]
    [InlineData("regression-linear-tree")]
    [InlineData("regression-linear-tree-nan")]
    public void Linear_leaves_have_no_contributions(string name)
    {
        using FixtureRun run = new(new Fixture("lightgbm-4.1.0.99", name));

        ModelNotSupportedException refusal = Assert.Throws<ModelNotSupportedException>(() => run.Predict(PredictionKind.Contribution));

        Assert.Equal("linear leaves", refusal.Found);
    }

    private static double Size(ReadOnlySpan<double> parts)
    {
        double size = 0;
        foreach (double part in parts)
        {
            size += Math.Abs(part);
        }

        return size;
    }
}
