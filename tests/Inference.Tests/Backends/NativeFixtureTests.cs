using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Inference.Cli.Rows;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Backends;

/// <summary>The native engines answer what the libraries answered when the fixtures were made, and what the managed engine answers.</summary>
public sealed class NativeFixtureTests
{
    /// <summary>The libraries call the C library's exp, which is not always right in the last bit, and divide by what it says.</summary>
    private const int MostUlps = 2;

    private static readonly BoosterOptions Native = new() { Engine = EngineKind.Native };

    public static TheoryData<string, NativeLibraryKind> Models()
    {
        TheoryData<string, NativeLibraryKind> data = [];
        foreach ((string library, NativeLibraryKind kind) in new[] { ("xgboost-1.7.4", NativeLibraryKind.XGBoost), ("lightgbm-4.1.0.99", NativeLibraryKind.LightGbm) })
        {
            foreach (string model in Fixture.All(library).SelectMany(fixture => fixture.Models))
            {
                data.Add(Path.GetRelativePath(Repository.Fixtures, model), kind);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Native_answers_as_recorded(string model, NativeLibraryKind library)
    {
        Natives.Require(library);
        Fixture fixture = FixtureOf(model);
        using Booster booster = Booster.Load(Path.Combine(Repository.Fixtures, model), Native);
        Assert.Equal(EngineKind.Native, booster.Info.Engine);
        PredictOptions options = new() { Iterations = fixture.Iterations };
        NpyArray file = fixture.Read("rows.npy");
        double[] wide = file.Data as double[] ?? Array.ConvertAll((float[])file.Data, value => (double)value);
        float[]? narrow = file.Data as float[];
        int count = file.Shape[0];
        bool isDouble = booster.Info.ScoresInDouble;

        double[] margins = new double[booster.GetOutputLength(count, PredictionKind.Margin)];
        double[] values = new double[booster.GetOutputLength(count, PredictionKind.Value)];
        int[] leaves = new int[booster.Info.TreeCount == 0 ? 0 : booster.GetOutputLength(count, PredictionKind.Leaf, fixture.Iterations)];
        foreach (bool isNarrow in narrow is null ? new[] { false } : [false, true])
        {
            string what = $"{model}, {(isNarrow ? "float" : "double")} rows";
            if (isNarrow)
            {
                booster.PredictMargin(narrow, margins, options);
                booster.Predict(narrow, values, options);
            }
            else
            {
                booster.PredictMargin(wide, margins, options);
                booster.Predict(wide, values, options);
            }

            Array expectedMargins = fixture.Read("expected-margin.npy").Data;
            Bits.Equal(expectedMargins as double[] ?? Array.ConvertAll((float[])expectedMargins, value => (double)value), margins, what);
            if (isDouble)
            {
                Bits.Within(MostUlps, (double[])fixture.Read("expected-value.npy").Data, values, what);
            }
            else
            {
                Bits.Within(MostUlps, (float[])fixture.Read("expected-value.npy").Data, Array.ConvertAll(values, value => (float)value), what);
            }

            if (leaves.Length > 0 && fixture.TryRead("expected-leaf.npy") is { } expectedLeaves)
            {
                if (isNarrow)
                {
                    booster.PredictLeaf(narrow, leaves, options);
                }
                else
                {
                    booster.PredictLeaf(wide, leaves, options);
                }

                Assert.Equal(((IEnumerable<int>)expectedLeaves.Data).ToArray(), leaves);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Native_contributions_are_as_recorded(string model, NativeLibraryKind library)
    {
        Natives.Require(library);
        Fixture fixture = FixtureOf(model);
        using Booster booster = Booster.Load(Path.Combine(Repository.Fixtures, model), Native);
        NpyArray file = fixture.Read("rows.npy");
        int columns = file.Shape[1];

        // The recorded answers are those of every fourth row.
        double[] rows = [.. (file.Data as double[] ?? Array.ConvertAll((float[])file.Data, value => (double)value)).Where((_, i) => i / columns % 4 == 0)];
        double[] contributions = new double[booster.GetOutputLength(rows.Length / columns, PredictionKind.Contribution)];
        PredictOptions options = new() { Iterations = fixture.Iterations };
        if (model.Contains("linear-tree", StringComparison.Ordinal))
        {
            Assert.Throws<ModelNotSupportedException>(() => booster.PredictContributions(rows, contributions));
            return;
        }

        booster.PredictContributions(rows, contributions, options);
        if (fixture.TryRead("expected-contrib.npy") is { } recorded)
        {
            Bits.Equal(recorded.Data as double[] ?? Array.ConvertAll((float[])recorded.Data, value => (double)value), contributions, model);
        }

        // A range that does not begin with the first iteration, and base margins: the parts sum to the margins.
        if (booster.Info.IterationCount > 2)
        {
            options = new() { Iterations = 1..^1, BaseMargin = new float[rows.Length / columns * booster.Info.OutputCount].Select((_, i) => (i % 5) - 1.5f).ToArray() };
            double[] margins = new double[booster.GetOutputLength(rows.Length / columns, PredictionKind.Margin)];
            booster.PredictMargin(rows, margins, options);
            booster.PredictContributions(rows, contributions, options);
            for (int i = 0; i < margins.Length; i++)
            {
                double[] parts = contributions[(i * (columns + 1))..((i + 1) * (columns + 1))];
                double bound = (booster.Info.ScoresInDouble ? 1e-12 : 1e-5) * Math.Max(1, parts.Sum(Math.Abs));
                Assert.True(Math.Abs(parts.Sum() - margins[i]) <= bound, $"{model}: the contributions of margin {i} sum to {parts.Sum():R}, it is {margins[i]:R}");
            }
        }
    }

    private static Fixture FixtureOf(string model)
    {
        string[] parts = model.Split(Path.DirectorySeparatorChar);
        return new Fixture(parts[0], parts[1]);
    }
}
