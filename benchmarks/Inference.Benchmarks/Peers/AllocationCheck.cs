using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace Inference.Benchmarks.Peers;

/// <summary>What our engine allocates in a call once it is warm, on every path.</summary>
internal static class AllocationCheck
{
    private const int WarmUpCalls = 1000;
    private const int Calls = 100;
    private const int Windows = 5;
    private const int BatchRows = 256;
    private const int ExplainedRows = 16;

    /// <summary>Contributions of large trees take milliseconds for a row: their thousand calls end after this time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>Measures one model: a result for each path.</summary>
    public static IEnumerable<AllocationResult> Measure(PeerCase model)
    {
        BoosterOptions managed = BoosterOptions.Default with { Engine = EngineKind.Managed };
        using Booster one = Booster.Load(model.ModelPath, managed);
        using Booster two = Booster.Load(model.ModelPath, managed with { Threads = 2 });
        float[] rows = model.Rows[..(BatchRows * model.Columns)];
        double[] wide = Array.ConvertAll(rows, value => (double)value);
        float[] scores = new float[one.GetOutputLength(BatchRows, PredictionKind.Margin)];
        double[] wideScores = new double[scores.Length];
        float[] values = new float[one.GetOutputLength(BatchRows)];
        int[] leaves = new int[one.GetOutputLength(BatchRows, PredictionKind.Leaf)];
        double[] contributions = new double[one.GetOutputLength(ExplainedRows, PredictionKind.Contribution)];
        int rowLeaves = one.GetOutputLength(1, PredictionKind.Leaf), rowContributions = one.GetOutputLength(1, PredictionKind.Contribution);
        AllocationResult Path(string path, Action call) => Measure(model.Name, path, call);

        yield return Path("value, one row", () => one.Predict(rows.AsSpan(0, model.Columns), values.AsSpan(0, one.Info.ValueCount)));
        yield return Path("margin, one row", () => one.PredictMargin(rows.AsSpan(0, model.Columns), scores.AsSpan(0, one.Info.OutputCount)));
        yield return Path("leaves, one row", () => one.PredictLeaf(rows.AsSpan(0, model.Columns), leaves.AsSpan(0, rowLeaves)));
        yield return Path("contributions, one row", () => one.PredictContributions(rows.AsSpan(0, model.Columns), contributions.AsSpan(0, rowContributions)));
        yield return Path("values, batch", () => one.Predict(rows, values));
        yield return Path("margins, batch", () => one.PredictMargin(rows, scores));
        yield return Path("margins, batch of double", () => one.PredictMargin(wide, wideScores));
        yield return Path("leaves, batch", () => one.PredictLeaf(rows, leaves));
        yield return Path("contributions, batch", () => one.PredictContributions(rows.AsSpan(0, ExplainedRows * model.Columns), contributions));
        yield return Path("values, two threads", () => two.Predict(rows, values));
        yield return Path("leaves, two threads", () => two.PredictLeaf(rows, leaves));
    }

    private static AllocationResult Measure(string model, string path, Action call)
    {
        long start = Stopwatch.GetTimestamp();
        int warm = 0;
        while (warm < WarmUpCalls && (warm == 0 || Stopwatch.GetElapsedTime(start) < Patience))
        {
            call();
            warm++;
        }

        int calls = warm < WarmUpCalls ? 1 + (Calls * warm / WarmUpCalls) : Calls;

        // What a call allocates is in every window. A thread that the pool of the runtime starts takes 18 KB, and is in few of them.
        double[] bytes = new double[Windows];
        for (int window = 0; window < Windows; window++)
        {
            bytes[window] = (double)(Allocated(call, calls) - Allocated(() => { }, calls)) / calls;
        }

        Array.Sort(bytes);
        return new AllocationResult(model, path, warm, bytes[Windows / 2]);
    }

    /// <summary>The bytes that all threads of the process allocate meanwhile, the runtime's own, too; asking allocates as well.</summary>
    private static long Allocated(Action call, int calls)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < calls; i++)
        {
            call();
        }

        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}

/// <summary>Bytes allocated by one call, after so many calls of warm-up.</summary>
internal sealed record AllocationResult(string Model, string Path, int WarmUpCalls, double Bytes);
