using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Inference.Engine.Ranks;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Contributions;

/// <summary>Lays the paths of trees out, some trees at a time.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
internal sealed class LeafPathsBuilder<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The most levels of a path: what is laid out of a tree grows with their square.</summary>
    private const int MostLevels = 256;

    /// <summary>Places are numbered by 16 bits, those that fill registers of splits, too.</summary>
    private const int MostPlaces = ushort.MaxValue;

    /// <summary>Trees come together until they have so many leaves: enough for full registers, few enough for what is known of their paths to stay in a second-level cache.</summary>
    private const int GoodLeaves = 6144;

    /// <summary>The most bytes of what a row works on: trees may be drawn such that no two of their splits share a register.</summary>
    private const long MostBytes = 1 << 24;

    private readonly Forest _forest;
    private readonly ContributionFrame<T> _frame;
    private readonly int _tableLevels;
    private readonly int _lanes;
    private readonly List<PathTree> _trees = [];

    // The place of each tree's root.
    private readonly List<int> _roots = [];
    private readonly List<PathSplit<T>> _splits = [];

    // Splits of one class may share a register: their paths have as many steps, and all repeat a feature or none does.
    private readonly List<int> _splitClasses = [];

    // Whether a leaf below a split is without a table.
    private readonly List<bool> _areAsked = [];

    // The split at each place, -1 where there is a leaf.
    private readonly List<int> _splitOf = [-1];
    private readonly Dictionary<(int Feature, CodeRule Rule), CodeColumn> _codes;
    private readonly List<PathSet> _sets = [];
    private readonly PathSetBuilder _setBits = new();
    private readonly List<Leaf> _leaves = [];
    private readonly List<PathVisit> _visits = [];
    private readonly List<ushort> _visitPlaces = [];
    private readonly List<T> _zeros = [T.One];
    private readonly List<Step> _steps = [];

    // The steps of the path to a node.
    private readonly List<Step> _path = [];
    private Tree _tree = null!;
    private TreeSurvey _survey = null!;
    private int _parts;
    private int _tableParts;
    private int _mostFeatures;

    private LeafPathsBuilder(Forest forest, ContributionFrame<T> frame, Dictionary<(int Feature, CodeRule Rule), CodeColumn> codes, int tableLevels, int lanes) =>
        (_forest, _frame, _codes, _tableLevels, _lanes) = (forest, frame, codes, tableLevels, lanes);

    /// <summary>
    /// The paths of a forest. None where a path is too long, a tree too large, a share no finite number, or a tree cannot be
    /// explained: calls for the other trees go without, too.
    /// </summary>
    /// <param name="forest">The model.</param>
    /// <param name="frame">What is known of its trees.</param>
    /// <param name="tableLevels">The most splits above a leaf that has a table.</param>
    /// <param name="lanes">The lanes of a register.</param>
    public static LeafPaths<T>[] Build(Forest forest, ContributionFrame<T> frame, int tableLevels, int lanes)
    {
        try
        {
            return TryBuild(forest, frame, tableLevels, lanes) ?? [];
        }
        catch (ModelNotSupportedException)
        {
            // A call that asks for the tree is refused where its trees are surveyed.
            return [];
        }
    }

    private static LeafPaths<T>[]? TryBuild(Forest forest, ContributionFrame<T> frame, int tableLevels, int lanes)
    {
        Dictionary<(int Feature, CodeRule Rule), CodeColumn> codes = CodesOf(forest);
        List<LeafPaths<T>> all = [];
        for (int first = 0, end; first < forest.Trees.Length; first = end)
        {
            int leaves = GoodLeaves;
            LeafPaths<T>? paths;
            do
            {
                LeafPathsBuilder<T> builder = new(forest, frame, codes, tableLevels, lanes);
                end = first;
                do
                {
                    if (!builder.TryAdd(forest.Trees[end], frame.Survey(end)))
                    {
                        return null;
                    }

                    end++;
                }
                while (end < forest.Trees.Length && builder.MayAdd(forest.Trees[end], frame.Survey(end), leaves));

                // What trees with long paths take together may be too much.
                paths = builder.TryBuild(first);
                leaves = builder._leaves.Count / 2;
            }
            while (paths is null && end - first > 1);
            if (paths is null)
            {
                return null;
            }

            all.Add(paths);
        }

        return [.. all];
    }

    /// <summary>The categories that tests of sets ask for, with the bound of all sets of a feature.</summary>
    private static Dictionary<(int Feature, CodeRule Rule), CodeColumn> CodesOf(Forest forest)
    {
        Dictionary<(int Feature, CodeRule Rule), CodeColumn> codes = [];
        foreach (Tree tree in forest.Trees)
        {
            foreach (ref readonly Node node in tree.CategorySets.Length == 0 ? [] : tree.Nodes.AsSpan())
            {
                if (PathSetBuilder.CanHold(tree, node))
                {
                    (int feature, CodeRule rule) = ColumnOf(node);
                    CodeColumn known = codes.GetValueOrDefault((feature, rule), new(feature, rule, codes.Count, Bound: 0));
                    codes[(feature, rule)] = known with { Bound = Math.Max(known.Bound, tree.CategorySets[node.Index].Bound) };
                }
            }
        }

        return codes;
    }

    private static (int Feature, CodeRule Rule) ColumnOf(in Node node) => (node.Feature, SplitSet.RuleOf(node));

    private bool MayAdd(Tree tree, TreeSurvey survey, int leaves) =>
        _leaves.Count + ((tree.Nodes.Length + 1) / 2) <= leaves && survey.Expected.Length == _survey.Expected.Length;

    private bool TryAdd(Tree tree, TreeSurvey survey)
    {
        (_tree, _survey) = (tree, survey);
        if (survey.Levels > MostLevels || _zeros.Count + tree.Nodes.Length > MostPlaces)
        {
            return false;
        }

        (int root, int firstLeaf, int firstVisit) = (_zeros.Count, _leaves.Count, _visits.Count);
        _zeros.Add(T.One);
        _splitOf.Add(-1);
        Add(0, level: 0);
        _roots.Add(root);
        _trees.Add(new(firstVisit, _visits.Count, _visitPlaces.Count));
        for (int round = 0; round < PartVisitKernel.Rounds<T>(survey.Features.Length); round++)
        {
            DescribeVisits(firstLeaf, survey.Features.Length, round);
        }

        _mostFeatures = Math.Max(_mostFeatures, survey.Features.Length);
        T check = T.Zero;
        foreach (T zero in CollectionsMarshal.AsSpan(_zeros)[root..])
        {
            check += zero * T.Zero;
        }

        return !T.IsNaN(check);
    }

    /// <summary>Says where the parts of leaves go.</summary>
    private void DescribeVisits(int firstLeaf, int features, int round)
    {
        ushort[] slots = new ushort[PartVisitKernel.MostParts];
        ushort[] places = new ushort[PartVisitKernel.Places<T>(features)];
        foreach (ref readonly Leaf leaf in CollectionsMarshal.AsSpan(_leaves)[firstLeaf..])
        {
            for (int first = 0; first < leaf.Steps; first += PartVisitKernel.MostParts)
            {
                int count = Math.Min(PartVisitKernel.MostParts, leaf.Steps - first);
                for (int i = 0; i < count; i++)
                {
                    slots[i] = _steps[leaf.FirstStep + first + i].Slot;
                }

                PartVisitKernel.Describe<T>(slots.AsSpan(0, count), features, round, places);
                _visitPlaces.AddRange(places);
            }
        }
    }

    /// <summary>Adds the last place's node and what is below it. At most <see cref="MostLevels"/> deep.</summary>
    private void Add(int index, int level)
    {
        int place = _zeros.Count - 1;
        ref readonly Node node = ref _tree.Nodes[index];
        if (node.IsLeaf)
        {
            AddLeaf(index, level, (ushort)place);
            return;
        }

        // A feature that is tested again leaves the path, and comes back at its end.
        ushort slot = (ushort)Array.BinarySearch(_survey.Features, node.Feature);
        int known = IndexOf(slot);
        Step before = known < 0 ? new(LeafPaths<T>.Always, slot) : _path[known];
        int split = _splits.Count;
        _splits.Add(default);
        _splitOf[^1] = split;
        _splitClasses.Add((2 * _path.Count) + (known >= 0 ? 1 : 0));
        _areAsked.Add(false);
        if (known >= 0)
        {
            _path.RemoveAt(known);
        }

        int firstPart = _parts;
        int firstVisit = _visits.Count;
        _ = AddChild(index, node.Left, level + 1, before);
        int leftVisits = _visits.Count - firstVisit;
        int right = AddChild(index, node.Right, level + 1, before);
        int rightVisits = _visits.Count - firstVisit - leftVisits;
        if (known >= 0)
        {
            _path.Insert(known, before);
        }

        _areAsked[split] = _parts > firstPart;
        (PathTest test, T threshold, int number) = TestOf(index);
        StateSteps steps = new(rightVisits << StateSteps.KindBits, level < LeafTables.MostLevels ? 1 << level : 0, leftVisits << StateSteps.KindBits);
        _splits[split] = new(threshold, node.Feature, steps, _trees.Count, number, level, (ushort)place, (ushort)right, before.Place, test);
    }

    private void AddLeaf(int index, int level, ushort place)
    {
        bool hasTable = level > 0 && level <= _tableLevels;
        ref int parts = ref hasTable ? ref _tableParts : ref _parts;
        _leaves.Add(new(index, _trees.Count, place, _path.Count, _steps.Count, hasTable ? -1 : parts));
        _steps.AddRange(_path);
        int room = hasTable ? PartVisitKernel.RoomOf<T>(_path.Count) : _path.Count;
        for (int first = 0; first < _path.Count; first += PartVisitKernel.MostParts)
        {
            _visits.Add(new(place, (ushort)(first / PartVisitKernel.MostParts), parts + first, (ushort)(hasTable ? room : 0)));
        }

        parts = checked(parts + (hasTable ? room << level : room));
    }

    private int AddChild(int parent, int child, int level, Step before)
    {
        int place = _zeros.Count;

        // A cover may be -0, and here a minus says that the row does not pass.
        _zeros.Add(T.Abs(TreeSurvey.Share<T>(_tree, parent, child) * _zeros[before.Place]));
        _splitOf.Add(-1);
        _path.Add(before with { Place = (ushort)place });
        Add(child, level);
        _path.RemoveAt(_path.Count - 1);
        return place;
    }

    private int IndexOf(ushort slot)
    {
        int i = _path.Count - 1;
        while (i >= 0 && _path[i].Slot != slot)
        {
            i--;
        }

        return i;
    }

    /// <summary>The test of a split: of a set of few categories, or a plain one where its threshold is one of the model's precision.</summary>
    private (PathTest Test, T Threshold, int Number) TestOf(int index)
    {
        ref readonly Node node = ref _tree.Nodes[index];
        if (PathSetBuilder.CanHold(_tree, node))
        {
            CodeColumn codes = _codes[ColumnOf(node)];
            _sets.Add(new(codes.Codes, _setBits.Add(_tree, node, codes.Bound) * PathSetBuilder.Unit));
            return (PathTest.Set, default, _sets.Count - 1);
        }

        bool isPlain = RankSplit<T>.TryFrom(node, out RankSplit<T> split) && !split.ZeroIsMissing && !T.IsNaN(split.Threshold) && double.CreateTruncating(T.CreateTruncating(node.Value)) == node.Value;
        return isPlain ? (split.MissingGoesRight ? PathTest.Below : PathTest.BelowOrNaN, split.Threshold, 0) : (PathTest.Node, default, index);
    }

    /// <summary>The splits on the longest way from each to a leaf.</summary>
    private int[] Heights()
    {
        int[] heights = new int[_splits.Count];
        for (int split = heights.Length - 1; split >= 0; split--)
        {
            heights[split] = 1 + Math.Max(HeightOf(_splits[split].Place + 1), HeightOf(_splits[split].Right));
        }

        return heights;

        int HeightOf(int place) => _splitOf[place] < 0 ? 0 : heights[_splitOf[place]];
    }

    /// <summary>Puts the split at a place among those whose paths are known, if there is one and its path is asked for.</summary>
    private void AddReady(SplitSchedule schedule, int place)
    {
        if (_splitOf[place] >= 0 && _areAsked[_splitOf[place]])
        {
            schedule.Add(_splitOf[place]);
        }
    }

    private LeafPaths<T>? TryBuild(int firstTree)
    {
        ushort[] placeOf = new ushort[_zeros.Count];
        PathSplits<T> splits = new(_splits, _areAsked, _lanes, placeOf);
        if (splits.PlaceCount > MostPlaces)
        {
            return null;
        }

        T[] zeros = new T[splits.PlaceCount];
        for (int place = 0; place < placeOf.Length; place++)
        {
            zeros[placeOf[place]] = _zeros[place];
        }

        int[] weightsOf = new int[_zeros.Count];
        List<SplitGroup> splitGroups = [];
        List<int> splitStarts = [];
        List<ushort> splitPlaces = [];

        // The weights of the roots' paths are the first.
        int weights = _lanes;
        SplitSchedule schedule = new(_lanes, _splitClasses, Heights());
        foreach (int root in _roots)
        {
            AddReady(schedule, root);
        }

        while (schedule.TryTake(SplitGroup.MostRegisters, out ReadOnlySpan<int> members))
        {
            bool repeats = _splits[members[0]].Known != LeafPaths<T>.Always;
            int steps = (_splitClasses[members[0]] / 2) + 1;
            int firstPlace = splitPlaces.Count;
            int firstWeight = weights;
            for (int register = 0; register < members.Length; register += _lanes)
            {
                ReadOnlySpan<int> own = members.Slice(register, _lanes);
                AddPlaces(splitPlaces, own, member => placeOf[_splits[member].Place + 1]);
                AddPlaces(splitPlaces, own, member => placeOf[_splits[member].Right]);
                if (repeats)
                {
                    AddPlaces(splitPlaces, own, member => placeOf[_splits[member].Known]);
                }

                int right = weights + ((repeats ? steps : steps + 1) * _lanes);
                for (int lane = 0; lane < _lanes; lane++)
                {
                    PathSplit<T> split = _splits[own[lane]];
                    splitStarts.Add(weightsOf[split.Place]);
                    if (lane == 0 || own[lane] != own[lane - 1])
                    {
                        (weightsOf[split.Place + 1], weightsOf[split.Right]) = (weights + lane, right + lane);
                        AddReady(schedule, split.Place + 1);
                        AddReady(schedule, split.Right);
                    }
                }

                weights = checked(right + (right - weights));
            }

            splitGroups.Add(new(members.Length / _lanes, steps, repeats, firstPlace, firstWeight, AreRegular(zeros, splitPlaces, firstPlace)));
        }

        LaneMembers leaves = new(_lanes, _leaves.ConvertAll(leaf => leaf.FirstPart < 0 ? 0 : leaf.Steps).ToArray());
        LeafGroup[] leafGroups = new LeafGroup[leaves.Count];
        int[] leafStarts = new int[leaves.Count * _lanes];
        int[] leafParts = new int[leaves.Count * _lanes];
        List<ushort> leafPlaces = [];
        for (int group = 0; group < leaves.Count; group++)
        {
            ReadOnlySpan<int> members = leaves[group];
            int steps = _leaves[members[0]].Steps;
            int firstPlace = leafPlaces.Count;
            for (int step = 0; step < steps; step++)
            {
                AddPlaces(leafPlaces, members, member => placeOf[_steps[_leaves[member].FirstStep + step].Place]);
            }

            leafGroups[group] = new(steps, firstPlace, AreRegular(zeros, leafPlaces, firstPlace));
            for (int lane = 0; lane < _lanes; lane++)
            {
                Leaf leaf = _leaves[members[lane]];
                leafStarts[(group * _lanes) + lane] = weightsOf[leaf.Place];
                leafParts[(group * _lanes) + lane] = leaf.FirstPart;
            }
        }

        if (((long)weights + _parts) * Unsafe.SizeOf<T>() > MostBytes)
        {
            return null;
        }

        AlignedArray<T> tables = new(_tableParts + PartVisitKernel.MostParts);
        if (_tableParts > 0)
        {
            LeafTables.Fill(_forest, _frame, firstTree, firstTree + _trees.Count, _tableLevels, tables);
        }

        return new LeafPaths<T>
        {
            FirstTree = firstTree,
            Trees = [.. _trees],
            Splits = splits,
            Codes = [.. _codes.Values.OrderBy(column => column.Codes)],
            Sets = [.. _sets],
            SetBits = _setBits.Build(),
            Visits = [.. _visits.Select(visit => visit with { Place = placeOf[visit.Place] })],
            VisitPlaces = [.. _visitPlaces],
            Zeros = AlignedArray<T>.Of(zeros),
            SplitGroups = [.. splitGroups],
            SplitStarts = [.. splitStarts],
            SplitPlaces = [.. splitPlaces],
            Tables = tables,
            LeafGroups = leafGroups,
            LeafStarts = leafStarts,
            LeafParts = leafParts,
            LeafPlaces = [.. leafPlaces],
            Values = ValuesOf(leaves, firstTree),
            Weights = weights,
            Parts = _parts,
            LeavesBySteps = [.. Enumerable.Range(0, 1 + _leaves.Max(leaf => leaf.Steps)).Select(steps => _leaves.Count(leaf => leaf.Steps == steps))],
            MostSteps = leafGroups.Length == 0 ? 0 : leafGroups[^1].Steps,
            MostVisits = _trees.Max(tree => tree.EndVisit - tree.FirstVisit),
            MostFeatures = _mostFeatures,
        };
    }

    private static void AddPlaces(List<ushort> places, ReadOnlySpan<int> members, Func<int, ushort> placeOf)
    {
        foreach (int member in members)
        {
            places.Add(placeOf(member));
        }
    }

    /// <summary>Whether a <see cref="Divisor{T}"/> takes the shares of all places from one on.</summary>
    private static bool AreRegular(T[] zeros, List<ushort> places, int first)
    {
        foreach (ushort place in CollectionsMarshal.AsSpan(places)[first..])
        {
            if (!Divisor<T>.TakesShare(zeros[place]))
            {
                return false;
            }
        }

        return true;
    }

    private AlignedArray<T>[] ValuesOf(LaneMembers leaves, int firstTree)
    {
        bool byLeaf = _forest.ContributionRule == ContributionRule.TreeShapByLeaf;
        AlignedArray<T>[] values = new AlignedArray<T>[_survey.Expected.Length];
        for (int number = 0; number < values.Length; number++)
        {
            values[number] = new(leaves.Count * _lanes);
            for (int lane = 0; lane < values[number].Length; lane++)
            {
                Leaf leaf = _leaves[leaves[lane / _lanes][lane % _lanes]];
                Tree tree = _forest.Trees[firstTree + leaf.Tree];
                int output = tree.Leaves == LeafShape.Scalar ? tree.Output : number;
                T value = T.CreateTruncating(tree.LeafValue(tree.Nodes[leaf.Node], output, _forest.OutputCount));
                values[number].Span[lane] = value * (byLeaf ? T.CreateTruncating(tree.Weight) : T.One);
            }
        }

        return values;
    }

    /// <summary>A step of a path.</summary>
    /// <param name="Place">The place of the node below the split that last tested the feature.</param>
    /// <param name="Slot">The feature, as a place among those that the tree tests.</param>
    private readonly record struct Step(ushort Place, ushort Slot);

    /// <summary>A leaf.</summary>
    /// <param name="Node">Its index among its tree's nodes.</param>
    /// <param name="Tree">Its tree's place among those laid out together.</param>
    /// <param name="Place">Its place.</param>
    /// <param name="Steps">The steps of its path.</param>
    /// <param name="FirstStep">Where they begin.</param>
    /// <param name="FirstPart">Where its parts begin; -1 where it has a table.</param>
    private readonly record struct Leaf(int Node, int Tree, ushort Place, int Steps, int FirstStep, int FirstPart);
}
