using System;
using System.Numerics;
using System.Threading;

namespace Inference.Engine.Ranks;

/// <summary>Scratch memory that calls borrow and give back: in the process never more pieces than two for each processor, whatever number of threads ever called and of models ever loaded.</summary>
internal static class ScratchPool
{
    /// <summary>The least that is allocated: single rows and small models share such pieces.</summary>
    private const int LeastLength = 1 << 15;

    /// <summary>From here on lengths are multiples of it; below they are powers of two.</summary>
    private const int LargeLength = 1 << 20;

    private static readonly Scratch?[] Free = new Scratch?[2 * Environment.ProcessorCount];

    /// <summary>Where this processor looks first: what it gave back is still in its caches, and what another one gave back is in the other's.</summary>
    private static int Home => (int)((uint)Thread.GetCurrentProcessorId() % (uint)Free.Length);

    /// <summary>Memory of at least a length, this caller's until it is returned. Its content is whatever was there.</summary>
    public static Scratch Rent(int length)
    {
        int home = Home;
        for (int i = 0; i < Free.Length; i++)
        {
            ref Scratch? free = ref Free[(home + i) % Free.Length];
            if (Volatile.Read(ref free) is { } seen && seen.Length >= length && Interlocked.Exchange(ref free, null) is { } taken)
            {
                if (taken.Length >= length)
                {
                    return taken;
                }

                // Somebody was faster and has left another piece.
                Return(taken);
            }
        }

        return new Scratch(Rounded(length));
    }

    /// <summary>Exchanges memory that is shorter than a length. Its content is lost then.</summary>
    public static void Reserve(ref Scratch scratch, int length)
    {
        if (scratch.Length < length)
        {
            Return(scratch);
            scratch = Rent(length);
        }
    }

    /// <summary>Gives memory back. Where there is no place left it takes that of a shorter piece, which is left to the garbage collector.</summary>
    public static void Return(Scratch scratch)
    {
        int home = Home;
        for (int i = 0; i < Free.Length; i++)
        {
            if (Interlocked.CompareExchange(ref Free[(home + i) % Free.Length], scratch, null) is null)
            {
                return;
            }
        }

        for (int i = 0; i < Free.Length; i++)
        {
            if (Volatile.Read(ref Free[i]) is { } shorter && shorter.Length < scratch.Length && Interlocked.CompareExchange(ref Free[i], scratch, shorter) == shorter)
            {
                return;
            }
        }
    }

    /// <summary>Somewhat more than is asked for: callers whose needs grow little by little find what they need in the piece that they gave back.</summary>
    private static int Rounded(int length) => length > LargeLength
        ? checked((length + LargeLength - 1) / LargeLength * LargeLength)
        : (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, LeastLength));
}
