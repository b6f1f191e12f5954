using System;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Lays the upper levels of a subtree out as <see cref="HeapKernel"/> reads them.</summary>
internal static class HeapBuilder
{
    /// <summary>No node.</summary>
    public const int None = -1;

    /// <summary>Fills in a heap; where there is no split, one that sends every row left.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="root">The node at the top.</param>
    /// <param name="levels">The heap's levels.</param>
    /// <param name="heap">Its bytes.</param>
    /// <param name="compare">The byte column and threshold of a split, by its place in the tree.</param>
    /// <param name="blockOf">0, or more where a block begins, by nodes: a heap above it ends there, as at a leaf. Empty where there are none.</param>
    /// <param name="ends">Receives the node that each way out leads to, from left to right, or <see cref="None"/>; empty where nobody asks.</param>
    public static void Fill(Tree tree, int root, int levels, Span<byte> heap, Func<int, (int Column, int Threshold)> compare, ReadOnlySpan<int> blockOf, Span<int> ends) =>
        Fill(tree, root, 1, 0, levels, heap, compare, blockOf, ends);

    private static void Fill(
        Tree tree, int index, int entry, int level, int levels, Span<byte> heap, Func<int, (int Column, int Threshold)> compare, ReadOnlySpan<int> blockOf, Span<int> ends)
    {
        if (level == levels)
        {
            if (!ends.IsEmpty)
            {
                ends[entry - (1 << levels)] = index;
            }

            return;
        }

        // No rank is above the highest. A leaf goes down with the rows, to the left.
        Node node = index == None ? default : tree.Nodes[index];
        bool isSplit = index != None && !node.IsLeaf && (level == 0 || blockOf.IsEmpty || blockOf[index] == 0);
        (int column, int threshold) = isSplit ? compare(index) : (0, sbyte.MaxValue);
        (int columnPlace, int thresholdPlace) = HeapKernel.PlaceOf(entry, level, levels);
        (heap[columnPlace], heap[thresholdPlace]) = ((byte)column, (byte)threshold);
        Fill(tree, isSplit ? node.Left : index, 2 * entry, level + 1, levels, heap, compare, blockOf, ends);
        Fill(tree, isSplit ? node.Right : None, (2 * entry) + 1, level + 1, levels, heap, compare, blockOf, ends);
    }
}
