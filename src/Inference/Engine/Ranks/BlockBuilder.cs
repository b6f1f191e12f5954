using System;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Lays trees out in the pieces that <see cref="BlockKernel"/> reads: a root, and below it the blocks of a <see cref="BlockPlan"/>.</summary>
internal sealed class BlockBuilder
{
    // The number of the block that begins at a node, from 1 on.
    private int[] _blockOf = [];

    /// <summary>The bytes of a tree of so many blocks.</summary>
    public static int BytesFor(int blocks) => BlockKernel.RootBytes + (blocks * BlockKernel.Bytes);

    /// <summary>Fills in the pieces of a tree, each before those below it.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="tops">Where its blocks begin.</param>
    /// <param name="data">The bytes of its pieces, zeros.</param>
    /// <param name="leafOf">The number of each leaf, by nodes.</param>
    /// <param name="compares">What splits compare, by nodes.</param>
    public void Fill(Tree tree, int[] tops, Span<byte> data, int[] leafOf, ReadOnlySpan<SplitCompare> compares)
    {
        GrowingBuffer.Reserve(ref _blockOf, tree.Nodes.Length);
        Array.Clear(_blockOf, 0, tree.Nodes.Length);
        for (int number = 0; number < tops.Length; number++)
        {
            _blockOf[tops[number]] = number + 1;
        }

        Fill(tree, 0, BlockKernel.RootLevels, data[..BlockKernel.RootBytes], BlockKernel.RootLinks, 0, leafOf, compares);
        for (int number = 0; number < tops.Length; number++)
        {
            int start = BytesFor(number);
            Fill(tree, tops[number], SevenSplits.Levels, data.Slice(start, BlockKernel.Bytes), BlockKernel.Links, start, leafOf, compares);
        }
    }

    /// <summary>Fills in a piece that begins at a byte of the tree's.</summary>
    private void Fill(
        Tree tree, int top, int levels, Span<byte> piece, int firstLink, int start, int[] leafOf, ReadOnlySpan<SplitCompare> compares)
    {
        Span<int> ends = stackalloc int[1 << BlockKernel.RootLevels];
        ends = ends[..(1 << levels)];
        HeapBuilder.Fill(tree, top, levels, piece, compares, _blockOf, ends);
        Span<ushort> links = MemoryMarshal.Cast<byte, ushort>(piece[firstLink..]);
        for (int exit = 0; exit < ends.Length; exit++)
        {
            int end = ends[exit];
            if (end != HeapBuilder.None)
            {
                (int rest, int kind) = tree.Nodes[end].IsLeaf ? (leafOf[end], 0) : ((BytesFor(_blockOf[end] - 1) - start) / BlockKernel.LinkUnit, BlockKernel.IsBlock);
                Debug.Assert(rest < BlockKernel.IsBlock, "trees of more splits than ChunkPlan takes are walked");
                links[exit] = (ushort)(kind | rest);
            }
        }
    }
}
