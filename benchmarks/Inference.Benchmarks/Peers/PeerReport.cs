using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.Intrinsics;

namespace Inference.Benchmarks.Peers;

/// <summary>Writes what one run measured, for a reader and for the chart.</summary>
internal static class PeerReport
{
    /// <summary>The heading of the table that the chart takes means from: promise, figure, ….</summary>
    public const string Promised = "Promises";

    /// <summary>The heading of the table that the chart takes whole batches from: model, peer, …, ratio last.</summary>
    public const string WholeBatch = "Whole batch";

    /// <summary>The heading of the table that the chart takes single rows from: model, peer, …, ratio last.</summary>
    public const string OneRow = "One row";

    /// <summary>Writes everything.</summary>
    public static void Write(TextWriter output, PeerResults results, IReadOnlyList<Verdict> verdicts, string load)
    {
        output.WriteLine("# Beside the peers");
        output.WriteLine();
        output.WriteLine($"{Machine.Describe()}. Vectors: 512 bits {OnOff(Vector512.IsHardwareAccelerated)}, 256 bits {OnOff(Vector256.IsHardwareAccelerated)}, 128 bits {OnOff(Vector128.IsHardwareAccelerated)}.");
        output.WriteLine($"Peers: {string.Join(", ", results.Versions)}. Load of the machine before and after: {load}.");
        output.WriteLine();
        output.WriteLine("Measured by `dotnet run -c Release --project benchmarks/Inference.Benchmarks -- peers`. All took turns in one process, one thread each; medians of at least nine rounds. Ratios say how many times as long the peer takes.");
        output.WriteLine();
        MarkdownTable.Write(output, Promised, 1, ["promise", "found", "promised", "kept"], verdicts.Select(verdict => new[] { verdict.What, Figure(verdict.Found), verdict.Promised, verdict.IsKept ? "yes" : "**no**" }));
        WriteBatches(output, results);
        WriteSingleRows(output, results);
        WriteContributions(output, results);
        WriteThreads(output, results);
        WriteAllocations(output, results);
    }

    private static void WriteBatches(TextWriter output, PeerResults results)
    {
        IEnumerable<string[]> whole = results.Batches.Where(batch => batch.Rows == PeerCase.MostRows).OrderBy(batch => batch.Peer, PeerOrder).Select(batch =>
            new[] { batch.Model, batch.Peer, results.Kernels[batch.Model], Precise(batch.Ours), Precise(batch.Theirs), Figure(batch.Ratio) });
        MarkdownTable.Write(output, WholeBatch, 3, ["model", "peer", "our kernel", "ours, ns per row and tree", "peer", "ratio"], whole);
        output.WriteLine($"Raw scores of {PeerCase.MostRows} rows in one call; files with fewer rows are repeated.");
        output.WriteLine();

        WriteSizes(output, "Small batches", results.Batches.Where(batch => batch.Rows != PeerCase.MostRows));
        output.WriteLine("Raw scores, ns per row and tree, by rows in a call.");
        output.WriteLine();
    }

    private static void WriteSingleRows(TextWriter output, PeerResults results)
    {
        MarkdownTable.Write(
            output,
            OneRow,
            2,
            ["model", "peer", "ours p50 us", "p99 us", "best p99/p50", "peer p50 us", "p99 us", "best p99/p50", "ratio"],
            results.SingleRows.OrderBy(row => row.Peer, PeerOrder).Select(row => new[]
            {
                row.Model, row.Peer, Precise(row.Ours.Median), Precise(row.Ours.Late), Figure(row.Ours.Spread),
                Precise(row.Theirs.Median), Precise(row.Theirs.Late), Figure(row.Theirs.Spread), Figure(row.Ratio),
            }));
        output.WriteLine("The value of one row, through `Booster.Predict` on both sides, each call timed by itself, in turns of 256 calls; medians of five runs. The clock's own reading, about 0.03 us, is in all of them.");
        output.WriteLine();
    }

    private static void WriteContributions(TextWriter output, PeerResults results)
    {
        WriteSizes(output, "Contributions", results.Contributions);
        output.WriteLine($"Microseconds for each row, by rows in a call; the libraries get at most {ContributionComparison.PeerRows}, since they explain one after the other.");
        output.WriteLine();
    }

    /// <summary>A line for each model and peer, with three columns for each number of rows.</summary>
    private static void WriteSizes(TextWriter output, string heading, IEnumerable<BatchResult> batches)
    {
        var models = batches.GroupBy(batch => (batch.Model, batch.Peer)).OrderBy(group => group.Key.Peer, PeerOrder).ToList();
        string[] columns = ["model", "peer", .. models.First().SelectMany(batch => new[] { $"{batch.Rows}: ours", "peer", "ratio" })];
        MarkdownTable.Write(output, heading, 2, columns, models.Select(group =>
            new[] { group.Key.Model, group.Key.Peer }.Concat(group.SelectMany(batch => new[] { Precise(batch.Ours), Precise(batch.Theirs), Figure(batch.Ratio) })).ToArray()));
    }

    private static void WriteThreads(TextWriter output, PeerResults results)
    {
        MarkdownTable.Write(
            output,
            "Two threads",
            1,
            ["model", "rows", "one thread, million rows/s", "two", "gain", "of the machine"],
            results.Threads.Select(threads => new[] { threads.Model, $"{threads.Rows}", Precise(threads.One), Precise(threads.Two), Figure(threads.Gain), Figure(threads.MachineGain) }));
        output.WriteLine($"Means: {Figure(PeerResults.Mean(results.Threads.Select(threads => threads.Gain)))}, of the machine {Figure(PeerResults.Mean(results.Threads.Select(threads => threads.MachineGain)))}. Of the machine: sums in registers, in the same turns.");
        output.WriteLine();
    }

    private static void WriteAllocations(TextWriter output, PeerResults results)
    {
        string[] models = [.. results.Allocations.Select(path => path.Model).Distinct()];
        MarkdownTable.Write(
            output,
            "Allocations",
            1,
            ["path", "models", "most bytes per call", "fewest calls of warm-up"],
            results.Allocations.GroupBy(path => path.Path).Select(group => new[] { group.Key, $"{models.Length}", Figure(group.Max(path => path.Bytes)), $"{group.Min(path => path.WarmUpCalls)}" }));
    }

    private static IComparer<string> PeerOrder { get; } = Comparer<string>.Create((left, right) => Rank(left).CompareTo(Rank(right)));

    private static int Rank(string peer) => Array.IndexOf([PeerNames.XGBoost, PeerNames.LightGbm, PeerNames.Onnx], peer);

    private static string OnOff(bool isOn) => isOn ? "on" : "off";

    private static string Precise(double value) => value.ToString(value < 1 ? "F3" : value < 100 ? "F2" : "F0", CultureInfo.InvariantCulture);

    private static string Figure(double value) => value.ToString(value == 0 ? "0" : value < 10 ? "F2" : "F1", CultureInfo.InvariantCulture);
}
