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
    private const int FifthBit = 1 << 4;

    /// <summary>Whether the processor looks 64 bytes up at once: else leaves have no other numbers than their codes. Single rows' registers need numbers, and no less.</summary>
    public static bool IsSupported => Avx512Vbmi.IsSupported;

    /// <summary>The form of the numbers of codes.</summary>
    /// <param name="codeBits">The bits of a code.</param>
    /// <param name="numbers">All numbers are below it.</param>
    public static NumberForm FormFor(int codeBits, int numbers) => codeBits switch
    {
        < 7 => NumberForm.Bytes64,
        7 => numbers <= 2 * FifthBit ? NumberForm.FiveBits128 : NumberForm.Bytes128,
        _ => NumberForm.Bytes256,
    };

    /// <summary>The bytes of numbers.</summary>
    public static int BytesFor(NumberForm form) => form switch
    {
        NumberForm.None => 0,
        NumberForm.Bytes64 => Register,
        NumberForm.FiveBits128 => Register + (2 * Register / 8),
        NumberForm.Bytes128 => 2 * Register,
        _ => 4 * Register,
    };

    /// <summary>Writes numbers down.</summary>
    /// <param name="form">Their form.</param>
    /// <param name="numbers">The number of each code, as many as the form has.</param>
    /// <param name="target">Receives <see cref="BytesFor"/>, zeros before.</param>
    public static void Write(NumberForm form, ReadOnlySpan<byte> numbers, Span<byte> target)
    {
        if (form != NumberForm.FiveBits128)
        {
            numbers[..BytesFor(form)].CopyTo(target);
            return;
        }

        for (int code = 0; code < 2 * Register; code++)
        {
            target[code % Register] |= (byte)((numbers[code] & (FifthBit - 1)) << (code / Register * 4));
            target[Register + (code / 8)] |= (byte)((numbers[code] & FifthBit) != 0 ? 1 << (code % 8) : 0);
        }
    }

    /// <summary>Numbers leaves.</summary>
    /// <param name="form">How the numbers stand in memory.</param>
    /// <param name="numbers">The number of each code.</param>
    /// <param name="leaves">The codes of rows; receives numbers.</param>
    /// <param name="rows">The rows, a multiple of 64.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(NumberForm form, byte* numbers, byte* leaves, int rows)
    {
        switch (form)
        {
            case NumberForm.Bytes64:
                Vector512<byte> table = Vector512.Load(numbers);
                for (byte* end = leaves + rows; leaves < end; leaves += Register)
                {
                    Avx512Vbmi.PermuteVar64x8(table, Vector512.Load(leaves)).Store(leaves);
                }

                break;
            case NumberForm.FiveBits128:
                Run(Table.Unpack(numbers), leaves, rows);
                break;
            case NumberForm.Bytes128:
                Run(Table.Load(numbers), leaves, rows);
                break;
            case NumberForm.Bytes256:
                Table low = Table.Load(numbers);
                Table high = Table.Load(numbers + (2 * Register));
                for (byte* end = leaves + rows; leaves < end; leaves += Register)
                {
                    Vector512<byte> codes = Vector512.Load(leaves);
                    Vector512<byte> isHigh = Vector512.LessThan(codes.AsSByte(), Vector512<sbyte>.Zero).AsByte();
                    Vector512.ConditionalSelect(isHigh, high.Pick(codes), low.Pick(codes)).Store(leaves);
                }

                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run(Table table, byte* leaves, int rows)
    {
        for (byte* end = leaves + rows; leaves < end; leaves += Register)
        {
            table.Pick(Vector512.Load(leaves)).Store(leaves);
        }
    }

    /// <summary>128 numbers in registers.</summary>
    private readonly struct Table(Vector512<byte> low, Vector512<byte> high)
    {
        private readonly Vector512<byte> _low = low;
        private readonly Vector512<byte> _high = high;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Table Load(byte* bytes) => new(Vector512.Load(bytes), Vector512.Load(bytes + Register));

        /// <summary>Reads <see cref="NumberForm.FiveBits128"/>.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Table Unpack(byte* bytes)
        {
            Vector512<byte> fours = Vector512.Load(bytes);
            ulong* fifths = (ulong*)(bytes + Register);
            Vector512<byte> four = Vector512.Create((byte)(FifthBit - 1));
            return new((fours & four) | Fifth(fifths[0]), ((fours.AsUInt16() >>> 4).AsByte() & four) | Fifth(fifths[1]));
        }

        /// <summary>Each byte looked up by its lower seven bits.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<byte> Pick(Vector512<byte> index) => Avx512Vbmi.PermuteVar64x8x2(_low, index, _high);

        /// <summary>Bytes whose fifth bit is one of 64 bits.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<byte> Fifth(ulong bits) => RegisterKernel.Spread(bits).AsByte() & Vector512.Create((byte)FifthBit);
    }
}
