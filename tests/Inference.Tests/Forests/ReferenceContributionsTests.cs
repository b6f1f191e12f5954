using System;
using System.Linq;
using Inference.Forests;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Forests;

/// <summary>Contributions are Shapley values: by their definition, by their laws, and where the answer is known in closed form.</summary>
public sealed class ReferenceContributionsTests
{
    /// <summary>The rules that there are, in the precisions that their libraries have, and TreeSHAP by trees in double too.</summary>
    public static TheoryData<string, string> Rules { get; } = new()
    {
        { nameof(ContributionRule.TreeShapByTree), nameof(ScorePrecision.Single) },
        { nameof(ContributionRule.TreeShapByTree), nameof(ScorePrecision.Double) },
        { nameof(ContributionRule.TreeShapByLeaf), nameof(ScorePrecision.Double) },
        { nameof(ContributionRule.Quadrature), nameof(ScorePrecision.Single) },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Contributions_are_Shapley_values_by_definition(string rule, string precision)
    {
        for (int seed = 0; seed < 400; seed++)
        {
            Random random = new(seed);
            int features = random.Next(1, 8);
            Forest forest = Draw(random, features, rule, precision);
            double[] row = Sketch.DrawRow(random, features);

            double[] expected = ShapleyByDefinition.Of(forest, row);
            double[] actual = Sketch.Contributions(forest, row);

            double bound = (IsSingle(forest) ? 1e-5 : 1e-12) * Math.Max(1, expected.Sum(Math.Abs));
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.True(Math.Abs(expected[i] - actual[i]) <= bound, $"seed {seed}, element {i}: {actual[i]:R}, by definition {expected[i]:R}");
            }
        }
    }

    /// <summary>The specification walks a stack; the judge is the recursion of the papers and the libraries.</summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public void Contributions_have_the_bits_of_the_recursion(string rule, string precision)
    {
        for (int seed = 0; seed < 600; seed++)
        {
            Random random = new(seed);
            int features = random.Next(1, 20);
            Forest forest = Draw(random, features, rule, precision);
            double[] row = Sketch.DrawRow(random, features);

            Bits.Equal(Sketch.Judged(forest, row), Sketch.Contributions(forest, row), $"seed {seed}");
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void An_outputs_parts_sum_to_its_margin(string rule, string precision)
    {
        for (int seed = 0; seed < 400; seed++)
        {
            Random random = new(seed);
            int features = random.Next(1, 40);
            Forest forest = Draw(random, features, rule, precision);
            double[] rows = [.. Enumerable.Range(0, 3).SelectMany(_ => Sketch.DrawRow(random, features))];
            double[] start = [.. Enumerable.Range(0, 3 * forest.OutputCount).Select(i => i / 8.0)];
            foreach (double[] baseMargin in new[] { [], start })
            {
                double[] margins = new double[3 * forest.OutputCount];
                new ReferenceScorer<double>(forest).Margins(new RowBlock<double>(rows, 3, features, features), Sketch.Whole(forest, baseMargin), margins);
                double[] parts = Sketch.Contributions(forest, rows, baseMargin);

                for (int i = 0; i < margins.Length; i++)
                {
                    double[] mine = parts[(i * (features + 1))..((i + 1) * (features + 1))];
                    Assert.Equal(margins[i], mine.Sum(), (IsSingle(forest) ? 1e-5 : 1e-12) * Math.Max(1, mine.Sum(Math.Abs)));
                }
            }
        }
    }

    /// <summary>A leaf that a row reaches only by passing n splits, each of which half of the training rows pass, shares its surprise evenly.</summary>
    [Theory]
    [InlineData(1, 1e-15)]
    [InlineData(2, 1e-15)]
    [InlineData(8, 1e-14)]
    [InlineData(31, 1e-10)]
    public void A_chain_of_features_shares_evenly(int length, double bound)
    {
        Forest forest = Sketch.Forest(length, [Chain(length, level => level)]);

        double[] contributions = Sketch.Contributions(forest, new double[length]);

        double each = (1 - Math.ScaleB(1, -length)) / length;
        Assert.All(contributions[..length], part => Assert.Equal(each, part, bound * each));
        Assert.Equal(Math.ScaleB(1, -length), contributions[length]);
    }

    [Theory]
    [InlineData(nameof(ContributionRule.TreeShapByTree), nameof(ScorePrecision.Single))]
    [InlineData(nameof(ContributionRule.TreeShapByLeaf), nameof(ScorePrecision.Double))]
    public void A_feature_repeated_down_a_deep_chain_is_one_feature(string rule, string precision)
    {
        const int depth = 20_000;
        Forest forest = Sketch.Forest(
            2, [Chain(depth, level => level == 0 ? 0 : 1)], precision: Enum.Parse<ScorePrecision>(precision), rule: Enum.Parse<ContributionRule>(rule));

        double[] contributions = Sketch.Contributions(forest, [0, 0]);

        // Of the training rows half pass the first split and next to none all of the others.
        Assert.Equal([0.25, 0.75, 0], contributions.Select(part => Math.Round(part, 6)));
    }

    /// <summary>XGBoost multiplies by 2 at each level here, and divides by it: above 2^128 float32 has no number for that.</summary>
    [Fact]
    public void What_overflows_is_refused_by_its_tree()
    {
        Forest forest = Sketch.Forest(
            2, [Sketch.Stump(new Node { Test = NodeTest.Less }), Chain(300, level => level % 2)], precision: ScorePrecision.Single, rule: ContributionRule.Quadrature);

        ModelNotSupportedException refusal = Assert.Throws<ModelNotSupportedException>(() => Sketch.Contributions(forest, [0, 0]));

        Assert.Equal("tree 1", refusal.Location);
    }

    [Fact]
    public void Paths_of_more_features_than_TreeSHAP_can_hold_are_refused()
    {
        Forest forest = Sketch.Forest(TreeSurvey.MostPathFeatures + 1, [Chain(TreeSurvey.MostPathFeatures, level => level), Chain(TreeSurvey.MostPathFeatures + 1, level => level)]);

        Assert.Equal(TreeSurvey.MostSteps, TreeSurvey.Of<double>(forest, 0).Steps);
        ModelNotSupportedException refusal = Assert.Throws<ModelNotSupportedException>(() => TreeSurvey.Of<double>(forest, 1));

        Assert.Equal("tree 1", refusal.Location);
        Assert.Contains($"{TreeSurvey.MostPathFeatures} features", refusal.Allowed, StringComparison.Ordinal);
    }

    /// <summary>The constants are the formulas that stand above them, taken in float64 and rounded.</summary>
    [Fact]
    public void Points_and_weights_are_Gauss_and_Legendres()
    {
        for (int i = 0; i < 8; i++)
        {
            double x = Math.Cos(Math.PI * (7 - i + 0.75) / 8.5);
            (double value, double slope) = (1, 0);
            for (int step = 0; step < 10; step++)
            {
                (value, slope) = Legendre8(x);
                x -= value / slope;
            }

            double s = (x + 1) / 2;
            Assert.Equal((float)(s * s), TreeQuadrature<float>.Nodes[i]);
            Assert.Equal((float)(s * 2 / ((1 - (x * x)) * slope * slope)), TreeQuadrature<float>.Weights[i]);
        }

        static (double Value, double Slope) Legendre8(double x)
        {
            (double before, double value) = (1, x);
            for (int n = 2; n <= 8; n++)
            {
                (before, value) = (value, ((((2 * n) - 1) * x * value) - ((n - 1) * before)) / n);
            }

            return (value, 8 * ((x * value) - before) / ((x * x) - 1));
        }
    }

    [Fact]
    public void A_part_of_the_trees_is_explained_alone()
    {
        Random random = new(3);
        Forest forest = Sketch.Forest(4, [.. Enumerable.Range(0, 5).Select(_ => Sketch.Draw(random, 4).Trees[0]).Where(tree => tree.Leaves == LeafShape.Scalar && tree.Output == 0)]);
        double[] row = Sketch.DrawRow(random, 4);
        double[] whole = Sketch.Contributions(forest, row);
        double[] sum = new double[whole.Length];
        for (int tree = 0; tree < forest.Trees.Length; tree++)
        {
            double[] part = new double[whole.Length];
            ScoringCall call = new() { FirstTree = tree, EndTree = tree + 1, Iterations = 1 };
            Sketch.Scorer(forest).Contributions(new RowBlock<double>(row, 1, 4, 4), call, part);
            sum = [.. sum.Zip(part, (a, b) => a + b)];
        }

        Assert.All(whole.Zip(sum), pair => Assert.Equal(pair.First, pair.Second, 1e-13));
    }

    [Fact]
    public void A_feature_that_no_split_tests_contributes_nothing()
    {
        Forest forest = Sketch.Forest(3, [Sketch.Stump(new Node { Test = NodeTest.Less, Value = 1, Feature = 1 })]);

        Assert.Equal([0, -0.6, 0, 1.6], Sketch.Contributions(forest, [5, 0, 5]).Select(part => Math.Round(part, 14)));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Splits_that_no_training_row_reached_count_their_children_alike(string rule, string precision)
    {
        Tree stump = Sketch.Stump(new Node { Test = NodeTest.Less, Value = 1 });
        stump.Statistics![0] = stump.Statistics[1] = stump.Statistics[2] = default;

        Assert.Equal([-0.5, 1.5], Rounded(stump, rule, precision));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_child_that_no_training_row_reached_is_expected_never(string rule, string precision)
    {
        Tree stump = Sketch.Stump(new Node { Test = NodeTest.Less, Value = 1 });
        stump.Statistics![1] = default;
        stump.Statistics[2] = stump.Statistics[0];

        Assert.Equal([-1, 2], Rounded(stump, rule, precision));
    }

    [Fact]
    public void A_linear_booster_is_explained_by_its_terms()
    {
        Forest forest = new()
        {
            Origin = Sketch.Origin,
            Precision = ScorePrecision.Single,
            ContributionRule = ContributionRule.TreeShapByTree,
            FeatureCount = 2,
            OutputCount = 2,
            BaseMargin = [0.5, 0.25],
            Linear = new LinearModel([1, 2, 3, 4], [10, 20]),
        };

        Assert.Equal([0.5, 0, 10.5, 1, 0, 20.25], Sketch.Contributions(forest, [0.5, double.NaN]));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Covers_that_count_no_rows_are_refused(double cover)
    {
        Tree stump = Sketch.Stump(new Node { Test = NodeTest.Less, Value = 1 });
        stump.Statistics![2] = new NodeStatistics(cover, 0);

        ModelNotSupportedException refusal = Assert.Throws<ModelNotSupportedException>(() => Sketch.Contributions(Sketch.Forest(1, [stump]), [0]));

        Assert.Equal("tree 0, node 2", refusal.Location);
    }

    [Fact]
    public void A_model_without_covers_is_refused_by_its_format()
    {
        Tree stump = new() { Nodes = Sketch.Stump(new Node { Test = NodeTest.Less }).Nodes };

        ModelNotSupportedException refusal = Assert.Throws<ModelNotSupportedException>(() => Sketch.Contributions(Sketch.Forest(1, [stump]), [0]));

        Assert.Contains("node covers", refusal.Found, StringComparison.Ordinal);
        Assert.Contains(nameof(ModelFormat.XGBoostJson), refusal.Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData((int)Aggregation.MinThenBase)]
    [InlineData((int)Aggregation.MaxThenBase)]
    public void Margins_that_are_no_sum_are_refused(int aggregation)
    {
        Forest forest = Sketch.Forest(1, [Sketch.Stump(new Node { Test = NodeTest.Less })], aggregation: (Aggregation)aggregation);

        Assert.Throws<ModelNotSupportedException>(() => Sketch.Contributions(forest, [0]));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Nothing_is_allocated_once_the_pools_are_warm(string rule, string precision)
    {
        Random random = new(11);
        Forest forest = Draw(random, 40, rule, precision);
        Scorer scorer = Sketch.Scorer(forest);
        double[] row = Sketch.DrawRow(random, 40);
        double[] target = new double[forest.OutputCount * 41];
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int i = 0; i < 50; i++)
            {
                scorer.Contributions(new RowBlock<double>(row, 1, 40, 40), Sketch.Whole(forest), target);
            }
        }));
    }

    private static double[] Rounded(Tree tree, string rule, string precision)
    {
        Forest forest = Sketch.Forest(1, [tree], precision: Enum.Parse<ScorePrecision>(precision), rule: Enum.Parse<ContributionRule>(rule));
        return [.. Sketch.Contributions(forest, [0]).Select(part => Math.Round(part, 6))];
    }

    private static bool IsSingle(Forest forest) => forest.Precision == ScorePrecision.Single;

    private static Forest Draw(Random random, int features, string rule, string precision) =>
        Sketch.Draw(random, features, precision: Enum.Parse<ScorePrecision>(precision), rule: Enum.Parse<ContributionRule>(rule));

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
        return new Tree { Nodes = nodes, Statistics = statistics }.Arranged();
    }
}
