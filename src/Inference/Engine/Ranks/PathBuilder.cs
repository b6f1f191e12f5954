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
    private readonly Dictionary<int, int> _missing = [];
    private readonly Dictionary<int, int> _placeOf = [];
    private readonly int _firstSet;
    private readonly int _setCount;
    private readonly int _columnBits;
    private readonly bool _mapsTiny;
    private readonly AlignedWriter<PathNode<float>> _nodes;
    private readonly AlignedWriter<PathNode<TScore>> _deepNodes;
    private readonly List<int> _order = [];

    /// <summary>A builder for a forest whose trees' splits are numeric or test sets.</summary>
    public PathBuilder(Forest forest, int nodes, int deepNodes)
    {
        _nodes = new(nodes);
        _deepNodes = new(deepNodes);
        foreach (Tree tree in nodes + deepNodes == 0 ? [] : forest.Trees)
        {
            foreach (ref readonly Node node in tree.Nodes.AsSpan())
            {
                if (node.IsLeaf)
                {
                    continue;
                }

                if (!RankSplit<TScore>.TryFrom(node, out RankSplit<TScore> split))
                {
                    _setCount++;
                }
                else
                {
                    _placeOf[split.Key] = 0;
                    if (TestsMissing(split))
                    {
                        _ = _missing.TryAdd(split.Key, _missing.Count);
                    }

                    _mapsTiny |= forest.TinyIsZero && RankSplit<TScore>.IsTiny(split.Threshold);
                }
            }
        }

        _keys = [.. _placeOf.Keys];
        Array.Sort(_keys);
        for (int place = 0; place < _keys.Length; place++)
        {
            _placeOf[_keys[place]] = place;
        }

        _firstSet = (2 * _keys.Length) + _missing.Count;
        _columnBits = PathForest<TScore>.BitsFor(_firstSet + _setCount);
    }

    /// <summary>Adds a tree, level by level.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="leafOf">The number of each leaf, by nodes.</param>
    /// <param name="splits">What its splits ask, unless it is deep.</param>
    /// <param name="isDeep">Whether it is a deep tree.</param>
    /// <returns>Its first node; <see langword="null"/> where a way from parent to child needs more bits than a link has.</returns>
    public int? Add(Tree tree, int[] leafOf, TreeSplits splits, bool isDeep)
    {
        _order.Clear();
        _ = _order.EnsureCapacity(tree.Nodes.Length);
        _order.Add(0);
        int first = isDeep ? _deepNodes.Count : _nodes.Count;
        for (int place = 0; place < _order.Count; place++)
        {
            int index = _order[place];
            ref readonly Node node = ref tree.Nodes[index];
            if (node.IsLeaf)
            {
                AddLeaf(leafOf[index], isDeep);
                continue;
            }

            uint way = (uint)(_order.Count - place);
            if (way > uint.MaxValue >> _columnBits)
            {
                return null;
            }

            AddSplit(node, SplitSet.IsOne(node) ? splits.SetOf(index) : 0, way << _columnBits, isDeep);
            _order.Add(node.Left);
            _order.Add(node.Right);
        }

        return first;
    }

    /// <summary>The forest of everything added.</summary>
    public PathForest<TScore> Build() => new()
    {
        Nodes = _nodes.Build(),
        DeepNodes = _deepNodes.Build(),
        Keys = _keys,
        Missing = [.. _missing.OrderBy(entry => entry.Value).Select(entry => _placeOf[entry.Key])],
        SetCount = _setCount,
        ColumnBits = _columnBits,
        MapsTiny = _mapsTiny,
    };

    /// <summary>Whether nothing but a missing value goes right.</summary>
    private static bool TestsMissing(in RankSplit<TScore> split) => TScore.IsNaN(split.Threshold) && split.MissingGoesRight;

    private void AddLeaf(int number, bool isDeep)
    {
        if (isDeep)
        {
            _deepNodes.Add(PathNode<TScore>.Leaf(number));
        }
        else
        {
            _nodes.Add(PathNode<float>.Leaf(number));
        }
    }

    private void AddSplit(in Node node, int set, uint way, bool isDeep)
    {
        // A set's place holds an infinity, and so does that of what is missing, so that any number between them will do.
        TScore threshold = TScore.Zero;
        int column = _firstSet + set;
        if (RankSplit<TScore>.TryFrom(node, out RankSplit<TScore> split))
        {
            bool testsMissing = TestsMissing(split);
            threshold = testsMissing ? TScore.Zero : split.Threshold;
            column = testsMissing ? (2 * _keys.Length) + _missing[split.Key] : (2 * _placeOf[split.Key]) + (split.MissingGoesRight ? 1 : 0);
        }

        if (isDeep)
        {
            _deepNodes.Add(new PathNode<TScore> { Threshold = threshold, Link = way | (uint)column });
        }
        else
        {
            _nodes.Add(new PathNode<float> { Threshold = RankColumns<TScore>.RoundUp(threshold), Link = way | (uint)column });
        }
    }
}
