using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Cuts trees into the pieces that <see cref="BlockKernel"/> reads: a root, and below it a block for every split on each third level.</summary>
internal sealed class BlockBuilder
{
    private readonly List<int> _tops = [];

    /// <summary>Whether links can say every piece and every leaf.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="leafNumbers">The numbers of its leaves, one more than the largest.</param>
    public static bool IsPossible(Tree tree, int leafNumbers) =>
        Math.Max((tree.Nodes.Length / 2) + (BlockKernel.RootBytes / BlockKernel.Bytes), leafNumbers) <= BlockKernel.IsLeaf;

    /// <summary>The bytes of a tree of so many blocks.</summary>
    public static int BytesFor(int blocks) => BlockKernel.RootBytes + (blocks * BlockKernel.Bytes);

    /// <summary>Fills in the pieces of a tree, each before those below it.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="data">The bytes of its pieces, zeros.</param>
    /// <param name="leafOf">The number of each leaf, by nodes.</param>
    /// <param name="compare">The byte column and threshold of a split, by its place in the tree.</param>
    public void Fill(Tree tree, Span<byte> data, int[] leafOf, Func<int, (int Column, int Threshold)> compare)
    {
        _tops.Clear();
        Span<ushort> links = MemoryMarshal.Cast<byte, ushort>(data[BlockKernel.RootLinks..BlockKernel.RootBytes]);
        Fill(tree, 0, 1, 0, BlockKernel.RootLevels, BlockKernel.RootBytes / BlockKernel.Bytes, data, links, leafOf, compare);
        for (int number = 0; number < _tops.Count; number++)
        {
            Span<byte> block = data.Slice(BlockKernel.RootBytes + (number * BlockKernel.Bytes), BlockKernel.Bytes);
            links = MemoryMarshal.Cast<byte, ushort>(block[BlockKernel.Links..]);
            Fill(tree, _tops[number], 1, 0, SevenSplits.Levels, -number, block, links, leafOf, compare);
        }
    }

    /// <summary>Fills in an entry of a piece and what is below it; where there is no split, one that sends every row left.</summary>
    private void Fill(
        Tree tree, int index, int entry, int level, int levels, int toFirst, Span<byte> piece, Span<ushort> links, int[] leafOf, Func<int, (int Column, int Threshold)> compare)
    {
        Node node = index < 0 ? default : tree.Nodes[index];
        bool isSplit = index >= 0 && !node.IsLeaf;
        if (level == levels)
        {
            if (index >= 0)
            {
                links[entry - (1 << levels)] = (ushort)(isSplit ? toFirst + _tops.Count : BlockKernel.IsLeaf | leafOf[index]);
            }

            if (isSplit)
            {
                _tops.Add(index);
            }

            return;
        }

        // No rank is above the highest. A leaf goes down with the rows, to the left.
        (int column, int threshold) = isSplit ? compare(index) : (0, sbyte.MaxValue);
        (int columnPlace, int thresholdPlace) = HeapKernel.PlaceOf(entry, level, levels);
        (piece[columnPlace], piece[thresholdPlace]) = ((byte)column, (byte)threshold);
        Fill(tree, isSplit ? node.Left : index, 2 * entry, level + 1, levels, toFirst, piece, links, leafOf, compare);
        Fill(tree, isSplit ? node.Right : -1, (2 * entry) + 1, level + 1, levels, toFirst, piece, links, leafOf, compare);
    }
}
