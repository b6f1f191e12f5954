using System.Collections.Generic;

namespace Inference;

/// <summary>How a <see cref="LanePool"/> is made.</summary>
public sealed record LaneOptions
{
    /// <summary>The defaults: as many lanes of one native thread as the process may run, on any CPU.</summary>
    public static LaneOptions Default { get; } = new();

    /// <value>
    /// The number of lanes, at least 1. Default: <see langword="null"/>, what <see cref="Cpus"/> or else the process's
    /// budget has room for (<see cref="LaneBudget"/>).
    /// </value>
    public int? Lanes { get; init; }

    /// <value>
    /// The native (OpenMP) threads of each lane, the lane itself included; at least 1. Default: 1. LightGBM has one number of
    /// threads for the process: its models are refused on lanes of more than one.
    /// </value>
    public int ThreadsPerLane { get; init; } = 1;

    /// <value>
    /// The CPUs that the lanes are pinned to, as the system numbers them: the first lane gets the first
    /// <see cref="ThreadsPerLane"/> of them, and so on. Default: <see langword="null"/>, any CPU. On Linux alone.
    /// </value>
    public IReadOnlyList<int>? Cpus { get; init; }

    /// <value>
    /// How many predictions may wait for a lane before an awaited one is refused with <see cref="LanesBusyException"/>; at
    /// least 1. Default: 256. Predictions whose callers block are never refused: a waiting caller brings no further work.
    /// </value>
    public int QueueLength { get; init; } = 256;

    /// <value>
    /// Whether the pool may ask for more threads than the process's budget has left. Default: <see langword="false"/>,
    /// refused with <see cref="ThreadBudgetException"/>.
    /// </value>
    public bool AllowsMoreThanBudget { get; init; }

    /// <value>What the threads are called, with a number behind it; Linux shows 15 characters. Default: "lane".</value>
    public string Name { get; init; } = "lane";
}
