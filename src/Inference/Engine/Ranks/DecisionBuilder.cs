using System;
using System.Numerics;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>The form in which single rows meet a tree.</summary>
internal enum RowForm
{
    /// <summary>A walk, eight trees together.</summary>
    Path,

    /// <summary>All splits decided at once, in a heap.</summary>
    Heap,

    /// <summary>All splits decided at once, with the leaves that each rules out.</summary>
    Masks,
}

/// <summary>Lays small trees out for <see cref="DecisionKernel"/>.</summary>
/// <typeparam name="TScore">float or double, the model's precision.</typeparam>
/// <param name="trees">The trees of the forest.</param>
/// <param name="bytes">The bytes of all decisions.</param>
internal sealed class DecisionBuilder<TScore>(int trees, int bytes)
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    private readonly AlignedWriter<byte> _data = new(bytes == 0 ? 0 : bytes + DecisionKernel.Slack);
    private readonly AlignedWriter<DecisionTree> _trees = new(bytes == 0 ? 0 : trees);

    /// <summary>The form for a tree.</summary>
    public static RowForm FormOf(Tree tree, RankGroup group, bool isDeep, int depth)
    {
        int leaves = (tree.Nodes.Length + 1) / 2;
        bool isSmall = DecisionKernel.IsSupported && !isDeep && tree.Leaves == LeafShape.Scalar
            && depth > 0 && group.Codes.Length == 0 && group.ByteColumns <= DecisionKernel.MaxColumns;
        if (!isSmall)
        {
            return RowForm.Path;
        }

        // A heap of up to 32 places costs no more than its tree; a larger one has to be worth its holes.
        return depth < DecisionKernel.MaxLevels || (depth == DecisionKernel.MaxLevels && leaves > DecisionKernel.MaxMaskLeaves) ? RowForm.Heap
            : leaves <= DecisionKernel.MaxMaskLeaves ? RowForm.Masks
            : RowForm.Path;
    }

    /// <summary>Adds a tree, in the order of the forest; one that is walked leaves its place empty.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="form">Its form.</param>
    /// <param name="depth">Its depth.</param>
    /// <param name="leafOf">The number of each leaf, by nodes: in a heap its place, elsewhere from left to right.</param>
    /// <param name="compare">The byte column and threshold of a split.</param>
    /// <param name="values">Its first leaf value.</param>
    public void Add(Tree tree, RowForm form, int depth, int[] leafOf, Func<Node, (int Column, int Threshold)> compare, int values)
    {
        if (bytes == 0)
        {
            return;
        }

        _trees.Add(new DecisionTree { Data = _data.Count, Values = values, Output = tree.Output, Levels = form == RowForm.Heap ? depth : 0 });
        if (form == RowForm.Path)
        {
            return;
        }

        int splits = form == RowForm.Heap ? 1 << depth : DecisionKernel.MaxMaskLeaves;
        Span<byte> data = _data.Add(form == RowForm.Heap ? DecisionKernel.HeapBytes(depth) : DecisionKernel.MaskBytes);

        // No rank is above the highest: what is no split goes left.
        data.Slice(splits, splits).Fill((byte)sbyte.MaxValue);
        if (form == RowForm.Heap)
        {
            FillHeap(tree, 0, 1, data, splits, compare);
        }
        else
        {
            int next = 0;
            FillMasks(tree, 0, data, leafOf, compare, ref next);
        }
    }

    /// <summary>The trees.</summary>
    public AlignedArray<DecisionTree> BuildTrees() => _trees.Build();

    /// <summary>The decisions of all trees.</summary>
    public AlignedArray<byte> BuildData() => _data.Build();

    private static void FillHeap(Tree tree, int index, int entry, Span<byte> data, int splits, Func<Node, (int Column, int Threshold)> compare)
    {
        Node node = tree.Nodes[index];
        if (node.IsLeaf)
        {
            return;
        }

        (int column, int threshold) = compare(node);
        (data[entry], data[splits + entry]) = ((byte)column, (byte)threshold);
        FillHeap(tree, node.Left, 2 * entry, data, splits, compare);
        FillHeap(tree, node.Right, (2 * entry) + 1, data, splits, compare);
    }

    /// <summary>Returns the leaves of a subtree as a mask.</summary>
    private static uint FillMasks(Tree tree, int index, Span<byte> data, int[] leafOf, Func<Node, (int Column, int Threshold)> compare, ref int next)
    {
        Node node = tree.Nodes[index];
        if (node.IsLeaf)
        {
            return 1u << leafOf[index];
        }

        int place = next++;
        (int column, int threshold) = compare(node);
        (data[place], data[DecisionKernel.MaxMaskLeaves + place]) = ((byte)column, (byte)threshold);
        uint left = FillMasks(tree, node.Left, data, leafOf, compare, ref next);
        MemoryMarshal.Cast<byte, uint>(data[(2 * DecisionKernel.MaxMaskLeaves)..])[place] = left;
        return left | FillMasks(tree, node.Right, data, leafOf, compare, ref next);
    }
}
