using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

// A large tree in pieces: its upper five levels at once, the head, as in a heap, and below them blocks of three levels. Each step
// reads one piece, and a link leads on, to a block below or to a leaf. A row of a tree of 255 leaves meets the head and two or
// three of its 68 blocks, six cache lines where all decisions would be twelve. Many trees go side by side, because each step
// waits for the one before; those that have arrived drop out without a jump that depends on the row. The heads of all trees
// stand one behind the other, and no blocks between them: a processor that does not have them in its caches fetches them ahead.
// Blocks are asked for as soon as a link leads to them: what waits for memory waits once a step, and not once a tree.

/// <summary>Finds one row's leaves in large trees, some levels at a step.</summary>
internal static unsafe class BlockKernel
{
    /// <summary>The levels of a head.</summary>
    public const int HeadLevels = HeapKernel.NibbleLevels;

    /// <summary>Where a head's links begin.</summary>
    public const int HeadLinks = 2 * HeapKernel.NibbleWidth;

    /// <summary>The bytes of a head: up to 31 splits, 32 links.</summary>
    public const int HeadBytes = HeadLinks + (sizeof(ushort) << HeadLevels);

    /// <summary>The bytes of a block: seven splits, eight links.</summary>
    public const int Bytes = Links + (SevenSplits.Exits * sizeof(ushort));

    /// <summary>
    /// The bytes of a small block: one of two levels, below which there is none. They hang to the left of a split that sends every
    /// row there, so that nobody needs more than half of the links.
    /// </summary>
    public const int SmallBytes = Links + (SevenSplits.Exits / 2 * sizeof(ushort));

    /// <summary>Where a block's links begin.</summary>
    public const int Links = SevenSplits.Bytes;

    /// <summary>
    /// Set in a link to a block; the rest of such a link counts <see cref="LinkUnit"/>, from where its own block begins, or from a
    /// head the tree's first one. A link to a leaf is its number.
    /// </summary>
    public const int IsBlock = 1 << LinkBits;

    /// <summary>The bytes that a link counts: as many as one instruction scales by.</summary>
    public const int LinkUnit = 8;

    private const int LinkBits = 15;

    /// <summary>The link that a row takes at a head.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Enter<TRanks>(byte* head, TRanks ranks, byte* exits)
        where TRanks : struct, IRowRanks
    {
        // Two cache lines, and which word of the second is known late.
        Sse.Prefetch0(head + HeadLinks);
        return *(ushort*)(head + HeadLinks + HeapKernel.FindTwiceInNibbles(head, ranks, exits));
    }

    /// <summary>Walks on to leaves.</summary>
    /// <param name="blocks">The block that each walk is at. Overwritten.</param>
    /// <param name="numbers">The number of each walk. Overwritten.</param>
    /// <param name="count">The number of walks.</param>
    /// <param name="ranks">The row's ranks.</param>
    /// <param name="exits"><see cref="SevenSplits.ExitOf"/>.</param>
    /// <param name="leaves">Receives each walk's leaf, by numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Walk<TRanks>(byte** blocks, ushort* numbers, nint count, TRanks ranks, byte* exits, ushort* leaves)
        where TRanks : struct, IRowRanks
    {
        while (count > 0)
        {
            nint open = 0;
            for (nint i = 0; i < count; i++)
            {
                byte* block = blocks[i];
                nint number = numbers[i];
                nint link = ((ushort*)(block + Links))[exits[SevenSplits.Decide(block, ranks)]];
                open += Follow(block, link, number, blocks + open, numbers + open, leaves);
            }

            count = open;
        }
    }

    /// <summary>Writes down where a link leads, to a leaf and to a block: which it is, nobody has to guess.</summary>
    /// <param name="start">What the link counts from.</param>
    /// <param name="link">The link.</param>
    /// <param name="number">The number of the walk.</param>
    /// <param name="block">Receives the block.</param>
    /// <param name="numberOfBlock">Receives the number of the walk that is there.</param>
    /// <param name="leaves">Receives the leaf, by numbers.</param>
    /// <returns>1 where it leads to a block, else 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Follow(byte* start, nint link, nint number, byte** block, ushort* numberOfBlock, ushort* leaves)
    {
        leaves[number] = (ushort)link;
        // Asked for now, because all other walks take their step before anybody reads it. A leaf's number leads to where nobody reads.
        byte* next = start + ((link & (IsBlock - 1)) * LinkUnit);
        Sse.Prefetch0(next);
        *block = next;
        *numberOfBlock = (ushort)number;
        return link >> LinkBits;
    }
}
