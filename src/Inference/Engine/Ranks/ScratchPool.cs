using System;
using System.Threading;

namespace Inference.Engine.Ranks;

/// <summary>Scratch memory that calls borrow and give back: in the process never more pieces than processors, whatever number of threads ever called and of models ever loaded.</summary>
internal static class ScratchPool
{
    private static readonly Scratch?[] Free = new Scratch?[Environment.ProcessorCount];

    /// <summary>Memory of at least a length, this caller's until it is returned. Its content is whatever was there.</summary>
    public static Scratch Rent(int length)
    {
        for (int i = 0; i < Free.Length; i++)
        {
            if (Interlocked.Exchange(ref Free[i], null) is { } scratch)
            {
                if (scratch.Length >= length)
                {
                    return scratch;
                }

                // Too small for this call, so also for later ones like it: left to the garbage collector.
                break;
            }
        }

        return new Scratch(length);
    }

    /// <summary>Gives memory back.</summary>
    public static void Return(Scratch scratch)
    {
        for (int i = 0; i < Free.Length; i++)
        {
            if (Interlocked.CompareExchange(ref Free[i], scratch, null) is null)
            {
                return;
            }
        }
    }
}
