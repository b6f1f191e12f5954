using System;
using System.Collections.Generic;
using System.Linq;

namespace Inference.Benchmarks.Peers;

/// <summary>Raw scores in batches of several sizes, our engine and its peers by turns.</summary>
internal static class BatchComparison
{
    private static readonly int[] Sizes = [1, 16, 256, PeerCase.MostRows];

    /// <summary>Measures one model: a result for each batch size and peer.</summary>
    public static IEnumerable<BatchResult> Measure(PeerCase model)
    {
        Contender[] contenders = [model.Ours, .. model.Peers];
        Action[][] works = [.. Sizes.Select(size => contenders.Select(contender => Calls(model, contender, size)).ToArray())];
        Turns.WarmUp([.. works.SelectMany(sized => sized)]);
        for (int i = 0; i < Sizes.Length; i++)
        {
            double[] nanoseconds = [.. Turns.MedianSeconds(works[i]).Select(seconds => seconds * 1e9 / Sizes[i] / model.Trees)];
            for (int peer = 1; peer < contenders.Length; peer++)
            {
                yield return new BatchResult(model.Name, contenders[peer].Name, Sizes[i], nanoseconds[0], nanoseconds[peer]);
            }
        }
    }

    /// <summary>One call, of the rows after those of the call before.</summary>
    private static Action Calls(PeerCase model, Contender contender, int size)
    {
        int next = 0;
        return () =>
        {
            contender.ScoreBatch(model.Rows.AsSpan(next * model.Columns, size * model.Columns));
            next = (next + size) % PeerCase.MostRows;
        };
    }
}

/// <summary>What a batch takes: raw scores in nanoseconds for each row and tree, contributions in microseconds for each row.</summary>
internal sealed record BatchResult(string Model, string Peer, int Rows, double Ours, double Theirs)
{
    /// <summary>How many times as long the peer takes.</summary>
    public double Ratio => Theirs / Ours;
}
