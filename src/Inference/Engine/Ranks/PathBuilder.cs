using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Lays trees out for walks.</summary>
/// <typeparam name="TScore">float or double, the model's precision.</typeparam>
internal sealed class PathBuilder<TScore>
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    private readonly int[] _keys;
    private readonly int[] _missing;
    private readonly int _firstSet;
    private readonly int _setCount;
    private readonly int _columnBits;
    private readonly bool _mapsTiny;
    private readonly AlignedArray<PathNode<float>> _nodes;
    private readonly AlignedArray<PathNode<TScore>> _deepNodes;
    private readonly List<int> _order = [];
    private readonly List<PathNode<float>> _splitOf = [];
    private int[] _places = [];
    private int _count;
    private int _deepCount;

    /// <summary>A builder for closed columns and deep trees.</summary>
    public PathBuilder(Forest forest, IReadOnlyList<RankColumns<TScore>> columns, bool[] isDeep, RankPlan plan)
    {
        _nodes = new(plan.WalkedNodes);
        _deepNodes = new(plan.DeepNodes);
        HashSet<int> keys = [];
        HashSet<int> missing = [];
        if (plan.WalkedNodes + plan.DeepNodes > 0)
        {
            foreach ((int key, bool missingGoesRight, List<TScore> thresholds) in columns.SelectMany(group => group.Splits()))
            {
                Note(key, thresholds[^1], missingGoesRight);
                _mapsTiny |= forest.TinyIsZero && thresholds.Exists(RankSplit<TScore>.IsTiny);
            }

            for (int index = 0; index < isDeep.Length; index++)
            {
                for (int split = 0; isDeep[index] && split < forest.Trees[index].Splits.Length; split++)
                {
                    _ = RankSplit<TScore>.TryFrom(forest.Trees[index].Nodes[split], out RankSplit<TScore> asked);
                    Note(asked.Key, asked.Threshold, asked.MissingGoesRight);
                    _mapsTiny |= forest.TinyIsZero && RankSplit<TScore>.IsTiny(asked.Threshold);
                }
            }

            _setCount = columns.Sum(group => group.SetCounts.Sum());
        }

        _keys = [.. keys.Order()];
        _missing = [.. missing.Order().Select(key => Array.BinarySearch(_keys, key))];
        _firstSet = (2 * _keys.Length) + _missing.Length;
        _columnBits = PathForest<TScore>.BitsFor(_firstSet + _setCount);

        // Of several thresholds the last one: a test for what is missing stands behind all others.
        void Note(int key, TScore threshold, bool missingGoesRight)
        {
            _ = keys.Add(key);
            if (TestsMissing(threshold, missingGoesRight))
            {
                _ = missing.Add(key);
            }
        }
    }

    /// <summary>Begins a group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="columns">Its columns.</param>
    public void Open(RankGroup group, RankColumns<TScore> columns)
    {
        _splitOf.Clear();
        foreach ((int key, bool missingGoesRight, List<TScore> thresholds) in group.WalksRows ? columns.Splits() : [])
        {
            int place = Array.BinarySearch(_keys, key);
            foreach (TScore threshold in thresholds)
            {
                _splitOf.Add(NodeOf(place, threshold, missingGoesRight, RankColumns<TScore>.RoundUp(threshold)));
            }
        }
    }

    /// <summary>Adds a tree that is not deep, a split's children behind those of the splits before it.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="splits">What its splits ask.</param>
    /// <param name="leaves">The number of each leaf.</param>
    /// <returns>Its first node; <see langword="null"/> where a way from parent to child needs more bits than a link has.</returns>
    public int? Add(TreeShape shape, TreeSplits<TScore> splits, ReadOnlySpan<CodeEnd> leaves)
    {
        GrowingBuffer.Reserve(ref _places, shape.Splits + shape.Leaves);
        _places[0] = 0;
        Span<PathNode<float>> nodes = _nodes.Span[_count..];
        int next = 1;
        for (int split = 0; split < shape.Splits; split++)
        {
            int place = _places[split];
            uint way = (uint)(next - place);
            if (way > uint.MaxValue >> _columnBits)
            {
                return null;
            }

            // A set's place holds an infinity, so that any number between them will do.
            int number = splits.Masks[split] - PlaneStep.FirstMask;
            PathNode<float> node = number < _splitOf.Count ? _splitOf[number] : new() { Link = (uint)(_firstSet + splits.SetOf(split)) };
            nodes[place] = node with { Link = node.Link | (way << _columnBits) };
            (int left, int right) = shape.Sides[split];
            (_places[left], _places[right]) = (next, next + 1);
            next += 2;
        }

        for (int leaf = 0; leaf < leaves.Length; leaf++)
        {
            nodes[_places[shape.Splits + leaf]] = PathNode<float>.Leaf(leaves[leaf].Number);
        }

        _count += next;
        return _count - next;
    }

    /// <summary>Adds a deep tree, level by level.</summary>
    /// <param name="tree">The tree, whose leaves are numbered in their order.</param>
    /// <returns>Its first node; <see langword="null"/> where a way from parent to child needs more bits than a link has.</returns>
    public int? Add(Tree tree)
    {
        _order.Clear();
        _ = _order.EnsureCapacity(tree.Nodes.Length);
        _order.Add(0);
        Span<PathNode<TScore>> nodes = _deepNodes.Span[_deepCount..];
        for (int place = 0; place < _order.Count; place++)
        {
            int index = _order[place];
            ref readonly Node node = ref tree.Nodes[index];
            if (node.IsLeaf)
            {
                nodes[place] = PathNode<TScore>.Leaf(index - tree.Splits.Length);
                continue;
            }

            uint way = (uint)(_order.Count - place);
            if (way > uint.MaxValue >> _columnBits)
            {
                return null;
            }

            _ = RankSplit<TScore>.TryFrom(node, out RankSplit<TScore> split);
            PathNode<TScore> own = NodeOf(Array.BinarySearch(_keys, split.Key), split.Threshold, split.MissingGoesRight, split.Threshold);
            nodes[place] = own with { Link = own.Link | (way << _columnBits) };
            _order.Add(node.Left);
            _order.Add(node.Right);
        }

        _deepCount += _order.Count;
        return _deepCount - _order.Count;
    }

    /// <summary>The forest of everything added.</summary>
    public PathForest<TScore> Build() => new()
    {
        Nodes = _nodes,
        DeepNodes = _deepNodes,
        Keys = _keys,
        Missing = _missing,
        SetCount = _setCount,
        ColumnBits = _columnBits,
        MapsTiny = _mapsTiny,
    };

    /// <summary>Whether nothing but a missing value goes right.</summary>
    private static bool TestsMissing(TScore threshold, bool missingGoesRight) => TScore.IsNaN(threshold) && missingGoesRight;

    /// <summary>A split without the way to its children. What is missing has a place that holds an infinity, so that any number between them will do.</summary>
    private PathNode<T> NodeOf<T>(int place, TScore threshold, bool missingGoesRight, T converted)
        where T : unmanaged, IFloatingPointIeee754<T> => TestsMissing(threshold, missingGoesRight)
            ? new() { Threshold = T.Zero, Link = (uint)((2 * _keys.Length) + Array.BinarySearch(_missing, place)) }
            : new() { Threshold = converted, Link = (uint)((2 * place) + (missingGoesRight ? 1 : 0)) };
}
