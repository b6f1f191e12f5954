using System;
using System.Collections.Generic;
using System.Numerics;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Lays a forest out for ranks.</summary>
/// <typeparam name="TScore">float or double, the model's precision.</typeparam>
internal sealed class RankCompiler<TScore>
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    /// <summary>Leaf numbers are bytes.</summary>
    private const int MaxLeaves = 256;

    /// <summary>A forest that needs more groups than this for its trees has thresholds too many for bytes to pay.</summary>
    private const int MaxGroups = 8;

    private readonly Forest _forest;
    private readonly List<TreeStep> _steps = [];
    private readonly List<SetStep> _setSteps = [];
    private readonly List<byte> _sets = [];
    private readonly Dictionary<string, int> _knownSets = [];
    private readonly PathBuilder<TScore> _paths;
    private readonly DecisionBuilder<TScore> _decisions = new();
    private readonly List<RowRun> _runs = [];
    private readonly bool[] _isDeep;
    private readonly List<TScore> _values = [];
    private readonly List<int> _leafIds = [];
    private readonly List<RankTree> _trees = [];
    private Tree _tree = null!;
    private RankGroup _group = null!;
    private RankColumns<TScore> _columns = null!;
    private int[] _splitsBelow = [];
    private int[] _leafOf = [];
    private int[] _setOf = [];
    private readonly List<int> _leaves = [];
    private int _firstSet;
    private int _slots;

    private RankCompiler(Forest forest, bool[] isDeep)
    {
        _forest = forest;
        _isDeep = isDeep;
        _paths = new PathBuilder<TScore>(forest);
    }

    /// <summary>The layout of a forest, or <see langword="null"/> and the reason why ranks cannot express it.</summary>
    public static RankForest<TScore>? TryCompile(Forest forest, out string reason)
    {
        reason = WhyNot(forest);
        if (reason.Length > 0)
        {
            return null;
        }

        List<float> singles = [];
        List<double> doubles = [];
        List<(RankGroup Group, RankColumns<TScore> Columns)> groups = [];
        RankColumns<TScore> columns = new();
        bool[] isDeep = Array.ConvertAll(forest.Trees, IsDeep);
        int first = 0;
        for (int tree = 0; tree < forest.Trees.Length; tree++)
        {
            if (isDeep[tree] || columns.TryAdd(forest.Trees[tree]))
            {
                continue;
            }

            if (columns.IsEmpty || groups.Count == MaxGroups - 1)
            {
                if (HasSets(forest.Trees[tree]))
                {
                    reason = $"tree {tree} tests sets and has more thresholds for a feature than a byte can count";
                    return null;
                }

                isDeep[tree] = true;
                continue;
            }

            groups.Add((columns.Close(forest, first, tree, singles, doubles), columns));
            columns = new();
            first = tree--;
        }

        groups.Add((columns.Close(forest, first, forest.Trees.Length, singles, doubles), columns));
        foreach ((RankGroup group, _) in groups)
        {
            if (group.ByteColumns > ushort.MaxValue)
            {
                reason = $"{group.ByteColumns} columns of ranks, more than {ushort.MaxValue}";
                return null;
            }
        }

        RankForest<TScore>? ranks = new RankCompiler<TScore>(forest, isDeep).TryCompile(groups, singles, doubles);
        reason = ranks is null ? "a tree is too large for the links of its nodes" : "";
        return ranks;
    }

    private static bool IsDeep(Tree tree) => tree.Nodes.Length > (2 * MaxLeaves) - 1;

    private static bool HasSets(Tree tree) => Array.Exists(tree.Nodes, node => node.Test is NodeTest.CodeInSet or NodeTest.TruncatedCodeInSet);

    private static string WhyNot(Forest forest)
    {
        if (forest.Linear is not null)
        {
            return "a linear booster has no trees";
        }

        if (forest.Aggregation is Aggregation.MinThenBase or Aggregation.MaxThenBase)
        {
            return $"this model takes {forest.Aggregation}, no sum";
        }

        for (int index = 0; index < forest.Trees.Length; index++)
        {
            Tree tree = forest.Trees[index];
            if (tree.Leaves is LeafShape.Linear or LeafShape.Targets)
            {
                return $"tree {index} has {(tree.Leaves == LeafShape.Linear ? "linear leaves" : "leaves for single outputs")}";
            }

            bool mayTestSets = !IsDeep(tree);
            foreach (ref readonly Node node in tree.Nodes.AsSpan())
            {
                if (!node.IsLeaf && !RankSplit<TScore>.TryFrom(node, out _) && !(mayTestSets && RankSplit<TScore>.IsSet(tree, node)))
                {
                    return $"tree {index} has a split that neither ranks nor walks can express";
                }
            }

            if (tree.Nodes.Length > 2 * PathNode<float>.MaxLeaves)
            {
                return $"tree {index} has more than {PathNode<float>.MaxLeaves} leaves";
            }
        }

        return "";
    }

    private RankForest<TScore>? TryCompile(List<(RankGroup Group, RankColumns<TScore> Columns)> groups, List<float> singles, List<double> doubles)
    {
        int thresholds = 0;
        foreach ((RankGroup group, RankColumns<TScore> columns) in groups)
        {
            (_group, _columns) = (group, columns);
            foreach (RankColumn column in group.Columns)
            {
                thresholds += column.Thresholds;
            }

            for (int tree = group.FirstTree; tree < group.EndTree; tree++)
            {
                if (!TryAddTree(_forest.Trees[tree], _isDeep[tree]))
                {
                    return null;
                }
            }
        }

        return new RankForest<TScore>
        {
            Groups = groups.ConvertAll(entry => entry.Group).ToArray(),
            Trees = [.. _trees],
            Steps = AlignedArray<TreeStep>.Of(CollectionsMarshal.AsSpan(_steps)),
            SetSteps = AlignedArray<SetStep>.Of(CollectionsMarshal.AsSpan(_setSteps)),
            Sets = AlignedArray<byte>.Of(CollectionsMarshal.AsSpan(_sets)),
            Paths = _paths.Build(),
            Decisions = _decisions.BuildData(),
            DecisionTrees = _decisions.BuildTrees(),
            Runs = [.. _runs],
            Values = AlignedArray<TScore>.Of(CollectionsMarshal.AsSpan(_values)),
            LeafIds = [.. _leafIds],
            Singles = AlignedArray<float>.Of(CollectionsMarshal.AsSpan(singles)),
            Doubles = AlignedArray<double>.Of(CollectionsMarshal.AsSpan(doubles)),
            Slots = _slots + 1,
            Thresholds = thresholds,
            HasTies = groups.Exists(entry => entry.Columns.HasTies),
            DeepTrees = Array.FindAll(_isDeep, deep => deep).Length,
        };
    }

    private bool TryAddTree(Tree tree, bool isDeep)
    {
        _tree = tree;
        int firstStep = _steps.Count;
        int firstSet = _setSteps.Count;
        int firstLeaf = _leafIds.Count;
        _leafOf = new int[tree.Nodes.Length];
        _setOf = HasSets(tree) ? new int[tree.Nodes.Length] : [];
        _leaves.Clear();
        _firstSet = firstSet;
        int depth = DepthOf(tree);
        RowForm form = DecisionBuilder<TScore>.FormOf(tree, _group, isDeep, depth);
        if (isDeep)
        {
            AddLeavesInOrder();
        }
        else
        {
            NumberLeaves(0, 0, form == RowForm.Heap ? depth : -1);
            AddLeafIds();
            _splitsBelow = CountSplits(tree);
            AddSteps(0, 0);
        }

        int firstNode = 0;
        if (form == RowForm.Path)
        {
            if (_paths.Add(tree, _leafOf, _setOf, isDeep) is not { } first)
            {
                return false;
            }

            firstNode = first;
        }

        int firstValue = _values.Count;
        int length = AddValues(isDeep);
        _decisions.Add(tree, form, depth, _leafOf, CompareNumeric, firstValue);
        AddToRuns(form == RowForm.Path);
        _trees.Add(new RankTree(
            firstStep,
            _steps.Count - firstStep,
            firstSet,
            _setSteps.Count - firstSet,
            firstNode,
            depth,
            firstValue,
            length,
            firstLeaf,
            tree.Leaves == LeafShape.Vector ? -1 : tree.Output,
            isDeep));
        return true;
    }

    private void AddToRuns(bool walks)
    {
        int tree = _trees.Count;
        if (_runs.Count > 0 && _runs[^1].Walks == walks)
        {
            _runs[^1] = _runs[^1] with { End = tree + 1 };
        }
        else
        {
            _runs.Add(new RowRun(tree, tree + 1, walks));
        }
    }

    private void AddLeavesInOrder()
    {
        for (int index = 0; index < _tree.Nodes.Length; index++)
        {
            if (_tree.Nodes[index].IsLeaf)
            {
                _leafOf[index] = _leaves.Count;
                _leaves.Add(index);
            }
        }

        AddLeafIds();
    }

    private void AddLeafIds()
    {
        foreach (int index in _leaves)
        {
            _leafIds.Add(index < 0 ? 0 : _tree.Nodes[index].LeafId);
        }
    }

    /// <summary>Numbers leaves from left to right, or by their places in a heap of so many levels.</summary>
    /// <remarks>At most 255 splits, so the recursion is bounded.</remarks>
    private void NumberLeaves(int index, int place, int levels)
    {
        ref readonly Node node = ref _tree.Nodes[index];
        if (!node.IsLeaf)
        {
            NumberLeaves(node.Left, place, levels - 1);
            NumberLeaves(node.Right, levels < 0 ? 0 : place + (1 << (levels - 1)), levels - 1);
            return;
        }

        while (levels >= 0 && _leaves.Count < place)
        {
            _leaves.Add(-1);
        }

        _leafOf[index] = _leaves.Count;
        _leaves.Add(index);
    }

    private static int DepthOf(Tree tree)
    {
        int deepest = 0;
        Stack<(int Node, int Depth)> open = new([(0, 0)]);
        while (open.TryPop(out (int Node, int Depth) top))
        {
            deepest = Math.Max(deepest, top.Depth);
            ref readonly Node node = ref tree.Nodes[top.Node];
            if (!node.IsLeaf)
            {
                open.Push((node.Left, top.Depth + 1));
                open.Push((node.Right, top.Depth + 1));
            }
        }

        return deepest;
    }

    private (int Column, int Threshold) CompareNumeric(Node node)
    {
        _ = RankSplit<TScore>.TryFrom(node, out RankSplit<TScore> split);
        (int column, int number) = _columns.Find(_group, split);
        return (column, number - RankKernel.Bias);
    }

    /// <summary>Splits below and at every node: a child comes behind its parent in no particular order, so the stack decides.</summary>
    private static int[] CountSplits(Tree tree)
    {
        int[] counts = new int[tree.Nodes.Length];
        Stack<int> order = [];
        Stack<int> open = new([0]);
        while (open.TryPop(out int node))
        {
            order.Push(node);
            if (!tree.Nodes[node].IsLeaf)
            {
                open.Push(tree.Nodes[node].Left);
                open.Push(tree.Nodes[node].Right);
            }
        }

        while (order.TryPop(out int node))
        {
            ref readonly Node split = ref tree.Nodes[node];
            counts[node] = split.IsLeaf ? 0 : 1 + counts[split.Left] + counts[split.Right];
        }

        return counts;
    }

    /// <summary>Adds the steps of a subtree, the larger child first: the answers that wait then fit into few slots.</summary>
    /// <remarks>At most 255 splits, so the recursion is bounded.</remarks>
    private int AddSteps(int index, int slot)
    {
        ref readonly Node node = ref _tree.Nodes[index];
        if (node.IsLeaf)
        {
            return _leafOf[index];
        }

        bool leftFirst = _splitsBelow[node.Left] >= _splitsBelow[node.Right];
        int first = AddSteps(leftFirst ? node.Left : node.Right, slot);
        int second = AddSteps(leftFirst ? node.Right : node.Left, first >= TreeStep.FirstSlot ? slot + 1 : slot);
        _slots = Math.Max(_slots, slot);
        (int column, int threshold) = Compare(node, index);
        _steps.Add(new TreeStep
        {
            Column = (ushort)column,
            Threshold = (sbyte)threshold,
            Target = (byte)slot,
            Left = (ushort)(leftFirst ? first : second),
            Right = (ushort)(leftFirst ? second : first),
        });
        return TreeStep.FirstSlot + slot;
    }

    /// <summary>What a split compares, in a block: a column of ranks, or the column that a set test fills.</summary>
    private (int Column, int Threshold) Compare(in Node node, int index)
    {
        if (!RankSplit<TScore>.IsSet(_tree, node))
        {
            return CompareNumeric(node);
        }

        int codes = Array.Find(_group.Codes, code => code.Feature == _tree.Nodes[index].Feature && code.Truncates == (_tree.Nodes[index].Test == NodeTest.TruncatedCodeInSet)).Codes;
        int target = FirstSetColumn + (_setSteps.Count - _firstSet);
        _setOf[index] = _setSteps.Count;
        _setSteps.Add(new SetStep { Codes = (ushort)codes, Target = (ushort)target, Set = SetOf(node) });
        return (target, 0);
    }

    private int FirstSetColumn => _group.Codes.Length > 0 ? _group.Codes[^1].Codes + 2 : _group.ByteColumns;

    /// <summary>The set as the reference answers it, code by code: no rule is written twice.</summary>
    private int SetOf(in Node node)
    {
        Span<byte> set = stackalloc byte[SetKernel.SetBytes];
        set.Clear();
        for (int code = 0; code <= SetKernel.Missing; code++)
        {
            double value = code switch { SetKernel.Outside => -1, SetKernel.Missing => double.NaN, _ => code };
            if (Reference.GoesLeft(_tree, node, value))
            {
                set[code >> 3] |= (byte)(1 << (code & 7));
            }
        }

        string key = Convert.ToHexString(set);
        if (!_knownSets.TryGetValue(key, out int place))
        {
            place = _sets.Count / SetKernel.SetBytes;
            _knownSets.Add(key, place);
            _sets.AddRange(set);
        }

        return place;
    }

    private int AddValues(bool isDeep)
    {
        int length = isDeep ? _leaves.Count : SumKernel.TableLength(_leaves.Count);
        TScore weight = TScore.CreateTruncating(_tree.Weight);
        int tables = _tree.Leaves == LeafShape.Vector ? _forest.OutputCount : 1;
        for (int table = 0; table < tables; table++)
        {
            for (int leaf = 0; leaf < length; leaf++)
            {
                // Registers read what is behind the last leaf, and a heap has holes: no row ends there.
                int index = leaf < _leaves.Count ? _leaves[leaf] : -1;
                double value = index < 0 ? 0
                    : _tree.Leaves == LeafShape.Vector ? _tree.LeafVectors[(_tree.Nodes[index].Index * _forest.OutputCount) + table]
                    : _tree.Nodes[index].Value;
                _values.Add(TScore.CreateTruncating(value) * weight);
            }
        }

        return length;
    }
}
