using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Lays a forest out for ranks.</summary>
/// <typeparam name="TScore">float or double, the model's precision.</typeparam>
internal sealed class RankCompiler<TScore>
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    private const int LineBytes = 64;

    private readonly Forest _forest;
    private readonly bool[] _isDeep;
    private readonly RankPlan _plan;
    private readonly StepFormat _stepFormat;
    private readonly PlaneBuilder _planes;
    private readonly CategoryBuilder _categories = new();
    private readonly PathBuilder<TScore> _paths;
    private readonly DecisionBuilder<TScore> _decisions;
    private readonly LinearBuilder? _linear;
    private readonly LayoutWriter<TScore> _values;
    private readonly RankTree[] _trees;
    private readonly List<TreeChunk> _chunks = [];
    private readonly List<RowRun> _runs = [];
    private readonly TreeSplits<TScore> _splits;
    private readonly TreeShape _shape = new();
    private readonly LeafCodes _codes = new();
    private readonly LeafNumbers _leaves = new();
    private int _valuesRead;

    private RankCompiler(Forest forest, bool[] isDeep, RankPlan plan, List<RankColumns<TScore>> columns)
    {
        _forest = forest;
        _isDeep = isDeep;
        _plan = plan;
        _paths = new(forest, columns, isDeep, plan);
        int nodes = (int)Math.Min(forest.NodeCount, Array.MaxLength / 16);
        _stepFormat = StepFormat.For(PlaneStep.FirstMask + columns.Max(group => group.Masks));
        _planes = new(_stepFormat);
        _values = new(nodes / 2);
        _linear = HasLinear(forest) ? new() : null;
        _trees = new RankTree[forest.Trees.Length];
        _decisions = new(forest, plan);
        _splits = new(_categories);
    }

    /// <summary>The layout of a forest, or <see langword="null"/> and the reason why ranks cannot express it.</summary>
    public static RankForest<TScore>? TryCompile(Forest forest, out string reason)
    {
        reason = WhyNot(forest);
        if (reason.Length > 0)
        {
            return null;
        }

        bool[] isDeep = Array.ConvertAll(forest.Trees, IsDeep);
        ThresholdTable<TScore> table = new();
        RankColumns<TScore> all = new(forest, 0, forest.Trees.Length, isDeep, table);
        int inexpressible = all.Inexpressible >= 0 ? all.Inexpressible : Array.FindIndex(forest.Trees, tree => (!all.Fits || IsDeep(tree)) && !CanAsk(tree));
        if (inexpressible >= 0)
        {
            reason = $"tree {inexpressible} has a split that neither ranks nor walks can express";
            return null;
        }

        RankTables tables = new();
        List<RankGroup> groups = [];
        List<RankColumns<TScore>> columns = [];
        int[] sets = new int[forest.Trees.Length];
        List<int> ends = all.Fits ? [forest.Trees.Length] : GroupPlan<TScore>.Cut(forest, isDeep);
        for (int group = 0, first = 0; group < ends.Count; first = ends[group++])
        {
            int firstSet = group == 0 ? 0 : groups[^1].FirstSet + groups[^1].Sets;
            columns.Add(all.Fits ? all : new(forest, first, ends[group], isDeep, table));
            groups.Add(columns[^1].Close(forest, first, ends[group], firstSet, tables));
            columns[^1].SetCounts.CopyTo(sets, first);
            if (groups[^1].ByteColumns > ushort.MaxValue)
            {
                reason = $"{groups[^1].ByteColumns} columns of ranks, more than {ushort.MaxValue}";
                return null;
            }
        }

        for (int tree = 0; tree < isDeep.Length; tree++)
        {
            if (isDeep[tree] && SplitSet.CountIn(forest.Trees[tree]) > 0)
            {
                reason = $"tree {tree} tests sets and is walked in blocks, which test no sets";
                return null;
            }
        }

        // What registers read behind the last column; behind the others stand the next ones.
        int read = groups.SelectMany(group => group.Columns).Select(column => column.Table + RankKernel.ReadLength(column.Levels)).DefaultIfEmpty().Max();
        CollectionsMarshal.SetCount(tables.Singles, Math.Max(tables.Singles.Count, read));
        if (tables.Doubles.Count > 0)
        {
            tables.Doubles.AddRange(Enumerable.Repeat(double.NaN, RowRankKernel.Slack));
        }

        RankPlan plan = new(forest, groups, isDeep, sets);
        return new RankCompiler<TScore>(forest, isDeep, plan, columns).TryCompile(groups, columns, tables, out reason);
    }

    private static bool IsDeep(Tree tree) => !ChunkPlan.IsOne(tree) && !ChunkPlan.IsPossible(tree);

    private static bool HasLinear(Forest forest) => Array.Exists(forest.Trees, tree => tree.Leaves == LeafShape.Linear);

    private static bool CanAsk(Tree tree)
    {
        foreach (ref readonly Node split in tree.Splits)
        {
            if (!RankSplit<TScore>.TryFrom(split, out _) && !SplitSet.CanHold(tree, split))
            {
                return false;
            }
        }

        return true;
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

            if (tree.Nodes.Length > 2 * PathNode<float>.MaxLeaves)
            {
                return $"tree {index} has more than {PathNode<float>.MaxLeaves} leaves";
            }
        }

        return "";
    }

    private RankForest<TScore>? TryCompile(List<RankGroup> groups, List<RankColumns<TScore>> columns, RankTables tables, out string reason)
    {
        RowColumnBuilder rowColumns = new();
        for (int index = 0; index < groups.Count; index++)
        {
            RankGroup group = groups[index];
            if (group.DecidesRows)
            {
                rowColumns.Add(group, tables.Singles);
            }

            _categories.Open(group, _forest);
            _splits.Open(group, columns[index]);
            _paths.Open(group, columns[index]);
            _decisions.Open(group);
            for (int tree = group.FirstTree; tree < group.EndTree; tree++)
            {
                if (!TryAddTree(_forest.Trees[tree], tree))
                {
                    reason = "a tree is too large for the links of its nodes";
                    return null;
                }
            }
        }

        if (_categories.TryClassify(_forest.NodeCount) is not { } answerBytes)
        {
            reason = "categories and the sets that test them are too many";
            return null;
        }

        AlignedArray<TScore> values = _values.Build(_valuesRead);
        LinearForest? linear = _linear?.Build(values.Length);
        if (linear?.Features.Length > LinearForest.MostFeatures)
        {
            reason = $"linear leaves read {linear.Features.Length} features, more than {LinearForest.MostFeatures}";
            return null;
        }

        reason = "";
        return new RankForest<TScore>
        {
            Groups = [.. groups],
            Trees = _trees,
            Steps = _planes.BuildSteps(),
            StepFormat = _stepFormat,
            Numbers = _planes.BuildNumbers(),
            MaskColumns = AlignedArray<MaskColumn>.Of(CollectionsMarshal.AsSpan(tables.MaskColumns)),
            MaskNumbers = AlignedArray<byte>.Of(CollectionsMarshal.AsSpan(tables.MaskNumbers)),
            Chunks = AlignedArray<TreeChunk>.Of(CollectionsMarshal.AsSpan(_chunks)),
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
            Values = values,
            Linear = linear,
            Singles = AlignedArray<float>.Of(CollectionsMarshal.AsSpan(tables.Singles)),
            Doubles = AlignedArray<double>.Of(CollectionsMarshal.AsSpan(tables.Doubles)),
            Planes = PlaneStep.FirstMask + _splits.MostMasks,
            HasTies = columns.Exists(group => group.HasTies),
            DeepTrees = _isDeep.Count(deep => deep),
        };
    }

    private bool TryAddTree(Tree tree, int index)
    {
        RowForm row = _plan.Forms[index];
        _shape.Read(tree);
        TreePlanes planes = default;
        if (_isDeep[index] || tree.Nodes.Length == 1)
        {
            _leaves.NumberInOrder(_shape.Leaves);
        }
        else
        {
            planes = AddPlanes(tree, index, row);
        }

        int? firstNode = _isDeep[index] ? _paths.Add(tree) : row == RowForm.Path ? _paths.Add(_shape, _splits, _leaves.Of) : 0;
        if (firstNode is not { } node)
        {
            return false;
        }

        Add(tree, index, planes, node, _isDeep[index] ? TreeForm.Deep : planes.Steps > 0 && _codes.Chunks.Count > 1 ? TreeForm.Chunks : TreeForm.Planes);
        return true;
    }

    /// <summary>Finds what a tree's splits ask, numbers its leaves, and adds the steps that find them.</summary>
    private TreePlanes AddPlanes(Tree tree, int index, RowForm form)
    {
        LeafOrder order = LeafCodes.OrderOf(tree, form);
        if (form == RowForm.Register || (_splits.TestSets && _shape.Leaves <= RegisterKernel.Entries))
        {
            _shape.CountFromLeft();
        }

        _splits.Find(tree, index, _shape);
        _codes.Assign(_shape, form, tree.Depth, order);
        _leaves.Number(_shape, _codes, order);
        if (_codes.Chunks.Count == 1)
        {
            TreePlanes planes = _planes.Add(0, _shape, _splits.Masks, _codes, _leaves);
            _leaves.Renumber();
            return planes;
        }

        int first = _chunks.Count;
        for (int chunk = 0; chunk < _codes.Chunks.Count; chunk++)
        {
            CodeEnd above = chunk == 0 ? default : _codes.Ends[_codes.Chunks[chunk].Root];
            TreePlanes planes = _planes.Add(chunk, _shape, _splits.Masks, _codes, _leaves);
            _chunks.Add(new TreeChunk { Planes = planes, Parent = (byte)above.Chunk, Exit = above.First });
        }

        return RankTree.ForChunks(first, _codes.Chunks.Count);
    }

    /// <summary>Adds what stands of every tree: its leaf values, how rows decide it, and where all that is.</summary>
    private void Add(Tree tree, int index, TreePlanes planes, int firstNode, TreeForm form)
    {
        // What the look-ups of a block read, or one leaf alone.
        int numbers = _leaves.Length;
        int length = form == TreeForm.Deep || numbers == 1 || numbers > SumKernel.ChunkLength ? numbers : SumKernel.TableLength(numbers);
        int tables = tree.Leaves == LeafShape.Vector ? _forest.OutputCount : 1;

        // Where no fewer cache lines could hold them, if the array begins with one. What a look-up reads behind them may be the next tree's.
        int alignment = Math.Min(LineBytes / Unsafe.SizeOf<TScore>(), (int)BitOperations.RoundUpToPowerOf2((uint)numbers));
        int start = checked(_values.Count + alignment - 1) / alignment * alignment;
        int room = checked(((tables - 1) * length) + numbers);
        _ = _values.Add(start - _values.Count);
        AddValues(tree, start, _values.Add(room), length, form == TreeForm.Deep);
        _valuesRead = Math.Max(_valuesRead, checked(start + (tables * length)));
        _decisions.Add(index, _shape, start, _leaves.Of, _splits);
        AddToRuns(index);
        _trees[index] = new RankTree(
            planes,
            firstNode,
            start,
            tree.Leaves == LeafShape.Vector ? -1 : tree.Output,
            (ushort)Math.Min(tree.Depth, RankTree.MostDepth),
            form,
            (byte)BitOperations.Log2((uint)length));
    }

    private void AddToRuns(int tree)
    {
        RowForm form = _plan.Forms[tree];
        if (_runs.Count > 0 && (_runs[^1].Form == RowForm.Path) == (form == RowForm.Path))
        {
            _runs[^1] = new(tree + 1, form == RowForm.Blocks ? form : _runs[^1].Form);
        }
        else
        {
            _runs.Add(new RowRun(tree + 1, form));
        }
    }

    /// <summary>Adds the values of a tree's leaves: a table for each output, or for walks in blocks the outputs of each leaf beside each other.</summary>
    private void AddValues(Tree tree, int start, Span<TScore> values, int length, bool isDeep)
    {
        TScore weight = TScore.CreateTruncating(tree.Weight);
        ReadOnlySpan<Node> nodes = tree.Nodes.AsSpan(_shape.Splits);
        ReadOnlySpan<CodeEnd> leaves = _leaves.Of;
        if (tree.Leaves == LeafShape.Vector)
        {
            for (int leaf = 0; leaf < nodes.Length; leaf++)
            {
                for (int output = 0; output < _forest.OutputCount; output++)
                {
                    int place = isDeep ? (leaves[leaf].Number * _forest.OutputCount) + output : (output * length) + leaves[leaf].Number;
                    values.Slice(place, leaves[leaf].Codes).Fill(TScore.CreateTruncating(tree.LeafValue(nodes[leaf], output, _forest.OutputCount)) * weight);
                }
            }

            return;
        }

        for (int leaf = 0; leaf < nodes.Length; leaf++)
        {
            TScore value = TScore.CreateTruncating(nodes[leaf].Value) * weight;
            (int first, int end) = (leaves[leaf].Number, leaves[leaf].Number + leaves[leaf].Codes);
            for (int number = first; number < end; number++)
            {
                values[number] = value;
            }

            _linear?.Add(start + first, end - first, tree, nodes[leaf]);
        }
    }
}
