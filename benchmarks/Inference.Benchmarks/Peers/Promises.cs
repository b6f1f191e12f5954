using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.Intrinsics;

namespace Inference.Benchmarks.Peers;

/// <summary>What is promised of the engine beside its peers, and whether a run keeps it.</summary>
/// <remarks>The ratios are promised with 512-bit vectors; half of those of batches without; being faster without any vectors.</remarks>
internal static class Promises
{
    private const double LeastThreadGain = 1.85;
    private const double MostSpread = 3;

    /// <summary>The first words of the verdict on batches.</summary>
    public const string Batch = "batch";

    /// <summary>The first words of the verdict on single rows.</summary>
    public const string OneRow = "one row";

    private const double LeastExplained = 5;

    /// <summary>The beginning of the verdict on a geometric mean.</summary>
    public static string MeanAgainst(string what, string peer) => $"{what} against {peer}, geometric mean";

    /// <summary>A verdict for each promise that the run has figures for.</summary>
    public static IEnumerable<Verdict> Judge(PeerResults results)
    {
        foreach ((string peer, double mean, double each) in new[] { (PeerNames.XGBoost, 20.0, 6.0), (PeerNames.LightGbm, 60, 25), (PeerNames.Onnx, 25, 1) })
        {
            if (results.Whole(peer).ToList() is { Count: > 0 } batches)
            {
                yield return AtLeast($"{MeanAgainst(Batch, peer)} of {batches.Count}", PeerResults.Mean(batches.Select(batch => batch.Ratio)), Scaled(mean));
                BatchResult least = batches.MinBy(batch => batch.Ratio)!;
                yield return AtLeast($"{Batch} against {peer}, least ({least.Model})", least.Ratio, Scaled(each));
            }

            if (results.SingleRows.Where(row => row.Peer == peer).ToList() is { Count: > 0 } rows)
            {
                yield return AtLeast($"{MeanAgainst(OneRow, peer)} of {rows.Count}", PeerResults.Mean(rows.Select(row => row.Ratio)), Vector512.IsHardwareAccelerated ? 12 : 1);
            }

            foreach (IGrouping<int, BatchResult> explained in results.Contributions.Where(batch => batch.Peer == peer).GroupBy(batch => batch.Rows))
            {
                string what = explained.Key == 1 ? "contributions of one row" : $"contributions of {explained.Key} rows";
                yield return AtLeast($"{MeanAgainst(what, peer)} of {explained.Count()}", PeerResults.Mean(explained.Select(batch => batch.Ratio)), Scaled(LeastExplained));
            }
        }

        if (Vector512.IsHardwareAccelerated)
        {
            SingleRowResult latest = results.SingleRows.MaxBy(row => row.Ours.Spread)!;
            yield return AtMost($"{OneRow}, p99 over p50 in the best of five runs, largest ({latest.Model})", latest.Ours.Spread, MostSpread);
        }

        ThreadResult slowest = results.Threads.MinBy(threads => threads.Gain)!;
        yield return AtLeast($"two threads against one, least ({slowest.Model}, {slowest.Rows} rows)", slowest.Gain, LeastThreadGain);
        AllocationResult most = results.Allocations.MaxBy(path => path.Bytes)!;
        yield return AtMost($"bytes allocated by a warm call, most{(most.Bytes == 0 ? "" : $" ({most.Model}, {most.Path})")}", most.Bytes, 0);
    }

    private static double Scaled(double ratio) => Vector512.IsHardwareAccelerated ? ratio : Vector128.IsHardwareAccelerated ? ratio / 2 : 1;

    private static Verdict AtLeast(string what, double found, double bound) => new(what, found, $"at least {Text(bound)}", found >= bound);

    private static Verdict AtMost(string what, double found, double bound) => new(what, found, $"at most {Text(bound)}", found <= bound);

    private static string Text(double bound) => bound.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One promise, and what was found.</summary>
internal sealed record Verdict(string What, double Found, string Promised, bool IsKept);
