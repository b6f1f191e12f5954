using System;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Lays trees out for <see cref="DecisionKernel"/>.</summary>
/// <typeparam name="TScore">float or double, the model's precision.</typeparam>
/// <param name="forest">The forest.</param>
/// <param name="plan">How single rows meet its trees.</param>
internal sealed class DecisionBuilder<TScore>(Forest forest, RankPlan plan)
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    private readonly AlignedArray<byte> _data = new(plan.DecisionBytes);
    private readonly LayoutWriter<byte> _blocks = new(0);
    private readonly AlignedArray<DecisionTree> _trees = new(plan.DecisionBytes == 0 ? 0 : forest.Trees.Length);
    private readonly DecisionSpace _space = new(plan.SlotBits);
    private readonly HeapBuilder _heap = new();
    private readonly BlockBuilder _pieces = new();
    private readonly RowSetBuilder _sets = new();
    private readonly int[] _successors = new int[2 * RegisterKernel.Entries];

    /// <summary>What <see cref="DecisionForest{TScore}.Doublings"/> has to be.</summary>
    public int Doublings { get; private set; }

    /// <summary>Begins a group.</summary>
    public void Open(RankGroup group)
    {
        _space.Open();
        _sets.Open(group);
    }

    /// <summary>Adds a tree, in the order of the forest; one that is walked leaves its place empty.</summary>
    /// <param name="index">The tree's number in the forest.</param>
    /// <param name="shape">Its shape, with leaves counted from the left for a register.</param>
    /// <param name="firstValue">Its first leaf value.</param>
    /// <param name="leaves">The number of each leaf: see <see cref="LeafNumbers"/>.</param>
    /// <param name="splits">What its splits ask.</param>
    public void Add(int index, TreeShape shape, int firstValue, ReadOnlySpan<CodeEnd> leaves, TreeSplits<TScore> splits)
    {
        if (_trees.Length == 0)
        {
            return;
        }

        Tree tree = forest.Trees[index];
        (int start, int slot) = _space.Place(plan.Forms[index], tree.Depth);
        Span<byte> data = _data.Span[start..];
        ref DecisionTree row = ref _trees.Span[index];
        row = new() { Data = start, Values = firstValue, Output = tree.Output, Form = plan.Forms[index] };
        switch (row.Form)
        {
            case RowForm.Heap:
                row.Count = (byte)tree.Depth;
                _heap.Fill(shape, tree.Depth, splits.Compares, data);
                break;
            case RowForm.Register:
                PutIntoRegister(index, tree, shape, slot, data, splits);
                break;
            case RowForm.Blocks:
                row.First = _blocks.Count;
                _pieces.Build(shape, splits.Compares, leaves, data, _blocks);
                break;
        }
    }

    /// <summary>The trees.</summary>
    public AlignedArray<DecisionTree> BuildTrees() => _trees;

    /// <summary>The decisions of all trees.</summary>
    public AlignedArray<byte> BuildData() => _data;

    /// <summary>The blocks of all trees.</summary>
    public AlignedArray<byte> BuildBlocks() => _blocks.Build();

    /// <summary>The set tests of all trees.</summary>
    public AlignedArray<RowSets> BuildSets() => _sets.BuildSets();

    /// <summary>Puts a tree into a slot of a register, behind the trees before it.</summary>
    private void PutIntoRegister(int index, Tree tree, TreeShape shape, int slot, Span<byte> data, TreeSplits<TScore> splits)
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

        // A root that tests a set comes behind an entry that only leads to it.
        bool testsSet = SplitSet.IsOne(tree.Nodes[0]);
        Doublings = Math.Max(Doublings, RegisterKernel.DoublingsFor(testsSet ? tree.Depth + 1 : tree.Depth));
        int first = slot << plan.SlotBits;
        ref DecisionTree row = ref _trees.Span[index];
        row.Values -= first;
        row.Slot = (byte)slot;
        FillRegister(tree, shape, data, splits, first);
        Begin(data, first + shape.SplitsBefore(0), ((slot + 1) << plan.SlotBits) - 1, testsSet);
        (row.First, int sets) = _sets.Close();
        row.Count = checked((byte)sets);

        // The others read the same sets.
        foreach (ref DecisionTree before in _trees.Span[(index - slot)..index])
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

    /// <summary>Fills in a tree, whose entries stand from left to right.</summary>
    private void FillRegister(Tree tree, TreeShape shape, Span<byte> data, TreeSplits<TScore> splits, int first)
    {
        int[] successors = _successors;
        ReadOnlySpan<Sides> sides = shape.Sides;
        for (int split = 0; split < sides.Length; split++)
        {
            // What has no successor on a side is its own. Where a split is the successor of another, it says so itself.
            int entry = first + shape.SplitsBefore(split);
            (int left, int right) = (RegisterKernel.Left + entry, RegisterKernel.Right + entry);
            (data[left], data[right]) = ((byte)entry, (byte)entry);
            (successors[sides[split].Left], successors[sides[split].Right]) = (left, right);
            if (split > 0)
            {
                data[successors[split]] = (byte)entry;
            }

            if (splits.TestSets && SplitSet.IsOne(tree.Nodes[split]))
            {
                (int column, int number) = splits.ColumnSetOf(split);
                _sets.Note(entry, column, number);
            }

            SplitCompare compare = splits.Compares[split];
            data[entry] = (byte)compare.Column;
            data[RegisterKernel.Thresholds + entry] = (byte)compare.Threshold;
        }
    }
}
