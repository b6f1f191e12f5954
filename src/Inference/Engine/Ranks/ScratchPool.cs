using System;
using System.Threading;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Scratch memory that calls borrow and give back: in the process never more pieces than processors, whatever number of threads ever called and of models ever loaded.</summary>
internal static unsafe class ScratchPool
{
    private static readonly AlignedArray<byte>?[] Free = new AlignedArray<byte>?[Environment.ProcessorCount];

    /// <summary>Memory of at least a length, this caller's until it is returned. It begins with what <see cref="LeafKernel.FillLeaves"/> wrote, which stays; the rest is whatever was there.</summary>
    public static AlignedArray<byte> Rent(int length)
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

        AlignedArray<byte> fresh = new(Math.Max(length, LeafKernel.OperandBytes(0)));
        LeafKernel.FillLeaves((sbyte*)fresh.Start);
        return fresh;
    }

    /// <summary>Gives memory back.</summary>
    public static void Return(AlignedArray<byte> scratch)
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
