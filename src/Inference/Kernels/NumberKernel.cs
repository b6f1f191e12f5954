using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

// The more codes there are, the fewer steps find them; the fewer leaves a table has, the fewer registers hold it. So codes have
// bits that the leaves would not need, and a look-up for 64 rows at once gives leaves their numbers in the place of codes.
//
// A leaf's codes are neighbours. One bit for each code says where the next leaf begins, and as many bits as stand up to a code
// are how many leaves come before its own: the table of a look-up is counted for each block, in two dozen instructions for 64 codes.
// Where numbers are in another order than codes, that order stands behind the bits and is looked up in turn.

/// <summary>Gives leaves their numbers in the place of their codes.</summary>
internal static unsafe class NumberKernel
{
    private const int Register = 64;
    private const int FifthBit = 1 << 4;
    private const ulong EachByte = 0x0101010101010101;
    private const ulong EachNibble = 0x0f0f0f0f0f0f0f0f;

    /// <summary>Whether the processor looks 64 bytes up at once: else leaves have no other numbers than their codes. Single rows' registers need numbers, and no less.</summary>
    public static bool IsSupported => Avx512Vbmi.IsSupported;

    /// <summary>Writes numbers down.</summary>
    /// <param name="form">Their form.</param>
    /// <param name="starts">The first codes of the leaves, ascending.</param>
    /// <param name="numbers">The numbers of the same leaves; ascending from 0 where the form has no order.</param>
    /// <param name="target">Receives <see cref="NumberForm.Bytes"/>, zeros before.</param>
    public static void Write(NumberForm form, ReadOnlySpan<byte> starts, ReadOnlySpan<byte> numbers, Span<byte> target)
    {
        // Whatever stands before the second leaf is the first one's.
        foreach (byte code in starts[1..])
        {
            target[code / 8] |= (byte)(1 << (code % 8));
        }

        Span<byte> order = target[(form.Words * sizeof(ulong))..];
        if (form.Order == NumberForm.LongOrder)
        {
            numbers.CopyTo(order);
        }
        else if (form.Order > 0)
        {
            int half = form.Order / 2;
            for (int i = 0; i < numbers.Length; i++)
            {
                order[i % half] |= (byte)((numbers[i] & (FifthBit - 1)) << (i / half * 4));
                if ((numbers[i] & FifthBit) != 0)
                {
                    order[half + (i / 8)] |= (byte)(1 << (i % 8));
                }
            }
        }
    }

    /// <summary>Numbers leaves.</summary>
    /// <param name="form">How the numbers stand in memory.</param>
    /// <param name="numbers">What <see cref="Write"/> wrote.</param>
    /// <param name="leaves">The codes of rows; receives numbers.</param>
    /// <param name="rows">The rows, a multiple of 64.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(NumberForm form, byte* numbers, byte* leaves, int rows)
    {
        if (form.Words == 0)
        {
            return;
        }

        ulong* starts = (ulong*)numbers;
        byte* order = numbers + (form.Words * sizeof(ulong));
        Vector512<byte> table = NumbersOf(form, order, Count(starts[0], 0));
        if (form.Words == 1)
        {
            for (byte* end = leaves + rows; leaves < end; leaves += Register)
            {
                Avx512Vbmi.PermuteVar64x8(table, Vector512.Load(leaves)).Store(leaves);
            }

            return;
        }

        int before = BitOperations.PopCount(starts[0]);
        Vector512<byte> second = NumbersOf(form, order, Count(starts[1], before));
        if (form.Words == 2)
        {
            for (byte* end = leaves + rows; leaves < end; leaves += Register)
            {
                Avx512Vbmi.PermuteVar64x8x2(table, Vector512.Load(leaves), second).Store(leaves);
            }

            return;
        }

        before += BitOperations.PopCount(starts[1]);
        Vector512<byte> third = NumbersOf(form, order, Count(starts[2], before));
        Vector512<byte> fourth = NumbersOf(form, order, Count(starts[3], before + BitOperations.PopCount(starts[2])));
        for (byte* end = leaves + rows; leaves < end; leaves += Register)
        {
            Vector512<byte> codes = Vector512.Load(leaves);
            Vector512<byte> isHigh = Vector512.LessThan(codes.AsSByte(), Vector512<sbyte>.Zero).AsByte();
            Vector512.ConditionalSelect(isHigh, Avx512Vbmi.PermuteVar64x8x2(third, codes, fourth), Avx512Vbmi.PermuteVar64x8x2(table, codes, second)).Store(leaves);
        }
    }

    /// <summary>The bits up to each of 64.</summary>
    /// <param name="bits">The bits.</param>
    /// <param name="before">How many there are before them.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Count(ulong bits, int before)
    {
        // Of each byte, and then, by a multiplication that adds all bytes to those above them, of the bytes below.
        ulong own = bits - ((bits >> 1) & 0x5555555555555555);
        own = (own & 0x3333333333333333) + ((own >> 2) & 0x3333333333333333);
        own = (own + (own >> 4)) & EachNibble;
        ulong below = ((own * EachByte) << 8) + ((ulong)before * EachByte);

        Vector512<byte> byteOf = Vector512<byte>.Indices >>> 3;
        Vector512<byte> upTo = Avx512Vbmi.PermuteVar64x8(Vector512.Create(bits).AsByte(), byteOf) & Vector512.Create(0xff7f3f1f0f070301).AsByte();
        Vector512<byte> ofFour = Vector512.Create(0x0302020102010100, 0x0403030203020201, 0x0302020102010100, 0x0403030203020201, 0x0302020102010100, 0x0403030203020201, 0x0302020102010100, 0x0403030203020201).AsByte();
        Vector512<byte> four = Vector512.Create((byte)0x0f);
        return Avx512Vbmi.PermuteVar64x8(Vector512.Create(below).AsByte(), byteOf)
            + Avx512BW.Shuffle(ofFour, upTo & four)
            + Avx512BW.Shuffle(ofFour, (upTo.AsUInt16() >>> 4).AsByte() & four);
    }

    /// <summary>The numbers of leaves that are counted in the order of their codes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> NumbersOf(NumberForm form, byte* order, Vector512<byte> leaves)
    {
        if (form.Order == 0)
        {
            return leaves;
        }

        if (form.Order == NumberForm.LongOrder)
        {
            return Avx512Vbmi.PermuteVar64x8(Vector512.Load(order), leaves);
        }

        if (form.Order == NumberForm.TinyOrder)
        {
            ulong both = Unsafe.ReadUnaligned<ulong>(order);
            Vector128<byte> numbers = Vector128.Create(both & EachNibble, (both >> 4) & EachNibble).AsByte();
            return Avx512Vbmi.PermuteVar64x8(numbers.ToVector256Unsafe().ToVector512Unsafe(), leaves);
        }

        Vector128<byte> four = Vector128.Create((byte)(FifthBit - 1));
        Vector128<byte> halves = Vector128.Load(order);
        Vector512<byte> fours = Vector256.Create(halves & four, (halves.AsUInt16() >>> 4).AsByte() & four).ToVector512Unsafe();
        Vector512<byte> fifths = RegisterKernel.Spread(Unsafe.ReadUnaligned<uint>(order + (NumberForm.ShortOrder / 2))).AsByte() & Vector512.Create((byte)FifthBit);
        return Avx512Vbmi.PermuteVar64x8(fours | fifths, leaves);
    }
}
