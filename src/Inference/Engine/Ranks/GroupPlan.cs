using System;
using System.Collections.Generic;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Where a forest is cut into groups, whose thresholds bytes count, where those of all trees are too many.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
internal sealed class GroupPlan<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ThresholdTable<T> _table = new();
    private int _sets;

    // Of the trees that fit.
    private int _setsOfTrees;
    private int _columns;
    private int _masks;
    private int _splits;
    private int _trees;
    private int _levels;

    /// <summary>The tree behind each group's last. Trees that would not fit alone become deep ones, and so do those of groups whose ranks take longer than walks.</summary>
    public static List<int> Cut(Forest forest, bool[] isDeep)
    {
        GroupPlan<T> group = new();
        GroupPlan<T> alone = new();
        List<int> ends = [];
        int first = 0;
        for (int index = 0; index < forest.Trees.Length; index++)
        {
            Tree tree = forest.Trees[index];
            if (!isDeep[index] && tree.Nodes.Length / 2 > RankKernel.MaxThresholds)
            {
                alone.Clear();
                isDeep[index] = !alone.TryAdd(tree);
            }

            if (isDeep[index] || group.TryAdd(tree))
            {
                continue;
            }

            if (!group.Pays())
            {
                // Deep trees may stand in any group.
                Array.Fill(isDeep, true, first, index - first);
            }
            else
            {
                ends.Add(index);
            }

            first = index;
            group.Clear();
            _ = group.TryAdd(tree);
        }

        if (first > 0 && !group.Pays())
        {
            Array.Fill(isDeep, true, first, forest.Trees.Length - first);
            if (ends.Count > 0 && ends[^1] == first)
            {
                ends.RemoveAt(ends.Count - 1);
            }
        }

        ends.Add(forest.Trees.Length);
        return ends;
    }

    /// <summary>Whether the ranks of the trees so far, and what follows from them, take no longer than walks, which test no sets.</summary>
    private bool Pays() => _setsOfTrees > 0
        || (_columns * (long)ScoringCosts.BlockColumn) + (_masks * (long)ScoringCosts.BlockMask) + (_splits * (long)ScoringCosts.BlockSplit) + (_trees * (long)ScoringCosts.BlockTree)
            <= _levels * (long)ScoringCosts.BlockWalkLevel;

    private void Clear()
    {
        _table.Clear();
        (_sets, _setsOfTrees, _columns, _masks, _splits, _trees, _levels) = (0, 0, 0, 0, 0, 0, 0);
    }

    /// <summary>Counts a tree's thresholds and masks; <see langword="false"/> where they become too many.</summary>
    private bool TryAdd(Tree tree)
    {
        foreach (ref readonly Node node in tree.Splits)
        {
            if (!RankSplit<T>.TryFrom(node, out RankSplit<T> split))
            {
                _sets++;
                continue;
            }

            _ = _table.Add(split);
            if (_table.MostOfColumn > RankKernel.MaxThresholds)
            {
                return false;
            }
        }

        if (_table.Masks + _sets > PlaneStep.MostMasks)
        {
            return false;
        }

        (_setsOfTrees, _columns, _masks) = (_sets, _table.Keys.Count, _table.Masks + _sets);
        _trees++;
        _splits += tree.Nodes.Length / 2;

        // As a balanced tree would have.
        _levels += BitOperations.Log2((uint)tree.Nodes.Length);
        return true;
    }
}
