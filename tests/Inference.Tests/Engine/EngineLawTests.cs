using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Inference.Engine;
using Inference.Engine.Ranks;
using Inference.Forests;
using Inference.Kernels;
using Inference.Tests.Forests;
using Inference.Tests.Properties;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Engine;

/// <summary>The engines against the specification, on forests of every shape and on batches of every length.</summary>
public class EngineLawTests
{
    [Fact]
    public void Random_forests_have_the_references_bits() =>
        Law.Holds(
            (random, size) => (Seed: random.Next(), Size: size),
            subject => subject.Size > 1 ? [(subject.Seed, subject.Size / 2)] : [],
            subject =>
            {
                Random random = new(subject.Seed);
                RandomForest model = RandomForest.Draw(random, subject.Size);
                int rows = random.Next(4) switch { 0 => random.Next(9), 1 => 1000 + random.Next(300), _ => random.Next(300) };
                double[] values = model.Rows(rows);
                Agree<double>(model.Forest, values, rows);
                Agree<float>(model.Forest, Array.ConvertAll(values, value => (float)value), rows);
            },
            share: 150);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Batches_of_every_length_have_the_references_bits(bool isDouble)
    {
        ScorePrecision precision = isDouble ? ScorePrecision.Double : ScorePrecision.Single;
        RandomForest model = Enumerable.Range(1, 1000).Select(seed => RandomForest.Draw(new Random(seed), 20)).First(model =>
            model.Forest.Precision == precision && model.Forest.OutputCount == 1 && model.Forest.FeatureCount > 5 && model.Forest.Trees.Length > 2);
        const int most = 1100;
        double[] values = model.Rows(most);
        float[] singles = Array.ConvertAll(values, value => (float)value);
        for (int rows = 0; rows <= most; rows++)
        {
            Agree<float>(model.Forest, singles.AsSpan(0, rows * model.Forest.FeatureCount), rows);
            Agree<double>(model.Forest, values.AsSpan(0, rows * model.Forest.FeatureCount), rows);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Trees_with_many_columns_may_stand_before_trees_with_few(bool isDouble)
    {
        // 255 thresholds of the first feature fill a byte: the trees behind them begin a group of their own, with few columns.
        Random random = new(7);
        IEnumerable<int[]> tested = Enumerable.Range(0, 40).Select(tree => Enumerable.Range(tree * 15, 15).ToArray())
            .Concat(Enumerable.Repeat(new int[20], 20))
            .Concat(Enumerable.Repeat<int[]>([1, 2, 3, 2, 1], 4));
        ScorePrecision precision = isDouble ? ScorePrecision.Double : ScorePrecision.Single;
        Forest forest = Chains(600, tested.Select(features => features.Select(feature => (feature, (float)random.NextDouble())).ToArray()), random, precision);
        AgreeOn(forest, random, 1, 5, 150);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Columns_have_every_number_of_thresholds(bool isDouble)
    {
        // With a threshold that no value reaches, and without. Each tree has few, so that single rows are ranked.
        Random random = new(17);
        Node root = new() { Test = NodeTest.LessOrEqual, Value = double.PositiveInfinity, Left = 1, Right = 2, Missing = MissingRule.NaNGoesDefault };
        Tree never = new() { Nodes = [root, Node.Leaf(0.25, 1), Node.Leaf(0.5, 2)], CategorySets = new CategorySet[3] };
        foreach (int count in new[] { 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 130, 239, 240, 241, 254, 255 })
        {
            for (int missing = 0; missing < (count < 255 ? 2 : 1); missing++)
            {
                (int, float)[] splits = [.. Enumerable.Range(0, count).Select(split => (0, split / 256f)).OrderBy(_ => random.Next())];
                Forest forest = Chains(1, splits.Chunk(20), random, isDouble ? ScorePrecision.Double : ScorePrecision.Single, missing > 0 ? [never] : []);
                double[] values = [double.NaN, -1, 1, .. Enumerable.Range(0, 2 * count).Select(value => (value - 1) / 512.0)];
                for (int row = 0; row < values.Length; row++)
                {
                    Agree<double>(forest, values.AsSpan(row, 1), 1);
                    Agree<float>(forest, [(float)values[row]], 1);
                }

                Agree<double>(forest, values, values.Length);
            }
        }
    }

    [Fact]
    public void More_masks_than_sixteen_bits_count_make_more_groups()
    {
        // 75,000 different thresholds, no more than 250 of a feature.
        const int features = 300;
        Random random = new(11);
        Forest forest = Chains(features, Enumerable.Range(0, 300).Select(tree => Enumerable.Range(tree * 250, 250).Select(split => (split % features, (split / features) / 256f)).ToArray()), random);
        RankForest<float>? ranks = RankCompiler<float>.TryCompile(forest, out string reason);
        Assert.True(ranks is { Groups.Length: 2, DeepTrees: 0 }, $"{ranks?.Groups.Length} groups, {ranks?.DeepTrees} deep trees {reason}");
        AgreeOn(forest, random, 3, 130);
    }

    [Fact]
    public void Thresholds_that_bytes_cannot_count_make_as_many_groups_as_pay()
    {
        // 6,000 different thresholds of two features; and trees that share one crowded feature, each with hundreds of others that all of a group's rows would be ranked by.
        Random random = new(15);
        Forest narrow = Chains(2, Enumerable.Range(0, 300).Select(tree => Enumerable.Range(tree * 20, 20).Select(split => (split % 2, split / 6000f)).ToArray()), random);
        (int Groups, int Deep)? ranks = Ranked(narrow, out string reason);
        Assert.True(ranks is { Groups: > 8, Deep: 0 }, $"{ranks} {reason}");
        AgreeOn(narrow, random, 1, 3, 200);

        Forest wide = Chains(301, Enumerable.Range(0, 12).Select(tree => Enumerable.Range(0, 500).Select(split => (split < 200 ? 0 : split - 199, (split + (500 * tree)) / 6000f)).ToArray()), random);
        ranks = Ranked(wide, out reason);
        Assert.True(ranks is { Groups: 1, Deep: 12 }, $"{ranks} {reason}");
        AgreeOn(wide, random, 1, 3, 200);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Groups_that_pay_may_stand_between_others(bool isDouble)
    {
        // By turns trees of many columns with thresholds of their own, and trees of two columns.
        Random random = new(16);
        ScorePrecision precision = isDouble ? ScorePrecision.Double : ScorePrecision.Single;
        for (int last = 0; last < 2; last++)
        {
            Forest forest = Chains(
                301,
                Enumerable.Range(0, 22 + last).SelectMany(part => part % 2 == 0
                    ? Enumerable.Range(0, 14).Select(tree => Enumerable.Range(0, 40).Select(_ => (random.Next(2), (float)random.NextDouble())).ToArray())
                    : [[.. Enumerable.Range(0, 500).Select(split => (split < 200 ? 0 : split - 199, (float)random.NextDouble()))]]),
                random,
                precision);
            (int Groups, int Deep)? ranks = Ranked(forest, out string reason);
            Assert.True(ranks is { Groups: > 5, Deep: > 5 }, $"{ranks} {reason}");
            AgreeOn(forest, random, 1, 3, 200);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sets_of_few_categories_and_of_many_are_tested_in_blocks_and_registers(bool isLightGbm)
    {
        // Features with few classes and with more than a byte's look-up takes, with few sets and with more than a tile holds, and categories
        // too far apart for each code to have a class.
        int[] most = [3, 40, 62, 63, 200, 3000, 70_000, 1 << 23];
        foreach (int trees in new[] { 4, 60, 400 })
        {
            Random random = new(trees);
            Forest forest = Chains(most.Length, Enumerable.Repeat(new (int, float)[20], trees), random, isLightGbm ? ScorePrecision.Double : ScorePrecision.Single);
            foreach (Tree tree in forest.Trees)
            {
                for (int index = 0; index < tree.Nodes.Length; index++)
                {
                    int feature = random.Next(4) == 0 ? random.Next(most.Length) : 5;
                    tree.CategorySets[index] = CategorySet.FromCodes([.. Enumerable.Range(0, random.Next(40)).Select(_ => random.Next(most[feature]))]);
                    Node node = tree.Nodes[index];
                    NodeTest test = isLightGbm ? NodeTest.TruncatedCodeInSet : NodeTest.CodeInSet;
                    tree.Nodes[index] = node.IsLeaf ? node : node with { Test = test, Index = index, Feature = feature, Value = 0 };
                }
            }

            Assert.True(Ranked(forest, out string reason) is not null, reason);
            foreach (int rows in new[] { 1, 17, 64, 700 })
            {
                double[] values = [.. Enumerable.Range(0, rows * most.Length).Select(place => random.Next(12) switch
                {
                    0 => double.NaN,
                    1 => -0.5,
                    2 => most[place % most.Length],
                    3 => random.Next(1 << 24),
                    _ => random.Next(Math.Min(most[place % most.Length], random.Next(2) == 0 ? 100 : 1 << 24)) + (random.Next(4) / 4.0),
                })];
                Agree<double>(forest, values, rows);
                Agree<float>(forest, Array.ConvertAll(values, value => (float)value), rows);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Trees_of_thousands_of_splits_may_test_sets(bool isLightGbm)
    {
        Random random = new(18);
        Forest forest = Chains(4, Enumerable.Repeat(0, 3).Select(_ => Enumerable.Range(0, 5000).Select(_ => (random.Next(4), random.Next(20) / 4000f)).ToArray()), random, isLightGbm ? ScorePrecision.Double : ScorePrecision.Single);
        foreach (Tree tree in forest.Trees)
        {
            for (int index = 0; index < tree.Nodes.Length; index++)
            {
                Node node = tree.Nodes[index];
                if (!node.IsLeaf && random.Next(3) == 0)
                {
                    // Few have the row's category, which goes on otherwise.
                    tree.CategorySets[index] = CategorySet.FromCodes([random.Next(1, 2000)]);
                    tree.Nodes[index] = node with { Test = isLightGbm ? NodeTest.TruncatedCodeInSet : NodeTest.CodeInSet, Index = index, Feature = 3, Value = 0 };
                }
            }
        }

        // One that is walked stands beside them.
        forest.Trees[1] = Chains(4, [[.. Enumerable.Range(0, 3500).Select(_ => (random.Next(4), random.Next(20) / 4000f))]], random).Trees[0];
        (int Groups, int Deep)? ranks = Ranked(forest, out string reason);
        Assert.True(ranks is { Deep: 1 }, $"{ranks} {reason}");
        foreach (int rows in new[] { 1, 5, 600 })
        {
            double[] values = [.. Enumerable.Range(0, rows * 4).Select(place => place % 4 == 3 ? random.Next(2000) : random.Next(30) == 0 ? random.Next(20) / 4000f : 1)];
            Agree<double>(forest, values, rows);
            Agree<float>(forest, Array.ConvertAll(values, value => (float)value), rows);
        }
    }

    [Fact]
    public void Trees_may_be_deeper_than_is_counted()
    {
        Random random = new(21);
        Forest forest = Chains(2, [[.. Enumerable.Range(0, RankTree.MostDepth + 5000).Select(_ => (random.Next(2), random.Next(1000) / 1000f))], [(0, 0.5f)]], random);
        Assert.True(Ranked(forest, out string reason) is { Deep: 1 }, reason);
        foreach (int rows in new[] { 1, 5, 300 })
        {
            float[] values = [.. Enumerable.Range(0, rows * 2).Select(place => random.Next(4) == 0 ? random.Next(1000) / 1000f : 1)];
            Agree<float>(forest, values, rows);
        }
    }

    [Fact]
    public void Sets_that_have_nothing_in_common_take_no_square_of_their_number()
    {
        // 5,000 sets of one category each, all others: a bit for each pair would be 3 MB, for a file of some hundred KB.
        Random random = new(5);
        Forest forest = Chains(1, Enumerable.Repeat(new (int, float)[10], 500), random);
        int next = 0;
        foreach (Tree tree in forest.Trees)
        {
            for (int index = 0; index < tree.Nodes.Length; index++)
            {
                Node node = tree.Nodes[index];
                tree.CategorySets[index] = CategorySet.FromCodes([node.IsLeaf ? 0 : next++]);
                tree.Nodes[index] = node.IsLeaf ? node : node with { Test = NodeTest.CodeInSet, Index = index };
            }
        }

        Assert.Null(RankCompiler<float>.TryCompile(forest, out string reason));
        Assert.Contains("too many", reason, StringComparison.Ordinal);
        AgreeOn(forest, random, 1, 100);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Registers_walk_trees_of_every_height(bool testsSet)
    {
        // Chains, up and down; the root tests a set or does not. One tree alone, and such that ranges without the first and the last cut registers; each leaf reached.
        Random random = new(18);
        for (int height = 1; height < (testsSet ? 64 : 32); height++)
        {
            (int, float)[] up = [.. Enumerable.Range(0, height).Select(split => (0, (float)split))];
            foreach ((int trees, int outputs) in new[] { (1, 1), (3, 1), (12, 1), (12, 2) })
            {
                Forest forest = Chains(2, Enumerable.Range(0, trees).Select(tree => tree % 2 == 0 ? up : [.. up.Reverse()]), random, outputs: outputs);
                foreach (Tree tree in forest.Trees.Where(_ => testsSet))
                {
                    tree.CategorySets[0] = CategorySet.FromCodes([7]);
                    tree.Nodes[0] = tree.Nodes[0] with { Test = NodeTest.CodeInSet, Index = 0, Feature = 1, Value = 0 };
                }

                for (int row = -1; row <= height; row++)
                {
                    Agree<float>(forest, [row, 8], 1);
                    Agree<float>(forest, [row, 7], 1);
                }
            }
        }
    }

    [Fact]
    public void Small_trees_with_holes_share_registers_with_their_neighbours()
    {
        // Four and five levels with few leaves, alone, in runs, and beside trees that are not decided so.
        Random random = new(19);
        (int, float)[] Splits(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.Next(4), random.Next(20) / 20f))];
        for (int sample = 0; sample < 200; sample++)
        {
            int most = random.Next(2) == 0 ? 6 : 15;
            int[] sizes = [.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => random.Next(8) switch { 0 => 3, 1 => 1, 2 => random.Next(1, most), 3 when sample % 9 == 0 => 40, _ => random.Next(4, 6) })];
            AgreeOn(Chains(4, sizes.Select(Splits), random, outputs: random.Next(1, 3)), random, 1, 3);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_set_of_one_category_may_be_anywhere(bool isLightGbm)
    {
        Random random = new(6);
        foreach (int category in new[] { (1 << 24) - 1, 1 << 24 })
        {
            Forest forest = Chains(1, Enumerable.Repeat(new (int, float)[1], 3), random, isLightGbm ? ScorePrecision.Double : ScorePrecision.Single);
            foreach (Tree tree in forest.Trees)
            {
                tree.CategorySets[0] = CategorySet.FromCodes([category]);
                tree.Nodes[0] = tree.Nodes[0] with { Test = isLightGbm ? NodeTest.TruncatedCodeInSet : NodeTest.CodeInSet, Index = 0 };
            }

            double[] values = [category - 1, category, category + 1, 0, -1, double.NaN, double.PositiveInfinity];
            Agree<double>(forest, values, values.Length);
            Agree<float>(forest, Array.ConvertAll(values, value => (float)value), values.Length);
        }
    }

    [Theory]
    [InlineData(LinearForest.MostFeatures, true)]
    [InlineData(LinearForest.MostFeatures + 1, false)]
    public void Linear_leaves_read_no_more_features_than_blocks_keep(int features, bool isRanked)
    {
        Random random = new(8);
        Forest forest = Chains(features, [[(0, 0.5f)]], random, ScorePrecision.Double);
        Tree tree = forest.Trees[0];
        LinearLeaf model = new(0.5, [.. Enumerable.Range(0, features)], [.. Enumerable.Range(0, features).Select(_ => random.NextDouble())]);
        forest.Trees[0] = new Tree { Nodes = [.. tree.Nodes.Select(node => node.IsLeaf ? node with { Index = 0 } : node)], Leaves = LeafShape.Linear, LinearLeaves = [model] };
        Assert.Equal(isRanked, RankCompiler<double>.TryCompile(forest, out _) is not null);
        AgreeOn(forest, random, 1, 3, 70);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void More_trees_than_a_row_meets_together_of_every_form(bool isDouble)
    {
        // Chains of three splits are heaps, of 20 share registers by twos, of 40 are met in blocks. Around each border between trees met together there are
        // registers, which lie across it or end there, by where the first of them stands.
        Random random = new(13);
        ScorePrecision precision = isDouble ? ScorePrecision.Double : ScorePrecision.Single;
        for (int first = 0; first < 2; first++)
        {
            IEnumerable<int> lengths = Enumerable.Range(first, (2 * DecisionKernel.Together) + 50).Select(tree => LengthAt(tree % DecisionKernel.Together));
            Forest forest = Chains(12, lengths.Select(length => Enumerable.Range(0, length).Select(_ => (random.Next(12), random.Next(64) / 64f)).ToArray()), random, precision);
            AgreeOn(forest, random, 1, 4);
        }

        int LengthAt(int place) => place is > DecisionKernel.Together - 8 or < 16 ? 20 : place == DecisionKernel.Together - 8 ? 40 : random.Next(3) switch { 0 => 40, 1 => 20, _ => 3 };
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Large_trees_that_vote_have_the_references_bits(bool isDouble)
    {
        Random random = new(17);
        foreach (int outputs in new[] { 1, 2, 3, 10, 37 })
        {
            Forest chains = Chains(5, Enumerable.Range(0, 6).Select(tree => Enumerable.Range(0, 290 + tree).Select(_ => (random.Next(5), (float)random.NextDouble())).ToArray()), random);
            Forest forest = new()
            {
                Origin = Sketch.Origin,
                Precision = isDouble ? ScorePrecision.Double : ScorePrecision.Single,
                ContributionRule = ContributionRule.TreeShapByLeaf,
                FeatureCount = 5,
                OutputCount = outputs,
                Trees = [.. chains.Trees.Select(Voting)],
                IterationStarts = chains.IterationStarts,
                BaseMargin = [.. Enumerable.Range(0, outputs).Select(_ => (double)(float)random.NextDouble())],
                Aggregation = (Aggregation)(outputs % 3),
            };
            (int Groups, int Deep)? ranks = Ranked(forest, out string reason);
            Assert.True(ranks is { Deep: 6 }, $"{ranks} {reason}");
            AgreeOn(forest, random, 1, 2, 65, 600);

            // One that is not walked stands between them.
            forest.Trees[3] = Voting(Chains(5, [[(1, 0.5f), (2, 0.25f)]], random).Trees[0]);
            AgreeOn(forest, random, 1, 2, 65, 600);

            Tree Voting(Tree tree) => new()
            {
                Nodes = [.. tree.Nodes.Select((node, index) => node.IsLeaf ? node with { Index = index } : node)],
                Weight = 0.5f,
                Leaves = LeafShape.Vector,
                LeafVectors = [.. Enumerable.Range(0, tree.Nodes.Length * outputs).Select(_ => (double)(float)random.NextDouble())],
            };
        }
    }

    [Fact]
    public void Walks_over_thousands_of_features_leave_rows_of_a_block_unused()
    {
        // A chain of more splits than blocks evaluate, whose places are 24 KB a row.
        const int features = 3000;
        Random random = new(12);
        Forest forest = Chains(features, [[.. Enumerable.Range(0, 3100).Select(split => (split % features, 0.01f))], [(1, 0.5f), (2, 0.5f)]], random);
        RankForest<float>? ranks = RankCompiler<float>.TryCompile(forest, out string reason);
        Assert.True(ranks is { DeepTrees: 1 }, $"{ranks?.DeepTrees} deep trees {reason}");
        Assert.InRange(RankBlock<float>.CountFor(ranks!, 512), 64, 448);
        AgreeOn(forest, random, 2, 600);
    }

    private static Forest Chains(int features, IEnumerable<(int Feature, float Threshold)[]> chains, Random random, ScorePrecision precision = ScorePrecision.Single, Tree[]? others = null, int outputs = 1)
    {
        Tree[] trees = [.. chains.Select(Chain), .. others ?? []];
        return new()
        {
            Origin = Sketch.Origin,
            Precision = precision,
            ContributionRule = ContributionRule.TreeShapByLeaf,
            FeatureCount = features,
            OutputCount = outputs,
            Trees = trees,
            IterationStarts = [.. Enumerable.Range(0, trees.Length + 1)],
            BaseMargin = [.. Enumerable.Repeat(0.5, outputs)],
            Aggregation = Aggregation.BaseThenSum,
        };

        Tree Chain((int Feature, float Threshold)[] splits, int number)
        {
            List<Node> nodes = [];
            foreach ((int feature, float threshold) in splits)
            {
                int next = nodes.Count + 2;
                nodes.Add(new Node { Test = NodeTest.Less, Value = threshold, Feature = feature, Left = nodes.Count + 1, Right = next, DefaultLeft = random.Next(2) == 0, Missing = MissingRule.NaNGoesDefault });
                nodes.Add(Node.Leaf((float)random.NextDouble(), nodes.Count));
            }

            nodes.Add(Node.Leaf((float)random.NextDouble(), nodes.Count));
            return new Tree { Nodes = [.. nodes], Output = number % outputs, CategorySets = new CategorySet[nodes.Count] }.Arranged();
        }
    }

    /// <summary>The groups and deep trees that ranks make of a forest, or <see langword="null"/> and why they cannot express it.</summary>
    private static (int Groups, int Deep)? Ranked(Forest forest, out string reason)
    {
        return forest.Precision == ScorePrecision.Double ? Of(RankCompiler<double>.TryCompile(forest, out reason)) : Of(RankCompiler<float>.TryCompile(forest, out reason));

        static (int, int)? Of<T>(RankForest<T>? ranks)
            where T : unmanaged, IFloatingPointIeee754<T> => ranks is null ? null : (ranks.Groups.Length, ranks.DeepTrees);
    }

    private static void AgreeOn(Forest forest, Random random, params ReadOnlySpan<int> counts)
    {
        foreach (int count in counts)
        {
            double[] values = [.. Enumerable.Range(0, count * forest.FeatureCount).Select(_ => random.Next(9) == 0 ? double.NaN : (float)random.NextDouble())];
            Agree<double>(forest, values, count);
            Agree<float>(forest, Array.ConvertAll(values, value => (float)value), count);
        }
    }

    [Fact]
    public void Rows_are_not_read_beyond_their_ends()
    {
        if (!GuardedMemory.IsSupported)
        {
            return;
        }

        foreach (int seed in Enumerable.Range(1, 60))
        {
            RandomForest model = RandomForest.Draw(new Random(seed), 10);
            foreach (int rows in new[] { 1, 2, 8, 15, 16, 17, 64, 130 })
            {
                double[] values = model.Rows(rows);
                using GuardedMemory guarded = new(values.Length * sizeof(double));
                Span<double> doubles = guarded.Last<double>(values.Length);
                values.CopyTo(doubles);
                Agree<double>(model.Forest, doubles, rows);
                Span<float> floats = guarded.Last<float>(values.Length);
                for (int i = 0; i < values.Length; i++)
                {
                    floats[i] = (float)values[i];
                }

                Agree<float>(model.Forest, floats, rows);
            }
        }
    }

    [Fact]
    public void Columns_that_rows_lack_are_not_read()
    {
        if (!GuardedMemory.IsSupported)
        {
            return;
        }

        foreach (int seed in Enumerable.Range(1, 60))
        {
            Random random = new(seed);
            RandomForest model = RandomForest.Draw(random, 10);
            int columns = 1 + random.Next(model.Forest.FeatureCount);
            foreach (int rows in new[] { 1, 16, 17, 130 })
            {
                double[] values = model.Rows(rows)[..(rows * columns)];
                using GuardedMemory guarded = new(values.Length * sizeof(double));
                Span<double> doubles = guarded.Last<double>(values.Length);
                values.CopyTo(doubles);
                Agree<double>(model.Forest, doubles, rows, columns);
                Span<float> floats = guarded.Last<float>(values.Length);
                Array.ConvertAll(values, value => (float)value).CopyTo(floats);
                Agree<float>(model.Forest, floats, rows, columns);
            }
        }
    }

    private static void Agree<TRow>(Forest forest, ReadOnlySpan<TRow> values, int rows)
        where TRow : unmanaged, INumberBase<TRow> => Agree(forest, values, rows, forest.FeatureCount);

    private static void Agree<TRow>(Forest forest, ReadOnlySpan<TRow> values, int rows, int columns)
        where TRow : unmanaged, INumberBase<TRow>
    {
        Scorer reference = EngineCatalog.Choose(forest, new BoosterOptions { Engine = EngineKind.Reference });
        Scorer engine = EngineCatalog.Choose(forest, new BoosterOptions { Engine = EngineKind.Managed });
        ScoringCall call = new() { FirstTree = 0, EndTree = forest.Trees.Length, Iterations = forest.IterationCount };
        RowBlock<TRow> block = new(values, rows, columns, columns);
        string what = $"{engine.Kernel}, {rows} rows of {columns} {typeof(TRow).Name}, {forest.Trees.Length} trees of {string.Join(' ', forest.Trees.Select(tree => $"{tree.Nodes.Length}/{tree.Leaves}/{tree.Nodes.Count(node => node.Test is NodeTest.CodeInSet or NodeTest.TruncatedCodeInSet)} sets"))} nodes, {forest.FeatureCount} features, {forest.Precision}";
        double[] expected = new double[rows * forest.OutputCount];
        double[] found = new double[expected.Length];
        Predictor.Score(reference, PredictionKind.Margin, block, call, expected.AsSpan());
        Predictor.Score(engine, PredictionKind.Margin, block, call, found.AsSpan());
        Bits.Equal(expected, found, what);
        for (int threads = 2; threads <= Math.Min(rows, 4); threads++)
        {
            Array.Clear(found);
            ParallelPredictor.Answer(engine, PredictionKind.Margin, block, call, found.AsSpan(), threads);
            Bits.Equal(expected, found, $"{what}, {threads} threads");
        }

        // From the second tree on, which may stand in one register with the first, to the last but one.
        int few = Math.Min(rows, 3);
        ScoringCall inner = new() { FirstTree = Math.Min(1, forest.Trees.Length - 1), EndTree = Math.Max(1, forest.Trees.Length - 1), Iterations = Math.Max(1, forest.Trees.Length - 2) };
        RowBlock<TRow> first = new(values[..(few * columns)], few, columns, columns);
        Predictor.Score(reference, PredictionKind.Margin, first, inner, expected.AsSpan(0, few * forest.OutputCount));
        Predictor.Score(engine, PredictionKind.Margin, first, inner, found.AsSpan(0, few * forest.OutputCount));
        Bits.Equal(expected, found, $"{what}, trees {inner.FirstTree} to {inner.EndTree}");

        int[] expectedLeaves = new int[rows * forest.Trees.Length];
        int[] foundLeaves = new int[expectedLeaves.Length];
        Predictor.Leaves(reference, block, call, expectedLeaves);
        Predictor.Leaves(engine, block, call, foundLeaves);
        Assert.True(expectedLeaves.AsSpan().SequenceEqual(foundLeaves), $"{what}: leaves");
    }
}
