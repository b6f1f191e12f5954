using System;
using System.Collections.Generic;
using System.Numerics;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Where a forest is cut into groups, whose thresholds bytes count, where those of all trees are too many.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
internal sealed class GroupPlan<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>A forest that needs more groups than this for its trees has thresholds too many for bytes to pay, unless walks in blocks cannot take them.</summary>
    private const int MaxGroups = 8;

    private readonly Dictionary<int, int> _counts = [];
    private ThresholdTable<T> _table = new();
    private int _sets;
    private bool _isCrowded;

    /// <summary>The tree behind each group's last. Trees that would not fit alone become deep ones, and so do those behind too many groups.</summary>
    public static List<int> Cut(Forest forest, bool[] isDeep)
    {
        GroupPlan<T> group = new();
        GroupPlan<T> alone = new();
        List<int> ends = [];
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

            if (group._isCrowded && ends.Count == MaxGroups - 1 && !Array.Exists(forest.Trees, other => RankPlan<T>.CountSets(other) > 0))
            {
                Array.Fill(isDeep, true, index, forest.Trees.Length - index);
                break;
            }

            ends.Add(index);
            group.Clear();
            _ = group.TryAdd(tree);
        }

        ends.Add(forest.Trees.Length);
        return ends;
    }

    private void Clear()
    {
        _counts.Clear();
        _table = new();
        _sets = 0;
    }

    /// <summary>Counts a tree's thresholds and masks; <see langword="false"/> where they become too many.</summary>
    private bool TryAdd(Tree tree)
    {
        foreach (ref readonly Node node in tree.Nodes.AsSpan())
        {
            if (node.IsLeaf)
            {
                continue;
            }

            if (!RankSplit<T>.TryFrom(node, out RankSplit<T> split))
            {
                _sets++;
                continue;
            }

            int known = _table.Entries.Length;
            if (_table.Add(split) == known)
            {
                ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, split.Key, out _);
                if (++count > RankKernel.MaxThresholds)
                {
                    _isCrowded = true;
                    return false;
                }
            }
        }

        return _table.Masks + _sets <= MaskBuilder.Most;
    }
}
