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
    /// <param name="above">Levels above it that send every row left.</param>
    /// <param name="levels">The heap's levels, those above the root among them.</param>
    /// <param name="heap">Its bytes.</param>
    /// <param name="compares">What splits compare, by nodes.</param>
    /// <param name="blockOf">0, or more where a block begins, by nodes: a heap above it ends there, as at a leaf. Empty where there are none.</param>
    /// <param name="ends">Receives the node that each way out leads to, from left to right, or <see cref="None"/>: an entry for each, all of them working memory before.</param>
    public static void Fill(Tree tree, int root, int above, int levels, Span<byte> heap, ReadOnlySpan<SplitCompare> compares, ReadOnlySpan<int> blockOf, Span<int> ends)
    {
        ends[0] = root;
        for (int level = 0; level < levels; level++)
        {
            // The nodes of a level make room for their children, the last first.
            for (int place = (1 << level) - 1; place >= 0; place--)
            {
                // No rank is above the highest. A leaf goes down with the rows, to the left.
                int index = ends[place];
                (int left, int right) = (index, None);
                SplitCompare compare = SplitCompare.Never;
                if (index != None && !tree.Nodes[index].IsLeaf && level >= above && (level == above || blockOf.IsEmpty || blockOf[index] == 0))
                {
                    ref readonly Node node = ref tree.Nodes[index];
                    (left, right, compare) = (node.Left, node.Right, compares[index]);
                }

                (int column, int threshold) = HeapKernel.PlaceOf((1 << level) + place, level, levels);
                (heap[column], heap[threshold]) = ((byte)compare.Column, (byte)compare.Threshold);
                (ends[2 * place], ends[(2 * place) + 1]) = (left, right);
            }
        }
    }
}
