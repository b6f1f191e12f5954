using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Kernels;

// Codes that are free for the leaves below a node are cubes, codes that have all but their lowest bits in common, and no two cubes are of one
// size: whatever is taken is taken from the smallest cube that holds it, and what is left of that are its halves, as the digits of a
// binary number from which another is subtracted. So the number of codes says which sizes there are, and a byte for each size
// where its cube begins: a set of codes is eight bytes and a number, and sharing it a few instructions without a jump.

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

    /// <summary>For each size of cubes, all bits above the one in which the two halves of a cube of twice the size differ.</summary>
    private const ulong Above = 0x0080c0e0f0f8fcfe;

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

    /// <summary>Shares codes from the root down, and puts the splits in an order in which both sides of each come before it.</summary>
    /// <param name="sides">The sides of each split.</param>
    /// <param name="splits">How many splits.</param>
    /// <param name="below">The leaves below each split, and 1 of ends.</param>
    /// <param name="visits">What each split begins with: there for roots, and room for one more than there are splits.</param>
    /// <param name="joins">Receives the splits in their order. Of two sides the larger comes first: what waits then is little.</param>
    /// <param name="ends">Receives the codes of each end, by the numbers of sides.</param>
    public static void Share(Sides* sides, int splits, ushort* below, CodeVisit* visits, CodeJoin* joins, CodeEnd* ends)
    {
        for (int split = 0; split < splits; split++)
        {
            CodeVisit* visit = visits + split;
            (int left, int right) = (sides[split].Left, sides[split].Right);
            (int leftLeaves, int rightLeaves) = (below[left], below[right]);
            int isLeftSmaller = Choice.Mask(leftLeaves <= rightLeaves);
            int more = Choice.Of(isLeftSmaller, rightLeaves, leftLeaves);
            int fewer = leftLeaves + rightLeaves - more;
            ulong rest = visit->Firsts;
            uint count = visit->Count;
            uint taken = Digits(count - (uint)more, (uint)fewer);
            ulong firsts = Take(ref rest, count, taken, isLeftSmaller);

            int start = visit->Start;
            int second = start + more - 1;
            ulong leftFirsts = Choice.Of(isLeftSmaller, firsts, rest);
            uint leftCount = Choice.Of(isLeftSmaller, taken, count - taken);
            int leftStart = Choice.Of(Choice.Mask(leftLeaves >= rightLeaves), start, second);
            uint leftJoin = Enter(visits, splits, left, leftLeaves, leftFirsts, leftCount, leftStart, visit->Chunk, ends);
            uint rightJoin = Enter(visits, splits, right, rightLeaves, firsts ^ rest ^ leftFirsts, count - leftCount, start + second - leftStart, visit->Chunk, ends);
            joins[second + fewer - 1] = new CodeJoin(leftJoin | (rightJoin << 16) | ((ulong)(uint)split << 32));
        }
    }

    /// <summary>Of all numbers from the fewest to the most codes that a side may take, one of the fewest cubes: the digits that the most and one less than the fewest have in common, and the first in which they differ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Digits(uint most, uint fewest) => most & (uint.MaxValue << Log2(most ^ (fewest - 1)));

    /// <summary>Takes cubes of so many codes out of a set, the lower codes of a cube that is halved for the left side: a bit in which the sides differ is the split's mask then.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Take(ref ulong firsts, uint count, uint wanted, int takesLower)
    {
        ulong taken = 0;
        do
        {
            int bits = Log2(wanted);
            int from = bits + BitOperations.TrailingZeroCount(count >> bits);
            ulong first = (byte)(firsts >> (8 * from));
            ulong within = (1UL << from) - 1;

            // The halves that are left: a byte for each size from the one that is taken on. Of 256 codes all bytes above it.
            ulong halves = (1UL << (4 * from) << (4 * from)) - (1UL << (8 * bits));
            ulong firstsOfHalves = (EachByte * first) | Choice.Of(takesLower, Upper, (EachByte * (byte)within) & Above);
            firsts = (firsts & ~halves) | (firstsOfHalves & halves);
            taken |= (first | (within & (ulong.MaxValue << bits) & ~(ulong)(long)takesLower)) << (8 * bits);
            count -= 1u << bits;
            wanted -= 1u << bits;
        }
        while (wanted != 0);
        return taken;
    }

    /// <summary>Notes what a side begins with: a split its codes, an end the largest cube of them, which is one code where another chunk begins.</summary>
    /// <returns>How the side is named in a <see cref="CodeJoin"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Enter(CodeVisit* visits, int splits, int side, int leaves, ulong firsts, uint count, int start, uint chunk, CodeEnd* ends)
    {
        int isEnd = Choice.Mask(leaves == 1);
        int isLeaf = Choice.Mask(side >= splits);
        int largest = Log2(count);
        uint code = (byte)(firsts >> (8 * largest)) | (uint)((largest & isLeaf) << 8);
        ends[side] = new CodeEnd(code | (chunk << 16));
        CodeVisit* visit = visits + Choice.Of(isEnd, splits, side);
        visit->Firsts = firsts;
        visit->Rest = count | ((ulong)(uint)start << 16) | ((ulong)chunk << 32);
        return Choice.Of(isEnd, CodeJoin.IsEnd | code, (uint)(start + leaves - 2));
    }

    /// <summary>Of a number that is not zero.</summary>
    private static int Log2(uint number) => 31 - BitOperations.LeadingZeroCount(number);
}

/// <summary>The sides of a split: other splits, by their numbers, or leaves, by their numbers behind those of all splits.</summary>
/// <param name="Left">Where rows go whose test holds.</param>
/// <param name="Right">Where they go whose test fails.</param>
internal readonly record struct Sides(int Left, int Right);

/// <summary>What a split begins with when it is come to from above.</summary>
internal struct CodeVisit
{
    /// <summary>The first code of its cube of each size, a byte for each of its bits; 0 of 256 codes.</summary>
    public ulong Firsts;

    /// <summary>How many codes, 16 bits; the place in the order of the first of the splits below it, 16 bits; its chunk.</summary>
    public ulong Rest;

    /// <summary>How many codes.</summary>
    public readonly uint Count => (ushort)Rest;

    /// <summary>The place in the order of the first of the splits below it.</summary>
    public readonly int Start => (ushort)(Rest >> 16);

    /// <summary>Its chunk.</summary>
    public readonly uint Chunk => (uint)(Rest >> 32);

    /// <summary>What the root of a chunk begins with.</summary>
    public static CodeVisit Root(int codeBits, int start, int chunk) => new() { Rest = (1u << codeBits) | ((ulong)(uint)start << 16) | ((ulong)(uint)chunk << 32) };
}

/// <summary>The codes of a leaf, or of a split that begins another chunk.</summary>
/// <param name="packed">8 bits, 8 bits and 16 bits.</param>
internal readonly struct CodeEnd(uint packed)
{
    /// <summary>The first code.</summary>
    public byte First => (byte)packed;

    /// <summary>The lowest bits, in which its codes differ.</summary>
    public int Bits => (byte)(packed >> 8);

    /// <summary>The chunk that it is an end of.</summary>
    public int Chunk => (int)(packed >> 16);
}

/// <summary>A split in the order of <see cref="StepKernel"/>.</summary>
/// <param name="packed">What it joins, 16 bits each, and its number.</param>
internal readonly struct CodeJoin(ulong packed)
{
    /// <summary>Set in what names an end, by its first code and, from bit 8 on, the bits in which its codes differ. Else a side is a place in the order.</summary>
    public const uint IsEnd = 1 << 15;

    /// <summary>The left side.</summary>
    public uint Left => (ushort)packed;

    /// <summary>The right side.</summary>
    public uint Right => (ushort)(packed >> 16);

    /// <summary>The split's number in its tree.</summary>
    public int Split => (int)(packed >> 32);
}
