using System;
using System.Collections.Generic;
using System.Linq;
using Inference.Forests;

namespace Inference.Tests.Forests;

/// <summary>Forests written by hand or drawn at random, for tests that need no file.</summary>
internal static class Sketch
{
    public static ForestOrigin Origin { get; } = new() { Source = "sketch", Format = ModelFormat.XGBoostJson, Version = "0", VersionVerified = false };

    /// <summary>A forest of one iteration per tree.</summary>
    public static Forest Forest(
        int features,
        Tree[] trees,
        int outputs = 1,
        Aggregation aggregation = Aggregation.SumThenBase,
        ScorePrecision precision = ScorePrecision.Double,
        ContributionRule rule = ContributionRule.TreeShapByLeaf)
    {
        return new Forest
        {
            Origin = Origin,
            Precision = precision,
            ContributionRule = rule,
            FeatureCount = features,
            OutputCount = outputs,
            Trees = trees,
            IterationStarts = [.. Enumerable.Range(0, trees.Length + 1)],
            BaseMargin = new double[outputs],
            Aggregation = aggregation,
        };
    }

    /// <summary>A call over every tree.</summary>
    public static ScoringCall Whole(Forest forest, BaseMargin start = default) => new()
    {
        FirstTree = 0,
        EndTree = forest.Trees.Length,
        Iterations = forest.IterationCount,
        BaseMargin = start,
    };

    /// <summary>The contributions of rows over every tree, (rows, outputs, features + 1), by the product.</summary>
    public static double[] Contributions(Forest forest, double[] rows, BaseMargin start = default)
    {
        int features = forest.FeatureCount;
        int count = rows.Length / features;
        double[] target = new double[count * forest.OutputCount * (features + 1)];
        Scorer(forest).Contributions(new RowBlock<double>(rows, count, features, features), Whole(forest, start), target);
        return target;
    }

    /// <summary>The specification's scorer, in the forest's precision.</summary>
    public static Scorer Scorer(Forest forest) =>
        forest.Precision == ScorePrecision.Double ? new ReferenceScorer<double>(forest) : new ReferenceScorer<float>(forest);

    /// <summary>The contributions of one row by the judge.</summary>
    public static double[] Judged(Forest forest, double[] row) =>
        forest.Precision == ScorePrecision.Double ? RecursiveContributions<double>.Of(forest, row) : RecursiveContributions<float>.Of(forest, row);

    /// <summary>One split and two leaves of value 1 (left) and 2 (right).</summary>
    public static Tree Stump(Node split, CategorySet? codes = null, double[]? values = null) => new()
    {
        Nodes = [With(split, 1, 2), Node.Leaf(1, 10), Node.Leaf(2, 20)],
        Statistics = [new(10, 0), new(4, 0), new(6, 0)],
        CategorySets = codes is null ? [] : [codes],
        ValueSets = values is null ? [] : [values],
    };

    /// <summary>A forest with every kind of split, missing rule and constant leaf, covers as training leaves them.</summary>
    public static Forest Draw(
        Random random,
        int features,
        bool evenCovers = false,
        ScorePrecision precision = ScorePrecision.Double,
        ContributionRule rule = ContributionRule.TreeShapByLeaf)
    {
        int outputs = random.Next(1, 4);
        Tree[] trees = new Tree[random.Next(1, 4)];
        for (int i = 0; i < trees.Length; i++)
        {
            trees[i] = DrawTree(random, features, outputs, evenCovers);
        }

        Aggregation aggregation = (Aggregation)random.Next(3);
        Forest forest = Forest(features, trees, outputs, aggregation, precision, rule);
        for (int output = 0; output < outputs; output++)
        {
            forest.BaseMargin[output] = random.Next(-4, 5) / 4.0;
        }

        return forest;
    }

    /// <summary>A row on the thresholds, between them, outside of them, and missing.</summary>
    public static double[] DrawRow(Random random, int features)
    {
        double[] row = new double[features];
        for (int i = 0; i < features; i++)
        {
            row[i] = random.Next(8) == 0 ? double.NaN : random.Next(-2, 10) / 2.0;
        }

        return row;
    }

    /// <summary>A tree, or where it tests more features, its first subtree that does not.</summary>
    public static Tree PartOf(Tree tree, int mostFeatures)
    {
        int root = 0;
        while (FeaturesBelow(tree, root).Count > mostFeatures)
        {
            root++;
        }

        // A subtree never leads back to node 0, so its root may take that place.
        Node[] nodes = [tree.Nodes[root], .. tree.Nodes[1..]];
        return new Tree
        {
            Nodes = nodes,
            Statistics = [tree.Statistics![root], .. tree.Statistics[1..]],
            Output = tree.Output,
            Weight = tree.Weight,
            Leaves = tree.Leaves,
            LeafVectors = tree.LeafVectors,
            LeafTargets = tree.LeafTargets,
            CategorySets = tree.CategorySets,
            ValueSets = tree.ValueSets,
        }.Arranged();
    }

    /// <summary>The features that splits from a node on test.</summary>
    public static SortedSet<int> FeaturesBelow(Tree tree, int root)
    {
        SortedSet<int> features = [];
        Stack<int> pending = new([root]);
        while (pending.TryPop(out int index))
        {
            Node node = tree.Nodes[index];
            if (!node.IsLeaf)
            {
                features.Add(node.Feature);
                pending.Push(node.Left);
                pending.Push(node.Right);
            }
        }

        return features;
    }

    private static Tree DrawTree(Random random, int features, int outputs, bool evenCovers)
    {
        List<Node> nodes = [];
        List<NodeStatistics> statistics = [];
        CategorySet[] codes = [CategorySet.FromCodes([0, 2]), CategorySet.FromCodes([1, 3, 4])];
        double[][] values = [[0, 1.5], [2]];
        int leaves = 0;
        Add(random.Next(0, 6), evenCovers ? 64 : random.Next(50, 200));

        return new Tree
        {
            Nodes = [.. nodes],
            Statistics = [.. statistics],
            Output = random.Next(outputs),
            Weight = random.Next(3) == 0 ? 0.25 : 1,
            Leaves = (LeafShape)random.Next(3),
            LeafVectors = [.. Enumerable.Range(0, leaves * outputs).Select(_ => random.Next(-8, 9) / 4.0)],
            LeafTargets = [.. Enumerable.Range(0, leaves).Select(_ => new[] { new LeafTarget(random.Next(outputs), random.Next(-8, 9) / 4.0), new LeafTarget(0, 0.5) })],
            CategorySets = codes,
            ValueSets = values,
        }.Arranged();

        int Add(int depth, double cover)
        {
            int index = nodes.Count;
            nodes.Add(new Node { Value = random.Next(-8, 9) / 4.0, Id = index, Index = leaves });
            statistics.Add(new NodeStatistics(cover, 1));
            if (depth == 0 || (!evenCovers && random.Next(6) == 0))
            {
                leaves++;
                return index;
            }

            // At times a child that no training row reached, and below it splits that none reached.
            double left = evenCovers ? cover / 2 : random.Next(10) == 0 ? 0 : Math.Floor(cover * random.NextDouble());
            Node split = new()
            {
                Value = random.Next(0, 8) / 2.0,
                Feature = random.Next(features),
                Index = random.Next(2),
                Test = (NodeTest)random.Next(1, 7),
                Missing = (MissingRule)random.Next(3),
                DefaultLeft = random.Next(2) == 0,
            };
            nodes[index] = With(split, Add(depth - 1, left), Add(depth - 1, cover - left));
            return index;
        }
    }

    private static Node With(Node split, int left, int right) => new()
    {
        Value = split.Value,
        Feature = split.Feature,
        Index = split.Index,
        Test = split.Test,
        Missing = split.Missing,
        DefaultLeft = split.DefaultLeft,
        Left = left,
        Right = right,
    };
}
