using System;

namespace Inference.Tests.Support;

/// <summary>What a call allocates.</summary>
internal static class Allocations
{
    /// <summary>The bytes that a warm call leaves on its caller's heap: the least of some, since a collection that another test asks for empties the array pool.</summary>
    public static long Of(Action call)
    {
        call();
        long least = long.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            call();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
