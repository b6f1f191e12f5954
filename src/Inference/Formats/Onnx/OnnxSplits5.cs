using System;
using System.Collections.Generic;
using Inference.Forests;

namespace Inference.Formats.Onnx;

/// <summary>The splits of a TreeEnsemble, and the way from them to trees.</summary>
internal sealed class OnnxSplits5
{
    private readonly LoadContext _context;
    private readonly int _leaves;
    private readonly int[] _features;
    private readonly long[] _modes;
    private readonly double[] _thresholds;
    private readonly int[] _yes;
    private readonly int[] _no;
    private readonly int[] _yesIsLeaf;
    private readonly int[] _noIsLeaf;
    private readonly int[] _missing;
    private readonly double[]?[]? _valueSets;
    private readonly CategorySet?[]? _codeSets;
    private readonly bool[] _reached;
    private readonly List<Place> _places = [];
    private readonly NodePlaces _order = new();
    private readonly List<double[]> _treeValues = [];
    private readonly List<CategorySet> _treeCodes = [];

    /// <summary>Reads the splits.</summary>
    public OnnxSplits5(ReadOnlySpan<byte> content, OnnxAttributes attributes, int[] features, int leaves, OnnxElementType type, LoadContext context)
    {
        int count = features.Length;
        _context = context;
        _leaves = leaves;
        _features = features;
        _thresholds = OnnxEnsembleReader5.Reals(content, attributes, "nodes_splits", type, context) ?? [];
        OnnxEnsembleReader5.Check(_thresholds.Length, count, "nodes_splits", attributes, context);
        _modes = attributes.Tensor("nodes_modes") is { } modes ? new OnnxTensor(content, modes, attributes.Path("nodes_modes"), context).ReadIntegers() : [];
        OnnxEnsembleReader5.Check(_modes.Length, count, "nodes_modes", attributes, context);
        _yes = OnnxEnsembleReader5.Same(attributes, "nodes_truenodeids", count, context);
        _no = OnnxEnsembleReader5.Same(attributes, "nodes_falsenodeids", count, context);
        _yesIsLeaf = OnnxEnsembleReader5.Same(attributes, "nodes_trueleafs", count, context);
        _noIsLeaf = OnnxEnsembleReader5.Same(attributes, "nodes_falseleafs", count, context);
        _missing = attributes.Integers("nodes_missing_value_tracks_true");
        (_valueSets, _codeSets) = ReadSets(OnnxEnsembleReader5.Reals(content, attributes, "membership_values", type, context) ?? []);
        _reached = new bool[count];
        for (int i = 0; i < count; i++)
        {
            if (_modes[i] is < 0 or > 6)
            {
                throw context.Broken($"{attributes.Path("nodes_modes")}[{i}]", $"{_modes[i]}", "0 to 6");
            }

            if ((uint)features[i] >= int.MaxValue)
            {
                throw context.Broken($"{attributes.Path("nodes_featureids")}[{i}]", $"feature {features[i]}", "0 or more");
            }

            FeatureBound = Math.Max(FeatureBound, features[i] + 1);
        }
    }

    /// <summary>One more than the largest feature.</summary>
    public int FeatureBound { get; }

    /// <summary>Builds the trees in the order of their roots.</summary>
    public (Node[][] Trees, OnnxSets[]? Sets) BuildTrees(int[] roots)
    {
        if (roots.Length == 0)
        {
            throw _context.Broken("TreeEnsemble.tree_roots", "no trees", "at least one");
        }

        Node[][] trees = new Node[roots.Length][];
        OnnxSets[]? sets = _valueSets is null ? null : new OnnxSets[roots.Length];
        for (int tree = 0; tree < roots.Length; tree++)
        {
            trees[tree] = BuildTree(tree, roots[tree]);
            if (sets is not null)
            {
                sets[tree] = new OnnxSets([.. _treeValues], [.. _treeCodes]);
            }
        }

        return (trees, sets);
    }

    private Node[] BuildTree(int tree, int root)
    {
        if ((uint)root >= (uint)_features.Length)
        {
            throw _context.Broken($"TreeEnsemble.tree_roots[{tree}]", $"{root}", $"0 to {_features.Length - 1}");
        }

        // A place is given to each node when its parent is met, so that parents can name their children's places.
        _places.Clear();
        bool isLeaf = _yesIsLeaf[root] != 0 && _noIsLeaf[root] != 0 && _yes[root] == _no[root];
        Reach(tree, root);
        _places.Add(isLeaf ? LeafPlace(tree, _yes[root]) : new Place(root, false, 0));
        for (int at = 0; at < _places.Count; at++)
        {
            Place place = _places[at];
            if (!place.IsLeaf)
            {
                int split = place.Entry;
                _places.Add(_yesIsLeaf[split] != 0 ? LeafPlace(tree, _yes[split]) : SplitPlace(tree, _yes[split]));
                _places.Add(_noIsLeaf[split] != 0 ? LeafPlace(tree, _no[split]) : SplitPlace(tree, _no[split]));
                _places[at] = place with { Yes = _places.Count - 2 };
            }
        }

        _treeValues.Clear();
        _treeCodes.Clear();
        Node[] nodes = new Node[_places.Count];
        _order.Begin(nodes.Length, (nodes.Length + 1) / 2);
        foreach (Place place in _places)
        {
            _order.Add(place.IsLeaf);
        }

        for (int at = 0; at < nodes.Length; at++)
        {
            Place place = _places[at];
            nodes[_order.Of(at)] = place.IsLeaf ? new Node { Index = place.Entry, Id = place.Entry } : Split(place);
        }

        return nodes;
    }

    private Place LeafPlace(int tree, int leaf) => (uint)leaf < (uint)_leaves
        ? new Place(leaf, true, 0)
        : throw _context.Broken($"tree {tree}", $"leaf {leaf}", $"0 to {_leaves - 1}");

    private Place SplitPlace(int tree, int split)
    {
        if ((uint)split >= (uint)_features.Length)
        {
            throw _context.Broken($"tree {tree}", $"split {split}", $"0 to {_features.Length - 1}");
        }

        Reach(tree, split);
        return new Place(split, false, 0);
    }

    /// <summary>Refuses a split that was met before: it would be in a tree twice, or a root of one byte would be a tree each time.</summary>
    private void Reach(int tree, int split)
    {
        if (_reached[split])
        {
            throw _context.Unsupported($"tree {tree}", $"split {split}, to which two ways lead", "one way to each split");
        }

        _reached[split] = true;
    }

    private Node Split(Place place)
    {
        int split = place.Entry;
        OnnxNodeMode mode = (OnnxNodeMode)_modes[split];
        bool missingGoesYes = split < _missing.Length && _missing[split] == 1;
        Node node = OnnxNodeModes.Split(mode, _features[split], _thresholds[split], _order.Of(place.Yes), _order.Of(place.Yes + 1), missingGoesYes, split);
        if (mode != OnnxNodeMode.Member)
        {
            return node;
        }

        if (_valueSets![split] is { } values)
        {
            _treeValues.Add(values);
            return node with { Value = 0, Index = _treeValues.Count - 1 };
        }

        _treeCodes.Add(_codeSets![split]!);
        return node with { Value = 0, Index = _treeCodes.Count - 1, Test = NodeTest.TruncatedCodeInSet };
    }

    /// <summary>Gives each member split its set: the sets stand in the order of the splits, each ended by NaN.</summary>
    private (double[]?[]? Values, CategorySet?[]? Codes) ReadSets(double[] members)
    {
        if (Array.IndexOf(_modes, (long)OnnxNodeMode.Member) < 0)
        {
            return (null, null);
        }

        double[]?[] values = new double[_modes.Length][];
        CategorySet?[] codes = new CategorySet[_modes.Length];
        int next = 0;
        for (int split = 0; split < values.Length; split++)
        {
            if (_modes[split] != (long)OnnxNodeMode.Member)
            {
                continue;
            }

            int start = next;
            while (next < members.Length && !double.IsNaN(members[next]))
            {
                next++;
            }

            if (next == start)
            {
                throw _context.Broken("TreeEnsemble.membership_values", $"no values for split {split}", "a set for each member split");
            }

            Span<double> set = members.AsSpan(start, next - start);
            if (IsSmall(set))
            {
                values[split] = OnnxTreeShaper.ToSet(set);
            }
            else
            {
                codes[split] = ToCodes(set, split);
            }

            next++;
        }

        return (values, codes);
    }

    /// <summary>Whether ONNX Runtime tests a set by equality; in other sets it looks for the row's value without its fraction.</summary>
    /// <remarks>tree_ensemble_attribute.h, transformInputOneTree: fewer than 31 members, all of 0 to 30.</remarks>
    private static bool IsSmall(ReadOnlySpan<double> set) => set.Length < 31 && !set.ContainsAnyExceptInRange(0.0, 30.0);

    private CategorySet ToCodes(ReadOnlySpan<double> set, int split)
    {
        int[] codes = new int[set.Length];
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = set[i] is >= 0 and < int.MaxValue && set[i] == Math.Truncate(set[i]) ? (int)set[i] : throw _context.Unsupported(
                "TreeEnsemble.membership_values", $"{set[i]} in a large set, of split {split}", "whole numbers of 0 to 2147483646, or at most 30 numbers of 0 to 30");
        }

        return CategorySet.FromCodes(codes);
    }

    /// <summary>A node on its way into a tree: an entry of the splits or the leaves, and where its children are.</summary>
    /// <param name="Entry">The split or leaf.</param>
    /// <param name="IsLeaf">Which of the two.</param>
    /// <param name="Yes">The place of the true child; the false child follows it.</param>
    private readonly record struct Place(int Entry, bool IsLeaf, int Yes);
}
