using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

// A heap's levels go by threes. Of six levels one compare gives 64 bits, a byte for each of the eight heaps of three levels
// at the bottom; the seven decisions of the heap at the top are the highest bits of the bytes. A bit extract gathers them, a
// table says which byte is the row's, and the same table where that byte leads. Of up to five levels it is done with 32
// bits, four for each heap of two levels at the bottom. Seven and eight levels end in heaps of three that stand behind the
// upper ones, and only the row's is read.

/// <summary>Finds one row's leaf in trees of up to eight levels, holes filled.</summary>
internal static unsafe class HeapKernel
{
    /// <summary>The most levels.</summary>
    public const int MaxLevels = 8;

    /// <summary>The most levels of a heap in nibbles.</summary>
    public const int NibbleLevels = 5;

    /// <summary>The columns of a heap in nibbles, and its thresholds.</summary>
    public const int NibbleWidth = 32;

    private const int ByteLevels = 6;
    private const int ByteWidth = 64;
    private const ulong TopOfBytes = 0x0080808080808080;
    private const uint TopOfNibbles = 0x08888888;

    /// <summary>The bytes of a heap.</summary>
    public static int BytesFor(int levels) => levels switch
    {
        <= SevenSplits.Levels => SevenSplits.Bytes,
        <= NibbleLevels => 2 * NibbleWidth,
        ByteLevels => 2 * ByteWidth,
        _ => (2 * NibbleWidth) + (SevenSplits.Bytes << (levels - SevenSplits.Levels)),
    };

    /// <summary>Where a split's column is, and where its threshold.</summary>
    /// <param name="entry">The split: 1 the root, 2 e and 2 e + 1 the children of e.</param>
    /// <param name="level">The splits above it.</param>
    /// <param name="levels">The heap's levels.</param>
    public static (int Column, int Threshold) PlaceOf(int entry, int level, int levels)
    {
        int column;
        int width;
        if (levels <= SevenSplits.Levels)
        {
            (column, width) = (SevenSplits.PlaceOf(entry), SevenSplits.Exits);
        }
        else if (levels > ByteLevels && level >= levels - SevenSplits.Levels)
        {
            (int heap, int own) = Below(entry, level, levels - SevenSplits.Levels);
            (column, width) = ((2 * NibbleWidth) + (heap * SevenSplits.Bytes) + SevenSplits.PlaceOf(own), SevenSplits.Exits);
        }
        else
        {
            width = levels == ByteLevels ? ByteWidth : NibbleWidth;
            int unit = width / SevenSplits.Exits;
            (int heap, int own) = level < SevenSplits.Levels ? (SevenSplits.PlaceOf(entry), unit) : Below(entry, level, SevenSplits.Levels);
            column = (heap * unit) + SevenSplits.PlaceOf(own);
        }

        return (column, column + width);
    }

    /// <summary>The row's leaf, by places from left to right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nuint Find<TRanks>(byte* heap, int levels, TRanks ranks, byte* exits)
        where TRanks : struct, IRowRanks
    {
        if (levels == ByteLevels)
        {
            Vector512<sbyte> picked = ranks.Pick(Vector512.Load((sbyte*)heap));
            ulong right = Vector512.GreaterThan(picked, Vector512.Load((sbyte*)heap + ByteWidth)).ExtractMostSignificantBits();
            uint first = exits[SevenSplits.Decisions + (nuint)Bmi2.X64.ParallelBitExtract(right, TopOfBytes)];
            return first + (uint)exits[(right >> (int)first) & (SevenSplits.Decisions - 1)];
        }

        if (levels <= SevenSplits.Levels)
        {
            return (uint)exits[SevenSplits.Decide(heap, ranks)] >> (SevenSplits.Levels - levels);
        }

        if (levels <= NibbleLevels)
        {
            return FindInNibbles(heap, levels, ranks, exits);
        }

        nuint last = FindInNibbles(heap, levels - SevenSplits.Levels, ranks, exits);
        uint decisions = SevenSplits.Decide(heap + (2 * NibbleWidth) + (last * SevenSplits.Bytes), ranks);
        return (last * SevenSplits.Exits) + exits[decisions];
    }

    /// <summary>The row's leaf in a heap of four or five levels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint FindInNibbles<TRanks>(byte* heap, int levels, TRanks ranks, byte* exits)
        where TRanks : struct, IRowRanks => FindTwiceInNibbles(heap, ranks, exits) >> (ByteLevels - levels);

    /// <summary>Twice the row's leaf in a heap of five levels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint FindTwiceInNibbles<TRanks>(byte* heap, TRanks ranks, byte* exits)
        where TRanks : struct, IRowRanks
    {
        Vector256<sbyte> picked = ranks.Pick(Vector256.Load((sbyte*)heap).ToVector512Unsafe()).GetLower();
        uint right = Vector256.GreaterThan(picked, Vector256.Load((sbyte*)heap + NibbleWidth)).ExtractMostSignificantBits();
        uint first = exits[SevenSplits.Decisions + (nuint)Bmi2.ParallelBitExtract(right, TopOfNibbles)];

        // Two levels in the table of three, as if the third went left.
        return first + exits[(right >> (int)(first / 2)) & 7];
    }

    /// <summary>The heap that begins below so many levels and has a split in it, and the split's entry there.</summary>
    private static (int Heap, int Entry) Below(int entry, int level, int above)
    {
        int down = level - above;
        int root = entry >> down;
        return (root - (1 << above), entry - ((root - 1) << down));
    }
}
