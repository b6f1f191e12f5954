using System;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Lays trees out for <see cref="DecisionKernel"/>.</summary>
/// <typeparam name="TScore">float or double, the model's precision.</typeparam>
/// <param name="trees">The trees of the forest.</param>
/// <param name="slotBits">The logarithm of the entries that a tree has in a register.</param>
/// <param name="bytes">The bytes of all decisions.</param>
/// <param name="blockBytes">The bytes of all blocks.</param>
internal sealed class DecisionBuilder<TScore>(int trees, int slotBits, int bytes, int blockBytes)
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    private readonly AlignedWriter<byte> _data = new(bytes);
    private readonly AlignedWriter<DecisionTree> _trees = new(bytes == 0 ? 0 : trees);
    private readonly DecisionSpace _space = new(slotBits);
    private readonly AlignedArray<byte> _blocks = new(blockBytes);
    private readonly BlockBuilder _pieces = new();
    private readonly RowSetBuilder _sets = new();
    private readonly int[] _ends = new int[1 << HeapKernel.MaxLevels];

    /// <summary>What <see cref="DecisionForest{TScore}.Doublings"/> has to be.</summary>
    public int Doublings => _space.Doublings;

    /// <summary>The form for a tree.</summary>
    public static RowForm FormOf(Tree tree, RankGroup group, bool isDeep, int depth, int sets)
    {
        if (!DecisionKernel.IsSupported || isDeep || tree.Leaves is not (LeafShape.Scalar or LeafShape.Linear) || group.RankColumns > DecisionKernel.MaxColumns)
        {
            return RowForm.Path;
        }

        // A heap of up to 32 places costs no more than its tree. Of 64 places half have to be leaves, because blocks look values
        // up by the same numbers; of more, three quarters: a register, or blocks, take less memory than holes.
        int leaves = (tree.Nodes.Length + 1) / 2;
        int least = depth <= HeapKernel.NibbleLevels ? 0 : depth == 6 ? 32 : 3 << (depth - 2);
        if (sets == 0 && depth <= HeapKernel.MaxLevels && leaves > least)
        {
            return RowForm.Heap;
        }

        // A register is for several trees. One tree alone is better met in blocks, which know no sets.
        if (leaves <= (sets > 0 ? RegisterKernel.Entries : RegisterKernel.Entries / 2))
        {
            return RowForm.Register;
        }

        return sets == 0 ? RowForm.Blocks : RowForm.Path;
    }

    /// <summary>Begins a group.</summary>
    public void Open(RankGroup group)
    {
        _space.Open();
        _sets.Open(group);
    }

    /// <summary>Adds a tree, in the order of the forest; one that is walked leaves its place empty.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="form">How rows meet it.</param>
    /// <param name="depth">The splits on its longest path.</param>
    /// <param name="blocks">Its blocks.</param>
    /// <param name="firstValue">Its first leaf value.</param>
    /// <param name="leafOf">The number of each leaf, by nodes: see <see cref="LeafNumbers"/>.</param>
    /// <param name="splits">What its splits ask.</param>
    public void Add(Tree tree, RowForm form, int depth, in TreeBlocks blocks, int firstValue, int[] leafOf, TreeSplits splits)
    {
        if (bytes == 0)
        {
            return;
        }

        (int start, int slot, int block) = _space.Place(form, tree, depth, blocks.Bytes);
        _ = _data.Add(_space.Bytes - _data.Count);
        Span<byte> data = _data.Span[start..];
        DecisionTree row = new() { Data = start, Values = firstValue, Output = tree.Output, Form = form };
        switch (form)
        {
            case RowForm.Heap:
                row.Count = (byte)depth;
                HeapBuilder.Fill(tree, 0, 0, depth, data, splits.Compares, [], _ends);
                break;
            case RowForm.Register:
                PutIntoRegister(ref row, tree, slot, data, splits);
                break;
            case RowForm.Blocks:
                row.First = block;
                _pieces.Fill(tree, blocks, data, _blocks.Span[block..], leafOf, splits.Compares);
                break;
        }

        _trees.Add(row);
    }

    /// <summary>The trees.</summary>
    public AlignedArray<DecisionTree> BuildTrees() => _trees.Build();

    /// <summary>The decisions of all trees.</summary>
    public AlignedArray<byte> BuildData() => _data.Build();

    /// <summary>The blocks of all trees.</summary>
    public AlignedArray<byte> BuildBlocks() => _blocks;

    /// <summary>The set tests of all trees.</summary>
    public AlignedArray<RowSets> BuildSets() => _sets.BuildSets();

    /// <summary>Puts a tree into a slot of a register, behind the trees before it.</summary>
    private void PutIntoRegister(ref DecisionTree row, Tree tree, int slot, Span<byte> data, TreeSplits splits)
    {
        if (slot > 0)
        {
            _sets.Resume();
        }
        else
        {
            _sets.Begin();
            data.Slice(RegisterKernel.Thresholds, RegisterKernel.Entries).Fill((byte)sbyte.MaxValue);
        }

        int next = slot << slotBits;
        row.Values -= next;
        row.Slot = (byte)slot;
        int root = FillRegister(tree, 0, data, splits, ref next);
        Begin(data, root, ((slot + 1) << slotBits) - 1, SplitSet.IsOne(tree.Nodes[0]));
        (row.First, int sets) = _sets.Close();
        row.Count = checked((byte)sets);

        // The others read the same sets.
        foreach (ref DecisionTree before in _trees.Span[^slot..])
        {
            (before.First, before.Count) = (row.First, row.Count);
            before.Rest++;
        }
    }

    /// <summary>Makes an entry begin where the root does: it decides as the root, or leads to it, if that tests a set, since sets are tested in one place.</summary>
    private static void Begin(Span<byte> data, int root, int entry, bool testsSet)
    {
        data[entry] = data[root];
        data[RegisterKernel.Thresholds + entry] = data[RegisterKernel.Thresholds + root];
        data[RegisterKernel.Left + entry] = testsSet ? (byte)root : data[RegisterKernel.Left + root];
        data[RegisterKernel.Right + entry] = testsSet ? (byte)root : data[RegisterKernel.Right + root];
    }

    /// <summary>Fills in a subtree, its splits from left to right, and returns the entry of its root.</summary>
    /// <remarks>At most 63 splits, so the recursion is bounded.</remarks>
    private int FillRegister(Tree tree, int index, Span<byte> data, TreeSplits splits, ref int next)
    {
        ref readonly Node node = ref tree.Nodes[index];
        int left = tree.Nodes[node.Left].IsLeaf ? -1 : FillRegister(tree, node.Left, data, splits, ref next);
        int entry = next++;
        int right = tree.Nodes[node.Right].IsLeaf ? -1 : FillRegister(tree, node.Right, data, splits, ref next);
        if (SplitSet.IsOne(node))
        {
            (int column, int number) = splits.ColumnSetOf(index);
            _sets.Note(entry, column, number);
        }

        SplitCompare compare = splits.Compares[index];
        data[entry] = (byte)compare.Column;
        data[RegisterKernel.Thresholds + entry] = (byte)compare.Threshold;
        data[RegisterKernel.Left + entry] = (byte)(left < 0 ? entry : left);
        data[RegisterKernel.Right + entry] = (byte)(right < 0 ? entry : right);
        return entry;
    }
}
