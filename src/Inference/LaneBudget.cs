using System;
using System.Threading;

namespace Inference;

/// <summary>How many native threads this process should run at once, and how many its lane pools have taken.</summary>
/// <remarks>Any number of threads may ask. Predictions on their callers' threads take nothing of it.</remarks>
public static class LaneBudget
{
    /// <summary>More than any process could use.</summary>
    private const int MostThreads = 1 << 15;

    private static readonly Lock Gate = new();
    private static int _inUse;

    /// <summary>The CPUs that this process may use: what its affinity and its container's quota leave, rounded up, at least 1.</summary>
    public static int Total => Environment.ProcessorCount;

    /// <summary>The threads of all pools that have not been disposed of, OpenMP's included, whether they have started or not.</summary>
    public static int InUse => Volatile.Read(ref _inUse);

    /// <summary>Takes threads for lanes.</summary>
    /// <param name="lanes">How many lanes; <see langword="null"/> for as many as there is room for.</param>
    /// <param name="threadsPerLane">The threads of each.</param>
    /// <param name="mayExceed">Whether more than is left may be taken.</param>
    /// <returns>How many lanes.</returns>
    /// <exception cref="ThreadBudgetException">There is not enough left.</exception>
    internal static int Take(int? lanes, int threadsPerLane, bool mayExceed)
    {
        lock (Gate)
        {
            int left = Total - _inUse;
            int count = lanes ?? Math.Max(1, left / threadsPerLane);
            long all = (long)count * threadsPerLane;
            int asked = (int)Math.Min(all, int.MaxValue);
            if ((asked > left && !mayExceed) || all > MostThreads)
            {
                throw new ThreadBudgetException(
                    "lanes",
                    $"{count} of {threadsPerLane} {(threadsPerLane == 1 ? "thread" : "threads")} each were asked for",
                    mayExceed ? $"a process has at most {MostThreads}" : $"this process may use {Total} CPUs and other pools have {_inUse} of them; LaneOptions.AllowsMoreThanBudget lifts the limit",
                    asked);
            }

            _inUse += asked;
            return count;
        }
    }

    /// <summary>Gives threads back.</summary>
    internal static void Return(int threads)
    {
        lock (Gate)
        {
            _inUse -= threads;
        }
    }
}
