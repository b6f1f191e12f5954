using System;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Lays trees out for <see cref="DecisionKernel"/>.</summary>
/// <typeparam name="TScore">float or double, the model's precision.</typeparam>
/// <param name="trees">The trees of the forest; 0 where single rows walk all of them.</param>
/// <param name="slotBits">The logarithm of the entries that a tree has in a register.</param>
internal sealed class DecisionBuilder<TScore>(int trees, int slotBits)
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    private readonly LayoutWriter<byte> _data = new(0);
    private readonly LayoutWriter<byte> _blocks = new(0);
    private readonly LayoutWriter<DecisionTree> _trees = new(trees);
    private readonly DecisionSpace _space = new(slotBits);
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
    /// <param name="tree">The tree.</param>
    /// <param name="shape">Its shape, with leaves counted from the left for a register.</param>
    /// <param name="form">How rows meet it.</param>
    /// <param name="firstValue">Its first leaf value.</param>
    /// <param name="leaves">The number of each leaf: see <see cref="LeafNumbers"/>.</param>
    /// <param name="splits">What its splits ask.</param>
    public void Add(Tree tree, TreeShape shape, RowForm form, int firstValue, ReadOnlySpan<int> leaves, TreeSplits<TScore> splits)
    {
        if (trees == 0)
        {
            return;
        }

        (int start, int slot) = _space.Place(form, tree.Depth);
        _ = _data.Add(_space.Bytes - _data.Count);
        Span<byte> data = _data.Span[start..];
        DecisionTree row = new() { Data = start, Values = firstValue, Output = tree.Output, Form = form };
        switch (form)
        {
            case RowForm.Heap:
                row.Count = (byte)tree.Depth;
                _heap.Fill(shape, tree.Depth, splits.Compares, data);
                break;
            case RowForm.Register:
                PutIntoRegister(ref row, tree, shape, slot, data, splits);
                break;
            case RowForm.Blocks:
                row.First = _blocks.Count;
                _pieces.Build(shape.Sides, splits.Compares, leaves);
                _pieces.Head.CopyTo(data);
                AddBlocks();
                break;
        }

        _trees.Add(row);
    }

    /// <summary>The trees.</summary>
    public AlignedArray<DecisionTree> BuildTrees() => _trees.Build();

    /// <summary>The decisions of all trees.</summary>
    public AlignedArray<byte> BuildData() => _data.Build();

    /// <summary>The blocks of all trees.</summary>
    public AlignedArray<byte> BuildBlocks() => _blocks.Build();

    /// <summary>The set tests of all trees.</summary>
    public AlignedArray<RowSets> BuildSets() => _sets.BuildSets();

    /// <summary>Adds a tree's blocks: those of the next begin where no large block is in two cache lines.</summary>
    private void AddBlocks()
    {
        int bytes = _pieces.Large.Length + _pieces.Small.Length;
        Span<byte> added = _blocks.Add((bytes + BlockKernel.Bytes - 1) / BlockKernel.Bytes * BlockKernel.Bytes);
        _pieces.Large.CopyTo(added);
        _pieces.Small.CopyTo(added[_pieces.Large.Length..]);
    }

    /// <summary>Puts a tree into a slot of a register, behind the trees before it.</summary>
    private void PutIntoRegister(ref DecisionTree row, Tree tree, TreeShape shape, int slot, Span<byte> data, TreeSplits<TScore> splits)
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
        int first = slot << slotBits;
        row.Values -= first;
        row.Slot = (byte)slot;
        FillRegister(tree, shape, data, splits, first);
        Begin(data, first + shape.SplitsBefore(0), ((slot + 1) << slotBits) - 1, testsSet);
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

    /// <summary>Fills in a tree, its splits from left to right.</summary>
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
