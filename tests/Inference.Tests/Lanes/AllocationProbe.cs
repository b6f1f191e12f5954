using System;
using Inference.Lanes;

namespace Inference.Tests.Lanes;

/// <summary>What the caller and the only lane of a pool have allocated: the process's other tests count for neither.</summary>
internal static class AllocationProbe
{
    /// <summary>
    /// The bytes that both threads allocate for calls that are warm: the least of some windows, since a collection that another test asks
    /// for counts what is left of a thread's allocation buffer.
    /// </summary>
    public static long Of(LanePool pool, Action calls)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            _ = Bytes(pool);
            long before = Bytes(pool);
            calls();
            least = Math.Min(least, Bytes(pool) - before);
        }

        return least;
    }

    private static long Bytes(LanePool pool)
    {
        Reading reading = default;
        pool.Run(ref reading);
        return GC.GetAllocatedBytesForCurrentThread() + reading.Bytes;
    }

    private struct Reading : ILaneJob
    {
        public long Bytes { get; private set; }

        public void Run() => Bytes = GC.GetAllocatedBytesForCurrentThread();
    }
}
