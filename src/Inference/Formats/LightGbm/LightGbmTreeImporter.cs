using System;
using Inference.Forests;

namespace Inference.Formats.LightGbm;

/// <summary>The meaning of one tree: splits become nodes 0 to n - 2, leaf l becomes node n - 1 + l, n being the number of leaves.</summary>
/// <remarks>LightGBM, include/LightGBM/tree.h: NumericalDecision, CategoricalDecision, Predict.</remarks>
internal static class LightGbmTreeImporter
{
    private const int CategoricalBit = 1;
    private const int DefaultLeftBit = 2;
    private const int MissingTypeShift = 2;

    private static readonly CategorySet EmptySet = CategorySet.FromWords([]);

    /// <summary>Turns a record into a tree.</summary>
    /// <param name="record">The record.</param>
    /// <param name="number">The tree's number, for messages.</param>
    /// <param name="output">The output that the tree adds to.</param>
    /// <param name="context">Makes the exceptions.</param>
    public static Tree Import(LightGbmTreeRecord record, int number, int output, LoadContext context)
    {
        int leaves = record.LeafValues.Length;
        int splits = leaves - 1;
        Node[] nodes = new Node[splits + leaves];
        for (int split = 0; split < splits; split++)
        {
            nodes[split] = (record.DecisionTypes[split] & CategoricalBit) != 0
                ? CategorySplit(record, split, number, context)
                : NumberSplit(record, split);
        }

        bool isLinear = record.Linear is not null;
        for (int leaf = 0; leaf < leaves; leaf++)
        {
            nodes[splits + leaf] = new Node { Value = record.LeafValues[leaf], Id = leaf, Index = isLinear ? leaf : 0 };
        }

        return new Tree
        {
            Nodes = nodes,
            Statistics = Statistics(record, splits, leaves),
            Output = output,
            Leaves = isLinear ? LeafShape.Linear : LeafShape.Scalar,
            LinearLeaves = isLinear ? LinearLeaves(record.Linear!) : [],
            CategorySets = CategorySets(record),
        };
    }

    private static Node NumberSplit(LightGbmTreeRecord record, int split)
    {
        int decision = record.DecisionTypes[split];
        return new Node
        {
            Test = NodeTest.LessOrEqual,
            Value = record.Thresholds[split],
            Feature = record.SplitFeatures[split],
            Id = split,
            Left = NodeOf(record.LeftChildren[split], record),
            Right = NodeOf(record.RightChildren[split], record),
            Missing = (decision >> MissingTypeShift) switch
            {
                0 => MissingRule.NaNIsZero,
                1 => MissingRule.ZeroGoesDefault,
                _ => MissingRule.NaNGoesDefault,
            },
            DefaultLeft = (decision & DefaultLeftBit) != 0,
        };
    }

    /// <summary>A category split: whatever its missing type, NaN goes right and zero is category 0.</summary>
    private static Node CategorySplit(LightGbmTreeRecord record, int split, int number, LoadContext context)
    {
        int sets = record.CategoryBoundaries.Length - 1;
        double set = record.Thresholds[split];
        return !(set >= 0 && set < sets && set == Math.Truncate(set))
            ? throw context.Broken($"tree {number}, node {split}", $"category set {set}", $"0 to {sets - 1}")
            : new Node
            {
                Test = NodeTest.TruncatedCodeInSet,
                Index = (int)set,
                Feature = record.SplitFeatures[split],
                Id = split,
                Left = NodeOf(record.LeftChildren[split], record),
                Right = NodeOf(record.RightChildren[split], record),
                Missing = MissingRule.NaNGoesDefault,
                DefaultLeft = false,
            };
    }

    /// <summary>A child's node: the file gives a split's number, or the complement of a leaf's. The reader has checked the range.</summary>
    private static int NodeOf(int child, LightGbmTreeRecord record) => child >= 0 ? child : record.SplitFeatures.Length + ~child;

    /// <summary>Cover and gain, or null where the file lacks the counts. A tree of one leaf may lack them: its cover weighs against nothing.</summary>
    private static NodeStatistics[]? Statistics(LightGbmTreeRecord record, int splits, int leaves)
    {
        if (splits > 0 && (record.SplitCounts is null || record.LeafCounts is null))
        {
            return null;
        }

        NodeStatistics[] statistics = new NodeStatistics[splits + leaves];
        for (int split = 0; split < splits; split++)
        {
            statistics[split] = new(record.SplitCounts![split], record.SplitGains is null ? 0 : (float)record.SplitGains[split]);
        }

        for (int leaf = 0; leaf < leaves; leaf++)
        {
            statistics[splits + leaf] = new(record.LeafCounts is null ? 0 : record.LeafCounts[leaf], 0);
        }

        return statistics;
    }

    private static LinearLeaf[] LinearLeaves(LightGbmLinearRecord record)
    {
        LinearLeaf[] leaves = new LinearLeaf[record.Constants.Length];
        int start = 0;
        for (int leaf = 0; leaf < leaves.Length; leaf++)
        {
            int end = start + record.Counts[leaf];
            leaves[leaf] = new(record.Constants[leaf], record.Features[start..end], record.Coefficients[start..end]);
            start = end;
        }

        return leaves;
    }

    private static CategorySet[] CategorySets(LightGbmTreeRecord record)
    {
        int[] boundaries = record.CategoryBoundaries;
        CategorySet[] sets = boundaries.Length == 1 ? [] : new CategorySet[boundaries.Length - 1];
        for (int set = 0; set < sets.Length; set++)
        {
            ReadOnlySpan<uint> words = record.CategoryWords.AsSpan(boundaries[set]..boundaries[set + 1]);
            sets[set] = words.IsEmpty ? EmptySet : CategorySet.FromWords(words);
        }

        return sets;
    }
}
