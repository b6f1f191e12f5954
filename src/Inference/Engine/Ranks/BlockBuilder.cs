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
        Fill(tree, 0, BlockKernel.RootLevels, data[..BlockKernel.RootBytes], BlockKernel.RootLinks, 0, leafOf, compare);
        for (int number = 0; number < _tops.Count; number++)
        {
            int start = BlockKernel.RootBytes + (number * BlockKernel.Bytes);
            Fill(tree, _tops[number], SevenSplits.Levels, data.Slice(start, BlockKernel.Bytes), BlockKernel.Links, start / BlockKernel.Bytes, leafOf, compare);
        }
    }

    /// <summary>Fills in a piece that begins at a number of blocks' bytes, and notes the splits below it, which become blocks.</summary>
    private void Fill(
        Tree tree, int top, int levels, Span<byte> piece, int firstLink, int place, int[] leafOf, Func<int, (int Column, int Threshold)> compare)
    {
        Span<int> ends = stackalloc int[1 << BlockKernel.RootLevels];
        ends = ends[..(1 << levels)];
        HeapBuilder.Fill(tree, top, levels, piece, compare, ends);
        Span<ushort> links = MemoryMarshal.Cast<byte, ushort>(piece[firstLink..]);
        for (int exit = 0; exit < ends.Length; exit++)
        {
            int end = ends[exit];
            if (end == HeapBuilder.None)
            {
                continue;
            }

            if (tree.Nodes[end].IsLeaf)
            {
                links[exit] = (ushort)(BlockKernel.IsLeaf | leafOf[end]);
            }
            else
            {
                links[exit] = (ushort)((BlockKernel.RootBytes / BlockKernel.Bytes) + _tops.Count - place);
                _tops.Add(end);
            }
        }
    }
}
