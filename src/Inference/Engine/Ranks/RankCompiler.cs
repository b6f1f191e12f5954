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
    private readonly List<RowNode> _rowNodes = [];
    private readonly List<TScore> _values = [];
    private readonly List<int> _leafIds = [];
    private readonly List<RankTree> _trees = [];
    private Tree _tree = null!;
    private RankGroup _group = null!;
    private RankColumns<TScore> _columns = null!;
    private int[] _splitsBelow = [];
    private int _firstLeaf;
    private int _firstSet;
    private int _slots;

    private RankCompiler(Forest forest) => _forest = forest;

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
        int first = 0;
        for (int tree = 0; tree < forest.Trees.Length; tree++)
        {
            if (columns.TryAdd(forest.Trees[tree]))
            {
                continue;
            }

            if (tree == first || groups.Count == MaxGroups - 1)
            {
                reason = $"tree {tree} has more thresholds for a feature than {RankKernel.MaxThresholds}, or brings them beyond {MaxGroups} groups of as many";
                return null;
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

        return new RankCompiler<TScore>(forest).Compile(groups, singles, doubles);
    }

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

            int leaves = 0;
            foreach (ref readonly Node node in tree.Nodes.AsSpan())
            {
                if (node.IsLeaf)
                {
                    leaves++;
                }
                else if (!RankSplit<TScore>.TryFrom(node, out _) && !RankSplit<TScore>.IsSet(tree, node))
                {
                    return $"tree {index} has a split that ranks cannot express";
                }
            }

            if (leaves > MaxLeaves)
            {
                return $"tree {index} has {leaves} leaves, more than {MaxLeaves}";
            }
        }

        return "";
    }

    private RankForest<TScore> Compile(List<(RankGroup Group, RankColumns<TScore> Columns)> groups, List<float> singles, List<double> doubles)
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
                AddTree(_forest.Trees[tree]);
            }
        }

        return new RankForest<TScore>
        {
            Groups = groups.ConvertAll(entry => entry.Group).ToArray(),
            Trees = [.. _trees],
            Steps = AlignedArray<TreeStep>.Of(CollectionsMarshal.AsSpan(_steps)),
            SetSteps = AlignedArray<SetStep>.Of(CollectionsMarshal.AsSpan(_setSteps)),
            Sets = AlignedArray<byte>.Of(CollectionsMarshal.AsSpan(_sets)),
            RowNodes = AlignedArray<RowNode>.Of(CollectionsMarshal.AsSpan(_rowNodes)),
            Values = AlignedArray<TScore>.Of(CollectionsMarshal.AsSpan(_values)),
            LeafIds = [.. _leafIds],
            Singles = AlignedArray<float>.Of(CollectionsMarshal.AsSpan(singles)),
            Doubles = AlignedArray<double>.Of(CollectionsMarshal.AsSpan(doubles)),
            Slots = _slots + 1,
            Thresholds = thresholds,
        };
    }

    private void AddTree(Tree tree)
    {
        _tree = tree;
        int firstStep = _steps.Count;
        _firstSet = _setSteps.Count;
        _firstLeaf = _leafIds.Count;
        int firstNode = _rowNodes.Count;
        _splitsBelow = CountSplits(tree);
        List<int> leaves = [];
        AddSteps(0, 0, leaves);
        int depth = AddRowNodes(leaves);
        int firstValue = _values.Count;
        int length = AddValues(leaves);
        _trees.Add(new RankTree(
            firstStep,
            _steps.Count - firstStep,
            _firstSet,
            _setSteps.Count - _firstSet,
            firstNode,
            depth,
            firstValue,
            length,
            _firstLeaf,
            tree.Leaves == LeafShape.Vector ? -1 : tree.Output));
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
    private int AddSteps(int index, int slot, List<int> leaves)
    {
        ref readonly Node node = ref _tree.Nodes[index];
        if (node.IsLeaf)
        {
            leaves.Add(index);
            _leafIds.Add(node.LeafId);
            return leaves.Count - 1;
        }

        bool leftFirst = _splitsBelow[node.Left] >= _splitsBelow[node.Right];
        int first = AddSteps(leftFirst ? node.Left : node.Right, slot, leaves);
        int second = AddSteps(leftFirst ? node.Right : node.Left, first >= TreeStep.FirstSlot ? slot + 1 : slot, leaves);
        _slots = Math.Max(_slots, slot);
        (int column, int threshold, _) = Compare(node, index);
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
    private (int Column, int Threshold, bool IsSet) Compare(in Node node, int index)
    {
        if (RankSplit<TScore>.TryFrom(node, out RankSplit<TScore> split))
        {
            (int column, int number) = _columns.Find(_group, split);
            return (column, number - RankKernel.Bias, false);
        }

        int codes = Array.Find(_group.Codes, code => code.Feature == _tree.Nodes[index].Feature && code.Truncates == (_tree.Nodes[index].Test == NodeTest.TruncatedCodeInSet)).Codes;
        int target = FirstSetColumn + (_setSteps.Count - _firstSet);
        _setSteps.Add(new SetStep { Codes = (ushort)codes, Target = (ushort)target, Set = SetOf(node) });
        return (target, 0, true);
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

    /// <summary>Adds the nodes for single rows, level by level, and returns the tree's depth.</summary>
    private int AddRowNodes(List<int> leaves)
    {
        int[] leafOf = new int[_tree.Nodes.Length];
        for (int leaf = 0; leaf < leaves.Count; leaf++)
        {
            leafOf[leaves[leaf]] = leaf;
        }

        List<(int Index, int Depth)> order = [(0, 0)];
        for (int place = 0; place < order.Count; place++)
        {
            (int index, int depth) = order[place];
            ref readonly Node node = ref _tree.Nodes[index];
            if (node.IsLeaf)
            {
                _rowNodes.Add(new RowNode { Threshold = sbyte.MaxValue, Left = (ushort)place, Leaf = (ushort)leafOf[index] });
                continue;
            }

            RowNode packed = new() { Left = (ushort)order.Count };
            if (RankSplit<TScore>.TryFrom(node, out RankSplit<TScore> split))
            {
                (int column, int number) = _columns.Find(_group, split);
                (packed.Column, packed.Threshold) = ((ushort)column, (sbyte)(number - RankKernel.Bias));
            }
            else
            {
                packed.IsSet = 1;
                packed.Column = (ushort)FindSetStep(node);
            }

            _rowNodes.Add(packed);
            order.Add((node.Left, depth + 1));
            order.Add((node.Right, depth + 1));
        }

        return order[^1].Depth;
    }

    private int FindSetStep(in Node node)
    {
        int set = SetOf(node);
        int codes = 0;
        foreach (CodeColumn code in _group.Codes)
        {
            if (code.Feature == node.Feature && code.Truncates == (node.Test == NodeTest.TruncatedCodeInSet))
            {
                codes = code.Codes;
            }
        }

        return _setSteps.FindIndex(_firstSet, step => step.Set == set && step.Codes == codes) - _firstSet;
    }

    private int AddValues(List<int> leaves)
    {
        int length = SumKernel.TableLength(leaves.Count);
        TScore weight = TScore.CreateTruncating(_tree.Weight);
        int tables = _tree.Leaves == LeafShape.Vector ? _forest.OutputCount : 1;
        for (int table = 0; table < tables; table++)
        {
            for (int leaf = 0; leaf < length; leaf++)
            {
                // What is behind the last leaf is never looked up; registers read it.
                ref readonly Node node = ref _tree.Nodes[leaves[Math.Min(leaf, leaves.Count - 1)]];
                double value = _tree.Leaves == LeafShape.Vector ? _tree.LeafVectors[(node.Index * _forest.OutputCount) + table] : node.Value;
                _values.Add(TScore.CreateTruncating(value) * weight);
            }
        }

        return length;
    }
}
