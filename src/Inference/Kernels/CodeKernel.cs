using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Inference.Kernels;

// Codes that are free for the leaves below a node are cubes, codes that have all but their lowest bits in common, and no two cubes are of one
// size: whatever is taken is taken from the smallest cube that holds it, and what is left of that are its halves, as the digits of a
// binary number from which another is subtracted. So the number of codes says which sizes there are, and a byte for each size
// where its cube begins: a set of codes is eight bytes and a number, and sharing it a few instructions for each cube taken.

/// <summary>Gives the leaves of a tree codes such that few steps find them: see <see cref="StepKernel"/>.</summary>
/// <remarks>
/// Where both sides of a split fit into half a cube each, one bit is the split's mask, and the others need a step only where both
/// sides ask them. Where they do not, the smaller side gets as few cubes as hold it and the larger one the rest. A leaf that has
/// several codes does not care about the bits in which they differ.
/// </remarks>
internal static unsafe class CodeKernel
{
    private const ulong EachByte = 0x0101010101010101;

    /// <summary>For each size of cubes, the code that is as many above the first.</summary>
    private const ulong Upper = 0x8040201008040201;

    /// <summary>For each number of sizes, all ones in the bytes of so many.</summary>
    private static ReadOnlySpan<ulong> Smaller => [0, 0xff, 0xffff, 0xffffff, 0xffffffff, 0xffffffffff, 0xffffffffffff, 0xffffffffffffff, ulong.MaxValue];

    /// <summary>For each size of cubes, where its halves of all smaller sizes begin if the upper half goes to the next size each time.</summary>
    private static ReadOnlySpan<ulong> Lower => [0, 0, 0x02, 0x0406, 0x080c0e, 0x10181c1e, 0x2030383c3e, 0x406070787c7e, 0x80c0e0f0f8fcfe];

    /// <summary>Counts the leaves below each split, from those of its sides; ends count as one.</summary>
    /// <param name="sides">The sides of each split.</param>
    /// <param name="splits">How many splits.</param>
    /// <param name="below">The leaves below each split and end; of ends they are there.</param>
    public static void Count(Sides* sides, int splits, ushort* below)
    {
        for (int split = splits - 1; split >= 0; split--)
        {
            below[split] = (ushort)(below[sides[split].Left] + below[sides[split].Right]);
        }
    }

    /// <summary>Puts the splits in an order in which both sides of each come before it. Of two sides the larger comes first: what waits then is little.</summary>
    /// <param name="sides">The sides of each split.</param>
    /// <param name="splits">How many splits.</param>
    /// <param name="below">The leaves below each split, and 1 of ends.</param>
    /// <param name="starts">For each split the place of the first one below it; of roots it is there. Room for one more than there are splits.</param>
    /// <param name="joins">Receives the splits in their order.</param>
    public static void Order(Sides* sides, int splits, ushort* below, ushort* starts, CodeJoin* joins)
    {
        for (int split = 0; split < splits; split++)
        {
            (int left, int right) = (sides[split].Left, sides[split].Right);
            (int leftLeaves, int rightLeaves) = (below[left], below[right]);
            int isLeftSecond = Choice.Mask(leftLeaves < rightLeaves);
            int more = Choice.Of(isLeftSecond, rightLeaves, leftLeaves);
            int start = starts[split];
            int second = start + more - 1;
            int leftStart = Choice.Of(isLeftSecond, second, start);
            int rightStart = start + second - leftStart;
            (int isLeftEnd, int isRightEnd) = (Choice.Mask(leftLeaves == 1), Choice.Mask(rightLeaves == 1));
            starts[Choice.Of(isLeftEnd, splits, left)] = (ushort)leftStart;
            starts[Choice.Of(isRightEnd, splits, right)] = (ushort)rightStart;
            uint leftName = (uint)Choice.Of(isLeftEnd, CodeJoin.IsEnd | left, leftStart + leftLeaves - 2);
            uint rightName = (uint)Choice.Of(isRightEnd, CodeJoin.IsEnd | right, rightStart + rightLeaves - 2);
            joins[start + leftLeaves + rightLeaves - 2] = new CodeJoin(leftName | (rightName << 16) | ((ulong)(uint)split << 32));
        }
    }

    /// <summary>Shares codes from the root down, and says which ones ends have: the largest cube of theirs, or one code where another chunk begins.</summary>
    /// <param name="sides">The sides of each split.</param>
    /// <param name="splits">How many splits.</param>
    /// <param name="below">The leaves below each split, and 1 of ends.</param>
    /// <param name="firsts">Working memory, a number for each split and one more.</param>
    /// <param name="ends">Receives the codes of ends.</param>
    /// <param name="bits">The bits of codes; those of further chunks have as many as their leaves need.</param>
    /// <param name="isEven">Whether the tree has grown level by level: then hardly anything but halves is shared, and it pays to ask for it.</param>
    public static void Share(Sides* sides, int splits, ushort* below, ulong* firsts, CodeEnd* ends, int bits, bool isEven)
    {
        int chunk = 0;
        (firsts[0], ends[0]) = (0, new CodeEnd(1u << bits));
        for (int split = 0; split < splits; split++)
        {
            (int left, int right) = (sides[split].Left, sides[split].Right);
            (int leftLeaves, int rightLeaves) = (below[left], below[right]);
            CodeEnd own = ends[split];
            ulong rest = firsts[split];
            if (below[split] == 1)
            {
                ends[split] = End(rest, own, 0);
                own = new CodeEnd((1u << -BitOperations.LeadingZeroCount((uint)(leftLeaves + rightLeaves - 1))) | ((uint)++chunk << 16));
                rest = 0;
            }

            int isLeftSmaller = Choice.Mask(leftLeaves <= rightLeaves);
            int more = Choice.Of(isLeftSmaller, rightLeaves, leftLeaves);
            uint half = own.Count / 2;
            if (isEven && (own.Count & (own.Count - 1)) == 0 && (uint)more <= half)
            {
                // A cube, and each side gets half of it.
                int size = 8 * Log2(half);
                ulong first = (byte)(rest >> size >> 8);
                Give(left, splits, first << size, own.InChunk | half, firsts, ends);
                Give(right, splits, (first + half) << size, own.InChunk | half, firsts, ends);
                continue;
            }

            int fewer = leftLeaves + rightLeaves - more;
            uint taken = Digits(own.Count - (uint)more, (uint)fewer);
            ulong firstsTaken = Take(ref rest, own.Count, taken, isLeftSmaller);
            ulong firstsOfLeft = Choice.Of(isLeftSmaller, firstsTaken, rest);
            uint countOfLeft = Choice.Of(isLeftSmaller, taken, own.Count - taken);
            Give(left, splits, firstsOfLeft, own.InChunk | countOfLeft, firsts, ends);
            Give(right, splits, firstsTaken ^ rest ^ firstsOfLeft, own.Packed - countOfLeft, firsts, ends);
        }
    }

    /// <summary>Gives codes to a side: a split shares them later, a leaf has the largest cube.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Give(int side, int splits, ulong firstsOfSide, uint set, ulong* firsts, CodeEnd* ends)
    {
        int isSplit = Choice.Mask(side < splits);
        firsts[Choice.Of(isSplit, side, splits)] = firstsOfSide;
        ends[side] = new CodeEnd(Choice.Of(isSplit, set, End(firstsOfSide, new CodeEnd(set), uint.MaxValue).Packed));
    }

    /// <summary>Of all numbers from the fewest to the most codes that a side may take, one of the fewest cubes: the digits that the most and one less than the fewest have in common, and the first in which they differ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Digits(uint most, uint fewest) => most & (uint.MaxValue << Log2(most ^ (fewest - 1)));

    /// <summary>Takes cubes of so many codes out of a set, the lower codes of a cube that is halved for the left side: a bit in which the sides differ is the split's mask then.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Take(ref ulong firsts, uint count, uint wanted, int takesLower)
    {
        ref ulong smaller = ref MemoryMarshal.GetReference(Smaller);
        ref ulong lower = ref MemoryMarshal.GetReference(Lower);
        ulong taken = 0;
        do
        {
            int bits = Log2(wanted);
            int from = BitOperations.TrailingZeroCount(count & (uint.MaxValue << bits));
            ulong first = (byte)(firsts >> (8 * from));
            ulong halves = Unsafe.Add(ref smaller, from) - Unsafe.Add(ref smaller, bits);
            ulong firstsOfHalves = (EachByte * first) | Choice.Of(takesLower, Upper, Unsafe.Add(ref lower, from));
            firsts ^= (firsts ^ firstsOfHalves) & halves;
            uint size = 1u << bits;
            taken |= (first + (((1u << from) - size) & (uint)~takesLower)) << (8 * bits);
            count -= size;
            wanted -= size;
        }
        while (wanted != 0);
        return taken;
    }

    /// <summary>The largest cube of a set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CodeEnd End(ulong firsts, CodeEnd set, uint bits)
    {
        int largest = Log2(set.Count);
        return new(set.InChunk | (byte)(firsts >> (8 * largest)) | (((uint)largest & bits) << 8));
    }

    /// <summary>Of a number that is not zero.</summary>
    private static int Log2(uint number) => 31 - BitOperations.LeadingZeroCount(number);
}

/// <summary>The sides of a split: other splits, by their numbers, or leaves, by their numbers behind those of all splits.</summary>
/// <param name="Left">Where rows go whose test holds.</param>
/// <param name="Right">Where they go whose test fails.</param>
internal readonly record struct Sides(int Left, int Right);

/// <summary>The codes of a leaf, or of a split that begins another chunk.</summary>
/// <param name="packed">8 bits, 8 bits and 16 bits. While codes are shared, the first two are how many.</param>
internal readonly struct CodeEnd(uint packed)
{
    /// <summary>The first code.</summary>
    public byte First => (byte)packed;

    /// <summary>The lowest bits, in which its codes differ.</summary>
    public int Bits => (byte)(packed >> 8);

    /// <summary>The chunk that it is an end of.</summary>
    public int Chunk => (int)(packed >> 16);

    /// <summary>The number that stands for the first code and the chunk: 256 for each chunk.</summary>
    public int Number => (Chunk << 8) | First;

    /// <summary>How many codes.</summary>
    public int Codes => 1 << Bits;

    /// <summary>Something that has one number.</summary>
    public static CodeEnd Numbered(int number) => new((byte)number | ((uint)number >> 8 << 16));

    /// <summary>How many codes are free for what is below.</summary>
    public uint Count => (ushort)packed;

    /// <summary>Its chunk without any code.</summary>
    public uint InChunk => packed & 0xffff0000;

    /// <summary>All of it.</summary>
    public uint Packed => packed;
}

/// <summary>A split in the order of <see cref="StepKernel"/>.</summary>
/// <param name="packed">What it joins, 16 bits each, and its number.</param>
internal readonly struct CodeJoin(ulong packed)
{
    /// <summary>Set in the number of an end. Else a side is a place in the order.</summary>
    public const int IsEnd = 1 << 15;

    /// <summary>The left side.</summary>
    public int Left => (ushort)packed;

    /// <summary>The right side.</summary>
    public int Right => (ushort)(packed >> 16);

    /// <summary>The split's number in its tree.</summary>
    public int Split => (int)(packed >> 32);
}
