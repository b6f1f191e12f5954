using System;
using System.Collections.Generic;
using System.Linq;
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
    private readonly Forest _forest;
    private readonly MaskBuilder _masks = new();
    private readonly PlaneBuilder _planes;
    private readonly StepFormat _stepFormat;
    private readonly AlignedWriter<TreeChunk> _chunks;
    private readonly CategoryBuilder _categories = new();
    private readonly PathBuilder<TScore> _paths;
    private readonly DecisionBuilder<TScore> _decisions;
    private readonly List<RowRun> _runs = [];
    private readonly bool[] _isDeep;
    private readonly AlignedWriter<TScore> _values;
    private readonly RankTree[] _trees;
    private readonly LinearBuilder? _linear;
    private readonly RankPlan<TScore> _plan;
    private readonly TreeSplits _splits;
    private Tree _tree = null!;
    private RankGroup _group = null!;
    private RankColumns<TScore> _columns = null!;
    private readonly LeafNumbers _leaves = new();
    private int _treeCount;

    private RankCompiler(Forest forest, bool[] isDeep, RankPlan<TScore> plan, int masks)
    {
        _forest = forest;
        _isDeep = isDeep;
        _plan = plan;
        _chunks = new(plan.ChunkCount);
        _stepFormat = StepFormat.For(MaskBuilder.First + masks);
        _planes = new(_masks, plan.Steps, _stepFormat);
        _values = new(plan.Values);
        _linear = HasLinear(forest) ? new(plan.Values) : null;
        _trees = new RankTree[forest.Trees.Length];
        _decisions = new(forest.Trees.Length, plan.SlotBits, plan.DecisionBytes, plan.BlockBytes);
        _paths = new(forest, plan.Nodes, plan.DeepNodes);
        _splits = new(_masks, _categories);
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
        bool[] isDeep = Array.ConvertAll(forest.Trees, IsDeep);
        ThresholdTable<TScore> table = new();
        RankColumns<TScore> all = new(forest, 0, forest.Trees.Length, isDeep, table);
        List<int> ends = all.Fits ? [forest.Trees.Length] : GroupPlan<TScore>.Cut(forest, isDeep);
        for (int group = 0, first = 0; group < ends.Count; first = ends[group++])
        {
            int end = ends[group];
            for (int tree = first; tree < end; tree++)
            {
                if (isDeep[tree] && SplitSet.CountIn(forest.Trees[tree]) > 0)
                {
                    reason = $"tree {tree} tests sets and is walked in blocks, which test no sets";
                    return null;
                }
            }

            int firstSet = groups.Count == 0 ? 0 : groups[^1].Group.FirstSet + groups[^1].Group.Sets;
            RankColumns<TScore> columns = all.Fits ? all : new(forest, first, end, isDeep, table);
            groups.Add((columns.Close(forest, first, end, firstSet, singles, doubles), columns));
        }

        // What registers read behind the last column; behind the others stand the next ones.
        int read = groups.SelectMany(entry => entry.Group.Columns).Select(column => column.Table + RankKernel.ReadLength(column.Levels)).DefaultIfEmpty().Max();
        CollectionsMarshal.SetCount(singles, Math.Max(singles.Count, read));
        if (doubles.Count > 0)
        {
            doubles.AddRange(Enumerable.Repeat(double.NaN, RowRankKernel.Slack));
        }

        foreach ((RankGroup group, _) in groups)
        {
            if (group.ByteColumns > ushort.MaxValue)
            {
                reason = $"{group.ByteColumns} columns of ranks, more than {ushort.MaxValue}";
                return null;
            }
        }

        int masks = groups.Select(entry => entry.Columns.Masks).DefaultIfEmpty().Max();
        return new RankCompiler<TScore>(forest, isDeep, new(forest, groups.ConvertAll(entry => entry.Group), isDeep), masks).TryCompile(groups, singles, doubles, out reason);
    }

    private static bool IsDeep(Tree tree) => !ChunkPlan.IsOne(tree) && !ChunkPlan.IsPossible(tree);

    private static bool HasLinear(Forest forest) => Array.Exists(forest.Trees, tree => tree.Leaves == LeafShape.Linear);

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

        bool hasLinear = HasLinear(forest);
        for (int index = 0; index < forest.Trees.Length; index++)
        {
            Tree tree = forest.Trees[index];
            if (tree.Leaves == LeafShape.Targets)
            {
                return $"tree {index} has leaves for single outputs";
            }

            if (hasLinear && (tree.Leaves == LeafShape.Vector || tree.Weight != 1))
            {
                return $"tree {index} has {(tree.Weight != 1 ? $"weight {tree.Weight}" : "vectors at its leaves")}, others have linear leaves";
            }

            foreach (ref readonly Node node in tree.Nodes.AsSpan())
            {
                if (!node.IsLeaf && !RankSplit<TScore>.TryFrom(node, out _) && !SplitSet.CanHold(tree, node))
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

    private RankForest<TScore>? TryCompile(
        List<(RankGroup Group, RankColumns<TScore> Columns)> groups, List<float> singles, List<double> doubles, out string reason)
    {
        RowColumnBuilder rowColumns = new();
        foreach ((RankGroup group, RankColumns<TScore> columns) in groups)
        {
            (_group, _columns) = (group, columns);
            group.DecidesRows = Array.FindIndex(_plan.Forms, group.FirstTree, group.EndTree - group.FirstTree, form => form != RowForm.Path) >= 0;
            if (group.DecidesRows)
            {
                rowColumns.Add(group, singles);
            }

            _decisions.Open(group);
            _categories.Open(group, _forest);
            _masks.Open(group);
            _planes.Open();
            for (int tree = group.FirstTree; tree < group.EndTree; tree++)
            {
                if (!TryAddTree(_forest.Trees[tree], tree))
                {
                    reason = "a tree is too large for the links of its nodes";
                    return null;
                }
            }

            group.FirstMask = _planes.Close();
        }

        if (_categories.TryClassify(_forest.NodeCount) is not { } answerBytes)
        {
            reason = "categories and the sets that test them are too many";
            return null;
        }

        LinearForest? linear = _linear?.Build();
        if (linear?.Features.Length > LinearForest.MostFeatures)
        {
            reason = $"linear leaves read {linear.Features.Length} features, more than {LinearForest.MostFeatures}";
            return null;
        }

        reason = "";
        return new RankForest<TScore>
        {
            Groups = groups.ConvertAll(entry => entry.Group).ToArray(),
            Trees = _trees,
            Steps = _planes.BuildSteps(),
            StepFormat = _stepFormat,
            Numbers = _planes.BuildNumbers(),
            MaskColumns = AlignedArray<MaskColumn>.Of(CollectionsMarshal.AsSpan(_masks.Columns)),
            MaskNumbers = AlignedArray<byte>.Of(CollectionsMarshal.AsSpan(_masks.Numbers)),
            Chunks = _chunks.Build(),
            Classes = _categories.BuildClasses(),
            Categories = _categories.BuildCategories(),
            MaskSets = _categories.BuildMaskSets(),
            Answers = _categories.BuildAnswers(answerBytes),
            Paths = _paths.Build(),
            Decisions = _decisions.BuildData(),
            Blocks = _decisions.BuildBlocks(),
            DecisionTrees = _decisions.BuildTrees(),
            RowColumns = rowColumns.BuildColumns(),
            Doublings = _decisions.Doublings,
            SlotBits = _plan.SlotBits,
            RowSets = _decisions.BuildSets(),
            Runs = [.. _runs],
            Values = _values.Build(),
            Linear = linear,
            Singles = AlignedArray<float>.Of(CollectionsMarshal.AsSpan(singles)),
            Doubles = AlignedArray<double>.Of(CollectionsMarshal.AsSpan(doubles)),
            Planes = _planes.Planes,
            HasTies = groups.Exists(entry => entry.Columns.HasTies),
            DeepTrees = _isDeep.Count(deep => deep),
        };
    }

    private bool TryAddTree(Tree tree, int index)
    {
        _tree = tree;
        bool isDeep = _isDeep[index];
        int depth = _plan.Depths[index];
        RowForm form = _plan.Forms[index];
        if (!isDeep)
        {
            _splits.Find(tree, index, _columns, _group);
        }

        TreePlanes planes = default;
        int[] chunks = _plan.Chunks[index];
        ArraySegment<Cube> codes = _plan.NextCodes(tree, isDeep);
        LeafOrder order = _plan.OrderOf(tree, index, isDeep);
        _leaves.Number(tree, isDeep, chunks, order, codes);
        if (chunks.Length > 1)
        {
            planes = RankTree.ForChunks(_chunks.Count, chunks.Length);
            AddChunks(chunks, codes);
        }
        else if (!isDeep && depth > 0)
        {
            planes = _planes.Add(tree, 0, _leaves.Of, codes, order, _splits.MaskOf);
        }

        int firstNode = 0;
        if (form == RowForm.Path)
        {
            if (_paths.Add(tree, _leaves.Of, _splits, isDeep) is not { } first)
            {
                return false;
            }

            firstNode = first;
        }

        int firstValue = _plan.ValueStart(tree, index, isDeep, _values.Count);
        int length = _plan.ValueLength(tree, index, isDeep);
        _ = _values.Add(firstValue - _values.Count);
        AddValues(length, _plan.ValueRoom(tree, index, isDeep), isDeep && tree.Leaves == LeafShape.Vector);
        _decisions.Add(tree, form, depth, _plan.BlocksOf(index), firstValue, _leaves.Of, _splits);
        AddToRuns(form);
        _trees[_treeCount++] = new RankTree(
            planes,
            firstNode,
            firstValue,
            tree.Leaves == LeafShape.Vector ? -1 : tree.Output,
            (ushort)Math.Min(depth, RankTree.MostDepth),
            isDeep ? TreeForm.Deep : chunks.Length > 1 ? TreeForm.Chunks : TreeForm.Planes,
            (byte)BitOperations.Log2((uint)length));
        return true;
    }

    private void AddToRuns(RowForm form)
    {
        int tree = _treeCount;
        if (_runs.Count > 0 && (_runs[^1].Form == RowForm.Path) == (form == RowForm.Path))
        {
            _runs[^1] = new(tree + 1, form == RowForm.Blocks ? form : _runs[^1].Form);
        }
        else
        {
            _runs.Add(new RowRun(tree + 1, form));
        }
    }

    private void AddChunks(int[] roots, ArraySegment<Cube> codes)
    {
        for (int number = 0; number < roots.Length; number++)
        {
            int root = roots[number];
            int above = number == 0 ? 0 : _leaves.Of[root];
            TreePlanes planes = _planes.Add(_tree, root, _leaves.Of, codes, LeafOrder.Codes, _splits.MaskOf);
            _chunks.Add(new TreeChunk { Planes = planes, Parent = (byte)(above / SumKernel.ChunkLength), Exit = (byte)above });
        }
    }

    /// <summary>Adds the values of a tree's leaves: a table for each output, or for walks the outputs of each leaf beside each other.</summary>
    private void AddValues(int length, int room, bool vectors)
    {
        TScore weight = TScore.CreateTruncating(_tree.Weight);
        int start = _values.Count;
        Span<TScore> values = _values.Add(room);
        ReadOnlySpan<int> leaves = _leaves.Nodes;
        (int first, int end) = _tree.Leaves == LeafShape.Vector ? (0, _forest.OutputCount) : (_tree.Output, _tree.Output + 1);
        for (int output = first; output < end; output++)
        {
            for (int leaf = 0; leaf < leaves.Length; leaf++)
            {
                // A code may have no leaf, and chunks end at others: no row stays there.
                int index = leaves[leaf];
                if (index >= 0 && _tree.Nodes[index].IsLeaf)
                {
                    double value = _tree.Leaves == LeafShape.Linear ? _tree.Nodes[index].Value : _tree.LeafValue(_tree.Nodes[index], output, _forest.OutputCount);
                    values[vectors ? (leaf * _forest.OutputCount) + output : ((output - first) * length) + leaf] = TScore.CreateTruncating(value) * weight;
                    _linear?.Add(start + leaf, _tree, _tree.Nodes[index]);
                }
            }
        }
    }
}
