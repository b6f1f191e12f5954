using System;
using Inference.Tests.Properties;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Training;

/// <summary>Models that nobody has seen: the libraries train them here, with random parameters on random tables, and every engine answers as they do.</summary>
public sealed class TrainedModelTests
{
    private const int Models = 100;

    /// <summary>The libraries take milliseconds for the contributions of a row.</summary>
    private const int Explained = 12;

    [Fact]
    public void Models_that_XGBoost_trains()
    {
        Natives.Require(NativeLibraryKind.XGBoost);
        Law.Holds(random => Check(random, XGBoostTrainer.Train, refusesInfinities: true), Models);
    }

    [Fact]
    public void Models_that_LightGBM_trains()
    {
        Natives.Require(NativeLibraryKind.LightGbm);
        Law.Holds(random => Check(random, LightGbmTrainer.Train, refusesInfinities: false), Models);
    }

    private static void Check(Random random, Trainer train, bool refusesInfinities)
    {
        TrainingData data = new(random);
        byte[] model = train(data, random, out string about);
        float[] rows = data.RowsToPredict(random, refusesInfinities);
        using Booster native = Load(model, EngineKind.Native);
        using Booster reference = Load(model, EngineKind.Reference);
        using Booster managed = Load(model, EngineKind.Managed);
        Compare(native, reference, rows, data.Features, $"{about}: the reference scorer beside the library");
        Compare(reference, managed, rows, data.Features, $"{about}: the managed engine beside the reference scorer");
    }

    /// <summary>Margins, leaves and contributions by bits; values, too, where no library is asked.</summary>
    private static void Compare(Booster judge, Booster booster, float[] rows, int features, string what)
    {
        int count = rows.Length / features;
        double[] expected = new double[judge.GetOutputLength(count, PredictionKind.Margin)];
        double[] found = new double[expected.Length];
        judge.PredictMargin(rows, expected);
        booster.PredictMargin(rows, found);
        Bits.Equal(expected, found, what + ", margins");

        int width = expected.Length / count;
        for (int row = 0; row < count; row++)
        {
            booster.PredictMargin(rows.AsSpan(row * features, features), found.AsSpan(row * width, width));
        }

        Bits.Equal(expected, found, what + ", margins row by row");

        expected = new double[judge.GetOutputLength(count)];
        found = new double[expected.Length];
        judge.Predict(rows, expected);
        booster.Predict(rows, found);
        Bits.Within(judge.Info.Engine == EngineKind.Native ? 2 : 0, judge, expected, found, what + ", values");

        if (judge.Info.TreeCount > 0)
        {
            int[] leaves = new int[judge.GetOutputLength(count, PredictionKind.Leaf)];
            int[] foundLeaves = new int[leaves.Length];
            judge.PredictLeaf(rows, leaves);
            booster.PredictLeaf(rows, foundLeaves);
            Assert.Equal(leaves, foundLeaves);
        }

        CompareContributions(judge, booster, rows.AsSpan(^(Explained * features)..), what);
    }

    private static void CompareContributions(Booster judge, Booster booster, ReadOnlySpan<float> rows, string what)
    {
        double[] expected = new double[judge.GetOutputLength(Explained, PredictionKind.Contribution)];
        double[] found = new double[expected.Length];
        try
        {
            judge.PredictContributions(rows, expected);
        }
        catch (NativeCallException refusal) when (refusal.Error.Contains("not implemented for linear trees", StringComparison.Ordinal))
        {
            return;
        }
        catch (ModelNotSupportedException)
        {
            float[] same = rows.ToArray();
            Assert.Throws<ModelNotSupportedException>(() => booster.PredictContributions(same, found));
            return;
        }

        try
        {
            booster.PredictContributions(rows, found);
        }
        catch (ModelNotSupportedException refusal)
        {
            // Covers from which the library's sums get no number are refused by name.
            Assert.True(Array.Exists(expected, part => !double.IsFinite(part)), $"{what}, contributions: {refusal.Message}");
            return;
        }

        Bits.Equal(expected, found, what + ", contributions");
    }

    private static Booster Load(byte[] model, EngineKind engine) => Booster.Load(model, new BoosterOptions { Engine = engine });

    private delegate byte[] Trainer(TrainingData data, Random random, out string about);
}
