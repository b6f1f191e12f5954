using System;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Inference.Benchmarks.Races;

/// <summary>A small booster of several outputs: rows, batches, ranges of iterations, leaves and contributions.</summary>
internal sealed class RacingBooster(string path, LanePool? lanes) : RaceSubject
{
    /// <summary>A model of XGBoost's.</summary>
    public const string XGBoost = "tests/fixtures/xgboost-1.7.4/softprob/model.ubj";

    /// <summary>A model of LightGBM's.</summary>
    public const string LightGbm = "tests/fixtures/lightgbm-4.1.0.99/multiclass/model.txt";

    /// <summary>Lanes that all generations share.</summary>
    public static readonly LanePool Lanes = new(new LaneOptions { Lanes = 2, AllowsMoreThanBudget = true });

    private const int Rows = 40;

    private static readonly ConcurrentDictionary<string, Answers> Expected = new();

    private readonly Booster _booster = Booster.Load(
        BenchmarkModels.PathInCheckout(path), new BoosterOptions { Engine = EngineKind.Native, Native = new NativeOptions { Lanes = lanes } });

    public override bool Predict(int variant)
    {
        Answers expected = Expected.GetOrAdd(path, static path => new Answers(path));
        int count = variant % 3 == 0 ? 1 : Rows;
        ReadOnlySpan<float> rows = expected.Rows.AsSpan(0, count * _booster.Info.Features.Count);
        switch (variant % 16)
        {
            case 0:
                int[] leaves = new int[_booster.GetOutputLength(count, PredictionKind.Leaf)];
                _booster.PredictLeaf(rows, leaves);
                return leaves.AsSpan().SequenceEqual(expected.Leaves.AsSpan(0, leaves.Length));
            case 1:
                double[] contributions = new double[_booster.GetOutputLength(count, PredictionKind.Contribution)];
                _booster.PredictContributions(rows, contributions);
                return true;
            case 2 or 3 or 4:
                return Margins(rows, count, expected.RangeMargins, 1..3);
            default:
                return Margins(rows, count, expected.Margins, IterationRange.All);
        }
    }

    public override void Dispose() => _booster.Dispose();

    private bool Margins(ReadOnlySpan<float> rows, int count, double[] expected, IterationRange range)
    {
        double[] margins = new double[count * _booster.Info.OutputCount];
        _booster.PredictMargin(rows, margins, new PredictOptions { Iterations = range });
        return MemoryMarshal.AsBytes<double>(margins).SequenceEqual(MemoryMarshal.AsBytes(expected.AsSpan(0, margins.Length)));
    }

    /// <summary>What the managed engine says.</summary>
    private sealed class Answers
    {
        public Answers(string path)
        {
            using Booster managed = Booster.Load(BenchmarkModels.PathInCheckout(path));
            Rows = new float[RacingBooster.Rows * managed.Info.Features.Count];
            managed.FillProbeRows(Rows);
            Margins = new double[managed.GetOutputLength(RacingBooster.Rows, PredictionKind.Margin)];
            RangeMargins = new double[Margins.Length];
            Leaves = new int[managed.GetOutputLength(RacingBooster.Rows, PredictionKind.Leaf)];
            managed.PredictMargin(Rows, Margins);
            managed.PredictMargin(Rows, RangeMargins, new PredictOptions { Iterations = 1..3 });
            managed.PredictLeaf(Rows, Leaves);
        }

        public float[] Rows { get; }

        public double[] Margins { get; }

        public double[] RangeMargins { get; }

        public int[] Leaves { get; }
    }
}
