using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

/// <summary>Gives leaves their numbers in the place of their codes, where registers of single rows number them otherwise. Needs what <see cref="DecisionKernel"/> needs.</summary>
internal static unsafe class NumberKernel
{
    /// <summary>The most bits of codes that have numbers.</summary>
    public const int MaxCodeBits = 7;

    /// <summary>Numbers leaves.</summary>
    /// <param name="numbers">The number of each code; 64 of them, or 128, can be read.</param>
    /// <param name="codeBits">The bits of a code.</param>
    /// <param name="leaves">The codes of rows; receives numbers.</param>
    /// <param name="rows">The rows, a multiple of 64.</param>
    public static void Run(byte* numbers, int codeBits, byte* leaves, int rows)
    {
        Vector512<byte> first = Vector512.Load(numbers);
        if (codeBits < MaxCodeBits)
        {
            for (int row = 0; row < rows; row += Vector512<byte>.Count)
            {
                Avx512Vbmi.PermuteVar64x8(first, Vector512.Load(leaves + row)).Store(leaves + row);
            }

            return;
        }

        Vector512<byte> second = Vector512.Load(numbers + Vector512<byte>.Count);
        for (int row = 0; row < rows; row += Vector512<byte>.Count)
        {
            Avx512Vbmi.PermuteVar64x8x2(first, Vector512.Load(leaves + row), second).Store(leaves + row);
        }
    }
}
