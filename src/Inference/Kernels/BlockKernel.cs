using System.Runtime.CompilerServices;

namespace Inference.Kernels;

// A large tree in pieces: its upper five levels at once, as in a heap, and below them blocks of three levels. Each step reads one
// piece, and a link leads on, to a block below or to a leaf. A row of a tree of 255 leaves meets the root and two or three
// of its 70 blocks, six cache lines where all decisions would be twelve. Many trees go side by side, because each
// step waits for the one before; those that have arrived drop out without a jump that depends on the row.

/// <summary>Finds one row's leaves in large trees, some levels at a step.</summary>
internal static unsafe class BlockKernel
{
    /// <summary>The levels of a root.</summary>
    public const int RootLevels = HeapKernel.NibbleLevels;

    /// <summary>Where a root's links begin.</summary>
    public const int RootLinks = 2 * HeapKernel.NibbleWidth;

    /// <summary>The bytes of a root: up to 31 splits, 32 links.</summary>
    public const int RootBytes = RootLinks + (sizeof(ushort) << RootLevels);

    /// <summary>The bytes of a block: seven splits, eight links.</summary>
    public const int Bytes = Links + (SevenSplits.Exits * sizeof(ushort));

    /// <summary>Where a block's links begin. A link counts <see cref="Bytes"/>, from where its own piece begins.</summary>
    public const int Links = SevenSplits.Bytes;

    /// <summary>Set in a link to a leaf, whose number is the rest.</summary>
    public const int IsLeaf = 1 << 15;

    /// <summary>The link that a row takes at the root.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Enter<TRanks>(byte* root, TRanks ranks, byte* exits)
        where TRanks : struct, IRowRanks =>
            ((ushort*)(root + RootLinks))[HeapKernel.FindInNibbles(root, RootLevels, ranks, exits)];

    /// <summary>Walks on to leaves.</summary>
    /// <param name="blocks">The block that each walk is at. Overwritten.</param>
    /// <param name="numbers">The number of each walk. Overwritten.</param>
    /// <param name="count">The number of walks.</param>
    /// <param name="ranks">The row's ranks.</param>
    /// <param name="exits"><see cref="SevenSplits.ExitOf"/>.</param>
    /// <param name="leaves">Receives each walk's leaf, by numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Walk<TRanks>(byte** blocks, byte* numbers, nint count, TRanks ranks, byte* exits, ushort* leaves)
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
    /// <returns>1 where it leads to a block, else 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Follow(byte* piece, nint link, nint number, byte** block, byte* numberOfBlock, ushort* leaves)
    {
        leaves[number] = (ushort)(link & (IsLeaf - 1));
        *block = piece + (link * Bytes);
        *numberOfBlock = (byte)number;
        return 1 - (link >> 15);
    }
}
