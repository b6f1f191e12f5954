using System;
using System.Collections.Generic;
using System.Linq;

namespace Inference.Benchmarks.Peers;

/// <summary>Everything that one run measured.</summary>
internal sealed class PeerResults
{
    /// <summary>The kernel of our engine, by model.</summary>
    public Dictionary<string, string> Kernels { get; } = [];

    /// <summary>The names and versions of the peers.</summary>
    public SortedSet<string> Versions { get; } = new(StringComparer.Ordinal);

    /// <summary>Batches of all sizes.</summary>
    public List<BatchResult> Batches { get; } = [];

    /// <summary>Single rows.</summary>
    public List<SingleRowResult> SingleRows { get; } = [];

    /// <summary>Contributions, in microseconds for each row.</summary>
    public List<BatchResult> Contributions { get; } = [];

    /// <summary>Two threads.</summary>
    public List<ThreadResult> Threads { get; } = [];

    /// <summary>Allocations.</summary>
    public List<AllocationResult> Allocations { get; } = [];

    /// <summary>The whole batches against a peer.</summary>
    public IEnumerable<BatchResult> Whole(string peer) => Batches.Where(batch => batch.Rows == PeerCase.MostRows && batch.Peer == peer);

    /// <summary>The geometric mean.</summary>
    public static double Mean(IEnumerable<double> ratios) => Math.Exp(ratios.Average(Math.Log));

    /// <summary>Measures one model.</summary>
    public void Measure(PeerCase model)
    {
        model.CheckAnswers();
        Kernels[model.Name] = model.Ours.Kernel;
        Versions.UnionWith(model.Peers.Select(peer => peer.Kernel));
        Batches.AddRange(BatchComparison.Measure(model));
        SingleRows.Add(SingleRowComparison.Measure(model));
        Contributions.AddRange(ContributionComparison.Measure(model));
        Threads.AddRange(ThreadScaling.Measure(model));
        Allocations.AddRange(AllocationCheck.Measure(model));
    }
}
