using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

// The more codes there are, the fewer steps find them; the fewer leaves a table has, the fewer registers hold it. So codes have
// bits that the leaves would not need, and a look-up for 64 rows at once gives leaves their numbers in the place of codes.

/// <summary>Gives leaves their numbers in the place of their codes.</summary>
internal static unsafe class NumberKernel
{
    private const int Register = 64;

    /// <summary>Whether the processor looks 64 bytes up at once: else leaves have no other numbers than their codes. Single rows' registers need numbers, and no less.</summary>
    public static bool IsSupported => Avx512Vbmi.IsSupported;

    /// <summary>The bytes of the numbers of codes of so many bits: whole registers.</summary>
    public static int TableLength(int codeBits) => Math.Max(Register, 1 << codeBits);

    /// <summary>Numbers leaves.</summary>
    /// <param name="numbers">The number of each code, <see cref="TableLength"/> of them.</param>
    /// <param name="codeBits">The bits of a code.</param>
    /// <param name="leaves">The codes of rows; receives numbers.</param>
    /// <param name="rows">The rows, a multiple of 64.</param>
    public static void Run(byte* numbers, int codeBits, byte* leaves, int rows)
    {
        switch (codeBits)
        {
            case < 7:
                Vector512<byte> table = Vector512.Load(numbers);
                for (byte* end = leaves + rows; leaves < end; leaves += Register)
                {
                    Avx512Vbmi.PermuteVar64x8(table, Vector512.Load(leaves)).Store(leaves);
                }

                break;
            case 7:
                HalfTable half = HalfTable.Load(numbers);
                for (byte* end = leaves + rows; leaves < end; leaves += Register)
                {
                    half.Pick(Vector512.Load(leaves)).Store(leaves);
                }

                break;
            default:
                HalfTable low = HalfTable.Load(numbers);
                HalfTable high = HalfTable.Load(numbers + (2 * Register));
                for (byte* end = leaves + rows; leaves < end; leaves += Register)
                {
                    Vector512<byte> codes = Vector512.Load(leaves);
                    Vector512<byte> isHigh = Vector512.LessThan(codes.AsSByte(), Vector512<sbyte>.Zero).AsByte();
                    Vector512.ConditionalSelect(isHigh, high.Pick(codes), low.Pick(codes)).Store(leaves);
                }

                break;
        }
    }

    /// <summary>128 bytes in registers.</summary>
    private readonly struct HalfTable(Vector512<byte> low, Vector512<byte> high)
    {
        private readonly Vector512<byte> _low = low;
        private readonly Vector512<byte> _high = high;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static HalfTable Load(byte* bytes) => new(Vector512.Load(bytes), Vector512.Load(bytes + Register));

        /// <summary>Each byte looked up by its lower seven bits.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<byte> Pick(Vector512<byte> index) => Avx512Vbmi.PermuteVar64x8x2(_low, index, _high);
    }
}
