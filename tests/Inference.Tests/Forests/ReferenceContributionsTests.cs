using System;
using System.Linq;
using Inference.Forests;
using Xunit;

namespace Inference.Tests.Forests;

/// <summary>Contributions are Shapley values: by their definition, by their laws, and where the answer is known in closed form.</summary>
public sealed class ReferenceContributionsTests
{
    [Fact]
    public void Contributions_are_Shapley_values_by_definition()
    {
        for (int seed = 0; seed < 400; seed++)
        {
            Random random = new(seed);
            int features = random.Next(1, 8);
            Forest forest = Sketch.Draw(random, features);
            double[] row = Sketch.DrawRow(random, features);

            double[] expected = ShapleyByDefinition.Of(forest, row);
            double[] actual = Contributions(forest, row);

            for (int i = 0; i < expected.Length; i++)
            {
                Assert.True(Math.Abs(expected[i] - actual[i]) < 1e-13, $"seed {seed}, element {i}: {actual[i]:R}, by definition {expected[i]:R}");
            }
        }
    }

    [Fact]
    public void An_outputs_parts_sum_to_its_margin()
    {
        for (int seed = 0; seed < 400; seed++)
        {
            Random random = new(seed);
            int features = random.Next(1, 40);
            Forest forest = Sketch.Draw(random, features);
            double[] rows = [.. Enumerable.Range(0, 3).SelectMany(_ => Sketch.DrawRow(random, features))];
            double[] start = [.. Enumerable.Range(0, 3 * forest.OutputCount).Select(i => i / 8.0)];
            foreach (double[] baseMargin in new[] { [], start })
            {
                double[] margins = new double[3 * forest.OutputCount];
                new ReferenceScorer<double>(forest).Margins(new RowBlock<double>(rows, 3, features, features), Sketch.Whole(forest, baseMargin), margins);
                double[] parts = new double[margins.Length * (features + 1)];
                ReferenceContributions.Compute(forest, new RowBlock<double>(rows, 3, features, features), Sketch.Whole(forest, baseMargin), parts);

                for (int i = 0; i < margins.Length; i++)
                {
                    Assert.Equal(margins[i], parts.Skip(i * (features + 1)).Take(features + 1).Sum(), 1e-13);
                }
            }
        }
    }

    /// <summary>A leaf that a row reaches only by passing n splits, each of which half of the training rows pass, shares its surprise evenly.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(31)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(66)]
    [InlineData(200)]
    [InlineData(700)]
    public void A_chain_of_features_shares_evenly(int length)
    {
        Forest forest = Sketch.Forest(length, [Chain(length, level => level)]);
        double[] row = new double[length];

        double[] contributions = Contributions(forest, row);

        double each = (1 - Math.ScaleB(1, -length)) / length;
        Assert.All(contributions[..length], part => Assert.Equal(each, part, 1e-12 * each));
        Assert.Equal(Math.ScaleB(1, -length), contributions[length]);
    }

    [Fact]
    public void A_feature_repeated_down_a_deep_chain_is_one_feature()
    {
        const int depth = 20_000;
        Forest forest = Sketch.Forest(2, [Chain(depth, level => level == 0 ? 0 : 1)]);

        double[] contributions = Contributions(forest, [0, 0]);

        // Of the training rows half pass the first split and next to none all of the others.
        Assert.Equal([0.25, 0.75, 0], contributions.Select(part => Math.Round(part, 12)));
    }

    [Fact]
    public void A_part_of_the_trees_is_explained_alone()
    {
        Random random = new(3);
        Forest forest = Sketch.Forest(4, [.. Enumerable.Range(0, 5).Select(_ => Sketch.Draw(random, 4).Trees[0]).Where(tree => tree.Leaves == LeafShape.Scalar && tree.Output == 0)]);
        double[] row = Sketch.DrawRow(random, 4);
        double[] whole = Contributions(forest, row);
        double[] sum = new double[whole.Length];
        for (int tree = 0; tree < forest.Trees.Length; tree++)
        {
            double[] part = new double[whole.Length];
            ScoringCall call = new() { FirstTree = tree, EndTree = tree + 1, Iterations = 1 };
            ReferenceContributions.Compute(forest, new RowBlock<double>(row, 1, 4, 4), call, part);
            sum = [.. sum.Zip(part, (a, b) => a + b)];
        }

        Assert.All(whole.Zip(sum), pair => Assert.Equal(pair.First, pair.Second, 1e-13));
    }

    [Fact]
    public void A_feature_that_no_split_tests_contributes_nothing()
    {
        Forest forest = Sketch.Forest(3, [Sketch.Stump(new Node { Test = NodeTest.Less, Value = 1, Feature = 1 })]);

        Assert.Equal([0, -0.6, 0, 1.6], Contributions(forest, [5, 0, 5]).Select(part => Math.Round(part, 14)));
    }

    [Fact]
    public void Splits_that_no_training_row_reached_count_their_children_alike()
    {
        Tree stump = Sketch.Stump(new Node { Test = NodeTest.Less, Value = 1 });
        stump.Statistics![0] = stump.Statistics[1] = stump.Statistics[2] = default;

        Assert.Equal([-0.5, 1.5], Contributions(Sketch.Forest(1, [stump]), [0]));
    }

    [Fact]
    public void A_child_that_no_training_row_reached_is_expected_never()
    {
        Tree stump = Sketch.Stump(new Node { Test = NodeTest.Less, Value = 1 });
        stump.Statistics![1] = default;
        stump.Statistics[2] = stump.Statistics[0];

        Assert.Equal([-1, 2], Contributions(Sketch.Forest(1, [stump]), [0]));
    }

    [Fact]
    public void A_linear_booster_is_explained_by_its_terms()
    {
        Forest forest = new()
        {
            Origin = Sketch.Origin,
            Precision = ScorePrecision.Single,
            FeatureCount = 2,
            OutputCount = 2,
            BaseMargin = [0.5, 0.25],
            Linear = new LinearModel([1, 2, 3, 4], [10, 20]),
        };

        Assert.Equal([0.5, 0, 10.5, 1, 0, 20.25], Contributions(forest, [0.5, double.NaN]));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Covers_that_count_no_rows_are_refused(double cover)
    {
        Tree stump = Sketch.Stump(new Node { Test = NodeTest.Less, Value = 1 });
        stump.Statistics![2] = new NodeStatistics(cover, 0);

        ModelNotSupportedException refusal = Assert.Throws<ModelNotSupportedException>(() => Contributions(Sketch.Forest(1, [stump]), [0]));

        Assert.Equal("tree 0, node 0", refusal.Location);
    }

    [Fact]
    public void A_model_without_covers_is_refused_by_its_format()
    {
        Tree stump = new() { Nodes = Sketch.Stump(new Node { Test = NodeTest.Less }).Nodes };

        ModelNotSupportedException refusal = Assert.Throws<ModelNotSupportedException>(() => Contributions(Sketch.Forest(1, [stump]), [0]));

        Assert.Contains("node covers", refusal.Found, StringComparison.Ordinal);
        Assert.Contains(nameof(ModelFormat.XGBoostJson), refusal.Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData((int)Aggregation.MinThenBase)]
    [InlineData((int)Aggregation.MaxThenBase)]
    public void Margins_that_are_no_sum_are_refused(int aggregation)
    {
        Forest forest = Sketch.Forest(1, [Sketch.Stump(new Node { Test = NodeTest.Less })], aggregation: (Aggregation)aggregation);

        Assert.Throws<ModelNotSupportedException>(() => Contributions(forest, [0]));
    }

    [Fact]
    public void Nothing_is_allocated_once_the_pools_are_warm()
    {
        Random random = new(11);
        Forest forest = Sketch.Draw(random, 40);
        double[] row = Sketch.DrawRow(random, 40);
        double[] target = new double[forest.OutputCount * 41];
        for (int i = 0; i < 50; i++)
        {
            Compute();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++)
        {
            Compute();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Compute() => ReferenceContributions.Compute(forest, new RowBlock<double>(row, 1, 40, 40), Sketch.Whole(forest), target);
    }

    private static double[] Contributions(Forest forest, double[] row)
    {
        double[] target = new double[forest.OutputCount * (forest.FeatureCount + 1)];
        ReferenceContributions.Compute(forest, new RowBlock<double>(row, 1, row.Length, row.Length), Sketch.Whole(forest), target);
        return target;
    }

    /// <summary>Splits in a row: the left child goes on, to a leaf of value 1 at the end; the right child is a leaf of value 0.</summary>
    private static Tree Chain(int length, Func<int, int> feature)
    {
        Node[] nodes = new Node[(2 * length) + 1];
        NodeStatistics[] statistics = new NodeStatistics[nodes.Length];
        statistics[0] = new NodeStatistics(1, 0);
        for (int level = 0; level < length; level++)
        {
            int node = 2 * level;
            nodes[node] = new Node { Test = NodeTest.Less, Value = 1, Feature = feature(level), Left = node + 2, Right = node + 1 };
            statistics[node + 1] = statistics[node + 2] = new NodeStatistics(statistics[node].Cover / 2, 0);
        }

        nodes[^1] = Node.Leaf(1, 0);
        return new Tree { Nodes = nodes, Statistics = statistics };
    }
}
