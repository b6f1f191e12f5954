using System;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Lays trees out in the pieces that <see cref="BlockKernel"/> reads: a head, and below it the blocks of a <see cref="BlockPlan"/>.</summary>
internal sealed class BlockBuilder
{
    // Where the block that begins at a node starts among the tree's, plus one.
    private int[] _startOf = [];

    /// <summary>Fills in the pieces of a tree.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="blocks">Where its blocks begin.</param>
    /// <param name="head">The bytes of its head, zeros.</param>
    /// <param name="data">The bytes of its blocks, zeros.</param>
    /// <param name="leafOf">The number of each leaf, by nodes.</param>
    /// <param name="compares">What splits compare, by nodes.</param>
    public void Fill(Tree tree, in TreeBlocks blocks, Span<byte> head, Span<byte> data, int[] leafOf, ReadOnlySpan<SplitCompare> compares)
    {
        GrowingBuffer.Reserve(ref _startOf, tree.Nodes.Length);
        Array.Clear(_startOf, 0, tree.Nodes.Length);
        for (int number = 0; number < blocks.Tops.Length; number++)
        {
            _startOf[blocks.Tops[number]] = blocks.StartOf(number) + 1;
        }

        Fill(tree, 0, 0, BlockKernel.HeadLevels, head[..BlockKernel.HeadBytes], BlockKernel.HeadLinks, 0, leafOf, compares);
        for (int number = 0; number < blocks.Tops.Length; number++)
        {
            int start = blocks.StartOf(number);
            int above = number < blocks.Large ? 0 : 1;
            Fill(tree, blocks.Tops[number], above, SevenSplits.Levels, data[start..blocks.StartOf(number + 1)], BlockKernel.Links, start, leafOf, compares);
        }
    }

    /// <summary>Fills in a piece. Its links count from a byte of the tree's blocks: where it begins, or those of a head the first.</summary>
    private void Fill(
        Tree tree, int top, int above, int levels, Span<byte> piece, int firstLink, int start, int[] leafOf, ReadOnlySpan<SplitCompare> compares)
    {
        Span<int> ends = stackalloc int[1 << BlockKernel.HeadLevels];
        ends = ends[..(1 << levels)];
        HeapBuilder.Fill(tree, top, above, levels, piece, compares, _startOf, ends);
        Span<ushort> links = MemoryMarshal.Cast<byte, ushort>(piece[firstLink..]);
        for (int exit = 0; exit < ends.Length; exit++)
        {
            int end = ends[exit];
            if (end != HeapBuilder.None)
            {
                (int rest, int kind) = tree.Nodes[end].IsLeaf ? (leafOf[end], 0) : ((_startOf[end] - 1 - start) / BlockKernel.LinkUnit, BlockKernel.IsBlock);
                Debug.Assert(rest < BlockKernel.IsBlock, "trees of more splits than ChunkPlan takes are walked, or test sets");
                links[exit] = (ushort)(kind | rest);
            }
        }
    }
}
