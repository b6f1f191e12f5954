using System;

namespace Inference.Tests.Support;

/// <summary>What a call allocates.</summary>
internal static class Allocations
{
    /// <summary>The bytes that a warm call leaves on its caller's heap.</summary>
    public static long Of(Action call)
    {
        call();
        return Least(call, GC.GetAllocatedBytesForCurrentThread);
    }

    /// <summary>
    /// By how much a count of bytes grows with a call: the least of some, since a collection that another test asks for empties the array
    /// pool, and counts what is left of a thread's allocation buffer.
    /// </summary>
    public static long Least(Action call, Func<long> bytes)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long before = bytes();
            call();
            least = Math.Min(least, bytes() - before);
        }

        return least;
    }
}
