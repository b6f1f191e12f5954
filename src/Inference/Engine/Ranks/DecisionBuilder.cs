using System;
using System.Numerics;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Lays trees of at most 256 leaves out for <see cref="DecisionKernel"/>.</summary>
/// <typeparam name="TScore">float or double, the model's precision.</typeparam>
/// <param name="trees">The trees of the forest.</param>
/// <param name="bytes">The bytes of all decisions.</param>
internal sealed class DecisionBuilder<TScore>(int trees, int bytes)
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    private readonly AlignedWriter<byte> _data = new(bytes == 0 ? 0 : bytes + DecisionKernel.Slack);
    private readonly AlignedWriter<DecisionTree> _trees = new(bytes == 0 ? 0 : trees);
    private readonly RowSetBuilder _sets = new();

    /// <summary>The form for a tree.</summary>
    public static RowForm FormOf(Tree tree, RankGroup group, bool isDeep, int depth, int sets)
    {
        if (!DecisionKernel.IsSupported || isDeep || !ChunkPlan.IsOne(tree) || tree.Leaves != LeafShape.Scalar || group.RankColumns > DecisionKernel.MaxColumns)
        {
            return RowForm.Path;
        }

        // A heap of up to 32 places costs no more than its tree. Of 64 places half have to be leaves, because blocks look values
        // up by the same numbers; of more, three quarters: successors take less memory than holes.
        int leaves = (tree.Nodes.Length + 1) / 2;
        int least = depth <= 5 ? 0 : depth == 6 ? 32 : 3 << (depth - 2);
        if (sets == 0 && depth <= DecisionKernel.MaxLevels && leaves > least)
        {
            return RowForm.Heap;
        }

        if (leaves <= DecisionKernel.MaxMaskLeaves)
        {
            return RowForm.Masks;
        }

        bool fits = group.RankColumns <= SuccessorKernel.MaxColumns && (sets == 0 || leaves <= SuccessorKernel.Width + 1);
        return fits ? RowForm.Successors : RowForm.Path;
    }

    /// <summary>Begins a group.</summary>
    public void Open(RankGroup group) => _sets.Open(group);

    /// <summary>The bytes of a tree's decisions.</summary>
    public static int BytesFor(RowForm form, Tree tree, int depth) => form switch
    {
        RowForm.Heap => DecisionKernel.HeapBytes(depth),
        RowForm.Masks => DecisionKernel.MaskBytes,
        RowForm.Successors => SuccessorKernel.BytesFor(tree.Nodes.Length / 2),
        _ => 0,
    };

    /// <summary>Adds a tree, in the order of the forest; one that is walked leaves its place empty.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="row">What is known of it: all but where its decisions start.</param>
    /// <param name="leafOf">The number of each leaf, by nodes: in a heap its place, elsewhere from left to right.</param>
    /// <param name="compare">The byte column and threshold of a split, by its place in the tree; of a set test column 0, and no rank is above the threshold.</param>
    /// <param name="test">The test of a split for membership in a set, by its place in the tree.</param>
    public void Add(Tree tree, in DecisionTree row, int[] leafOf, Func<int, (int Column, int Threshold)> compare, Func<int, SetStep> test)
    {
        if (bytes == 0)
        {
            return;
        }

        int start = _data.Count;
        Span<byte> data = _data.Add(BytesFor(row.Form, tree, row.Depth));
        switch (row.Form)
        {
            case RowForm.Heap:
                int entries = 1 << row.Depth;

                // No rank is above the highest: what is no split goes left.
                data[entries..].Fill((byte)sbyte.MaxValue);
                FillHeap(tree, 0, 1, data, entries, compare);
                break;
            case RowForm.Masks:
                data.Slice(DecisionKernel.MaxMaskLeaves, DecisionKernel.MaxMaskLeaves).Fill((byte)sbyte.MaxValue);
                int next = 0;
                FillMasks(tree, 0, data, leafOf, compare, test, ref next);
                break;
            case RowForm.Successors:
                int place = 0;
                FillSuccessors(tree, 0, data, leafOf, compare, test, ref place);
                break;
        }

        (int firstSets, int sets) = _sets.Close();
        _trees.Add(row with { Data = start, FirstSets = firstSets, Sets = checked((byte)sets) });
    }

    /// <summary>The trees.</summary>
    public AlignedArray<DecisionTree> BuildTrees() => _trees.Build();

    /// <summary>The decisions of all trees.</summary>
    public AlignedArray<byte> BuildData() => _data.Build();

    /// <summary>The set tests of all trees.</summary>
    public AlignedArray<RowSets> BuildSets() => _sets.BuildSets();

    /// <summary>The bits of all categories; tells the groups where they are.</summary>
    public AlignedArray<byte> BuildCategoryBits(ReadOnlySpan<byte> sets) => _sets.BuildBits(sets);

    private static void FillHeap(Tree tree, int index, int entry, Span<byte> data, int splits, Func<int, (int Column, int Threshold)> compare)
    {
        Node node = tree.Nodes[index];
        if (node.IsLeaf)
        {
            return;
        }

        (int column, int threshold) = compare(index);
        (data[entry], data[splits + entry]) = ((byte)column, (byte)threshold);
        FillHeap(tree, node.Left, 2 * entry, data, splits, compare);
        FillHeap(tree, node.Right, (2 * entry) + 1, data, splits, compare);
    }

    /// <summary>Returns the leaves of a subtree as a mask.</summary>
    private uint FillMasks(
        Tree tree, int index, Span<byte> data, int[] leafOf, Func<int, (int Column, int Threshold)> compare, Func<int, SetStep> test, ref int next)
    {
        Node node = tree.Nodes[index];
        if (node.IsLeaf)
        {
            return 1u << leafOf[index];
        }

        int place = next++;
        Note(node, index, place, test);
        (int column, int threshold) = compare(index);
        (data[place], data[DecisionKernel.MaxMaskLeaves + place]) = ((byte)column, (byte)threshold);
        uint left = FillMasks(tree, node.Left, data, leafOf, compare, test, ref next);
        MemoryMarshal.Cast<byte, uint>(data[(2 * DecisionKernel.MaxMaskLeaves)..])[place] = left;
        return left | FillMasks(tree, node.Right, data, leafOf, compare, test, ref next);
    }

    private void Note(in Node node, int index, int place, Func<int, SetStep> test)
    {
        if (node.Test is NodeTest.CodeInSet or NodeTest.TruncatedCodeInSet)
        {
            _sets.Note(place, test(index));
        }
    }

    /// <summary>Fills in a subtree, its splits in order of depth first, and returns the place of its root.</summary>
    /// <remarks>At most 255 splits, so the recursion is bounded.</remarks>
    private int FillSuccessors(
        Tree tree, int index, Span<byte> data, int[] leafOf, Func<int, (int Column, int Threshold)> compare, Func<int, SetStep> test, ref int next)
    {
        const int width = SuccessorKernel.Width;
        Node node = tree.Nodes[index];
        int place = next++;
        Note(node, index, place, test);
        int left = Child(node.Left, 0, data, ref next);
        int right = Child(node.Right, 1, data, ref next);
        (int column, int threshold) = compare(index);
        Span<byte> register = data[(place / width * SuccessorKernel.RegisterBytes)..];
        int lane = place % width;
        register[lane] = (byte)(column | (left == place ? SuccessorKernel.LeftLeaf : 0));
        register[width + lane] = (byte)threshold;
        register[(2 * width) + lane] = (byte)right;
        return place;

        // In place of a leaf the split itself, and the leaf where the walk will ask for it.
        int Child(int child, int side, Span<byte> data, ref int next)
        {
            if (!tree.Nodes[child].IsLeaf)
            {
                return FillSuccessors(tree, child, data, leafOf, compare, test, ref next);
            }

            int leaves = SuccessorKernel.RegistersFor(tree.Nodes.Length / 2) * SuccessorKernel.RegisterBytes;
            data[leaves + (2 * place) + side] = (byte)leafOf[child];
            return place;
        }
    }
}
