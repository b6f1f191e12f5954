using System;
using System.Collections.Generic;

namespace Inference.Benchmarks.Peers;

/// <summary>Contributions of a row and of batches, our engine and the library that trained the model by turns.</summary>
internal static class ContributionComparison
{
    private const int MostRows = 128;

    private const int FewRows = 16;

    /// <summary>The libraries explain one row after the other: of a larger batch they get no more, since some take a tenth of a second for each.</summary>
    public const int PeerRows = FewRows;

    private static readonly int[] Sizes = [1, FewRows, MostRows];

    /// <summary>Measures one model: a result for each number of rows.</summary>
    public static IEnumerable<BatchResult> Measure(PeerCase model)
    {
        BoosterContender peer = model.Library;
        foreach (int size in Sizes)
        {
            int peerRows = Math.Min(size, PeerRows);
            Action[] works = [Calls(model, model.Ours, size), Calls(model, peer, peerRows)];
            Turns.WarmUp(works);
            double[] seconds = Turns.MedianSeconds(works);
            yield return new BatchResult(model.Name, peer.Name, size, seconds[0] * 1e6 / size, seconds[1] * 1e6 / peerRows);
        }
    }

    /// <summary>One call, of the rows after those of the call before.</summary>
    private static Action Calls(PeerCase model, BoosterContender contender, int size)
    {
        double[] contributions = new double[size * model.Ours.Info.OutputCount * (model.Columns + 1)];
        int next = 0;
        return () =>
        {
            contender.Explain(model.Rows.AsSpan(next * model.Columns, size * model.Columns), contributions);
            next = (next + size) % PeerCase.MostRows;
        };
    }
}
