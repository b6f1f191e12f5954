using System;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>What the splits of a tree ask, by their numbers in its <see cref="TreeShape"/>. The buffers serve tree after tree.</summary>
/// <typeparam name="TScore">float or double, the model's precision.</typeparam>
/// <param name="categories">The set tests of all trees.</param>
internal sealed class TreeSplits<TScore>(CategoryBuilder categories)
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    private ushort[] _masks = [];
    private SplitCompare[] _compares = [];
    private (ushort Column, int Number)[] _sets = [];
    private int[] _fromLeft = [];
    private int[] _firstSetMasks = [];
    private RankGroup _group = null!;
    private RankColumns<TScore> _columns = null!;
    private int _count;

    /// <summary>The masks of the group that needs the most.</summary>
    public int MostMasks { get; private set; }

    /// <summary>Whether the group's trees test sets.</summary>
    public bool TestSets => _group.Sets > 0;

    /// <summary>The mask of each split.</summary>
    public ReadOnlySpan<ushort> Masks => _masks.AsSpan(0, _count);

    /// <summary>The number of a set test among all: see <see cref="CategoryTable.FirstSet"/>.</summary>
    public int SetOf(int split) => _group.Categories[_sets[split].Column].FirstSet + _sets[split].Number;

    /// <summary>The column of codes of a set test, and its number among the sets of the column.</summary>
    public (int Column, int Number) ColumnSetOf(int split) => _sets[split];

    /// <summary>What numeric splits compare; of a set test <see cref="SplitCompare.Never"/>.</summary>
    public ReadOnlySpan<SplitCompare> Compares => _compares.AsSpan(0, _count);

    /// <summary>Begins a group whose sets are known.</summary>
    public void Open(RankGroup group, RankColumns<TScore> columns)
    {
        (_group, _columns) = (group, columns);
        _firstSetMasks = new int[group.Categories.Length];
        int next = PlaneStep.FirstMask + group.NumericMasks;
        for (int column = 0; column < _firstSetMasks.Length; column++)
        {
            _firstSetMasks[column] = next;
            next += group.Categories[column].Masks;
        }

        MostMasks = Math.Max(MostMasks, next - PlaneStep.FirstMask);
    }

    /// <summary>Finds what a tree asks.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="index">Its number in the forest.</param>
    /// <param name="shape">Its shape, with leaves counted from the left where it is small and tests sets.</param>
    public void Find(Tree tree, int index, TreeShape shape)
    {
        _count = shape.Splits;
        GrowingBuffer.Reserve(ref _masks, _count);
        GrowingBuffer.Reserve(ref _compares, _count);
        _columns.Find(index, _masks.AsSpan(0, _count), _compares.AsSpan(0, _count));
        if (!TestSets)
        {
            return;
        }

        GrowingBuffer.Reserve(ref _sets, _count);
        if (shape.Leaves <= RegisterKernel.Entries)
        {
            FindSetsFromLeft(tree, shape);
            return;
        }

        for (int split = 0; split < _count; split++)
        {
            FindSet(tree, split);
        }
    }

    /// <summary>A register counts its splits from left to right, and takes the answers of its sets in that order.</summary>
    private void FindSetsFromLeft(Tree tree, TreeShape shape)
    {
        GrowingBuffer.Reserve(ref _fromLeft, _count);
        for (int split = 0; split < _count; split++)
        {
            _fromLeft[shape.SplitsBefore(split)] = split;
        }

        foreach (int split in _fromLeft.AsSpan(0, _count))
        {
            FindSet(tree, split);
        }
    }

    private void FindSet(Tree tree, int split)
    {
        ref readonly Node node = ref tree.Nodes[split];
        if (SplitSet.IsOne(node))
        {
            int column = _group.ColumnOf(node.Feature, SplitSet.RuleOf(node));
            int number = categories.Add(column, tree, split);
            _sets[split] = ((ushort)column, number);
            _masks[split] = checked((ushort)(_firstSetMasks[column] + categories.MaskOf(column, tree, split, number)));
        }
    }
}
