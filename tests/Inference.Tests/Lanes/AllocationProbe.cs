using System;
using Inference.Lanes;
using Inference.Tests.Support;

namespace Inference.Tests.Lanes;

/// <summary>What the caller and the only lane of a pool have allocated: the process's other tests count for neither.</summary>
internal static class AllocationProbe
{
    /// <summary>The bytes that both threads allocate for calls that are warm.</summary>
    public static long Of(LanePool pool, Action calls) => Allocations.Least(calls, () => Bytes(pool));

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
