using Inference.Forests;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Forests;

/// <summary>How trees' answers become margins: order, precision, base, weights and leaf shapes.</summary>
public sealed class ReferenceScorerTests
{
    [Theory]
    [InlineData((int)Aggregation.BaseThenSum, 0.5 + 8 + -2 + 3)]
    [InlineData((int)Aggregation.SumThenBase, 8 + -2 + 3 + 0.5)]
    [InlineData((int)Aggregation.AverageThenBase, 3.5)]
    [InlineData((int)Aggregation.MinThenBase, -1.5)]
    [InlineData((int)Aggregation.MaxThenBase, 8.5)]
    public void Trees_are_joined(int aggregation, double expected)
    {
        Forest forest = Sketch.Forest(1, [Leaf(8), Leaf(-2), Leaf(3)], aggregation: (Aggregation)aggregation);
        forest.BaseMargin[0] = 0.5;

        Assert.Equal([expected], Margins(forest, [0]));
    }

    [Theory]
    [InlineData((int)Aggregation.BaseThenSum, 100 + 9)]
    [InlineData((int)Aggregation.SumThenBase, 9 + 0.5 + 100)]
    [InlineData((int)Aggregation.AverageThenBase, 3 + 0.5 + 100)]
    [InlineData((int)Aggregation.MinThenBase, -2 + 0.5 + 100)]
    [InlineData((int)Aggregation.MaxThenBase, 8 + 0.5 + 100)]
    public void A_calls_base_margin_replaces_XGBoosts_base_and_adds_to_others(int aggregation, double expected)
    {
        Forest forest = Sketch.Forest(1, [Leaf(8), Leaf(-2), Leaf(3)], aggregation: (Aggregation)aggregation);
        forest.BaseMargin[0] = 0.5;

        Assert.Equal([expected], Margins(forest, [0], new double[] { 100 }));
    }

    [Fact]
    public void XGBoost_adds_trees_to_the_base_in_float32_one_by_one()
    {
        Forest forest = Sketch.Forest(1, [Leaf(1), Leaf(1)], aggregation: Aggregation.BaseThenSum, precision: ScorePrecision.Single);
        forest.BaseMargin[0] = 16777216;
        float[] margins = new float[1];

        new ReferenceScorer<float>(forest).Margins(new RowBlock<double>([0], 1, 1, 1), Sketch.Whole(forest), margins);

        Assert.Equal(16777216, margins[0]);
    }

    [Fact]
    public void LightGBM_adds_trees_before_the_base()
    {
        Forest forest = Sketch.Forest(1, [Leaf(1), Leaf(1)]);
        forest.BaseMargin[0] = 9007199254740992;

        Assert.Equal([9007199254740994], Margins(forest, [0]));
    }

    [Fact]
    public void A_weight_multiplies_each_leaf_in_the_models_precision()
    {
        Tree tree = new() { Nodes = [Node.Leaf(0.1f, 0)], Weight = 0.1f };
        Forest forest = Sketch.Forest(1, [tree], aggregation: Aggregation.BaseThenSum, precision: ScorePrecision.Single);
        float[] margins = new float[1];

        new ReferenceScorer<float>(forest).Margins(new RowBlock<float>([0], 1, 1, 1), Sketch.Whole(forest), margins);

        Bits.Equal([0f + (0.1f * 0.1f)], margins, "0.1 * 0.1");
    }

    [Fact]
    public void A_vector_leaf_adds_to_every_output()
    {
        Tree tree = new()
        {
            Nodes = [new() { Test = NodeTest.Less, Value = 1, Left = 1, Right = 2 }, new() { Index = 1 }, new() { Index = 0 }],
            Leaves = LeafShape.Vector,
            LeafVectors = [1, 2, 3, 10, 20, 30],
        };

        Assert.Equal([10, 20, 30, 1, 2, 3], Margins(Sketch.Forest(1, [tree], outputs: 3), [0, 1]));
    }

    [Fact]
    public void A_leaf_with_targets_adds_to_those()
    {
        Tree tree = new()
        {
            Nodes = [new() { Index = 0 }],
            Leaves = LeafShape.Targets,
            LeafTargets = [[new(2, 5), new(0, 1), new(2, 2)]],
        };

        Assert.Equal([1, 0, 7], Margins(Sketch.Forest(1, [tree], outputs: 3), [0]));
    }

    [Fact]
    public void A_scalar_leaf_adds_to_its_trees_output()
    {
        Tree tree = new() { Nodes = [Node.Leaf(4, 0)], Output = 1 };

        Assert.Equal([0, 4], Margins(Sketch.Forest(1, [tree], outputs: 2), [0]));
    }

    [Fact]
    public void A_linear_booster_adds_terms_feature_by_feature_and_skips_missing_ones()
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
        float[] margins = new float[4];

        new ReferenceScorer<float>(forest).Margins(new RowBlock<double>([0.5, 2, 0.5, double.NaN], 2, 2, 2), Sketch.Whole(forest), margins);

        Assert.Equal([17f, 29.25f, 11f, 21.25f], margins);
    }

    [Fact]
    public void Leaves_are_named_as_the_library_names_them()
    {
        Forest forest = Sketch.Forest(1, [Sketch.Stump(new Node { Test = NodeTest.Less, Value = 1 }), Sketch.Stump(new Node { Test = NodeTest.LessOrEqual, Value = 1 })]);
        int[] leaves = new int[4];

        new ReferenceScorer<double>(forest).Leaves(new RowBlock<double>([0, 1], 2, 1, 1), Sketch.Whole(forest), leaves);

        Assert.Equal([10, 10, 20, 10], leaves);
    }

    [Fact]
    public void Rows_may_lie_in_wider_rows_and_lack_columns()
    {
        Tree tree = Sketch.Stump(new Node { Test = NodeTest.Less, Value = 1, Feature = 1, DefaultLeft = true });
        Forest forest = Sketch.Forest(2, [tree]);
        double[] margins = new double[2];

        new ReferenceScorer<double>(forest).Margins(new RowBlock<double>([9, 0, -1, 9, 5, -1], 2, 2, 3), Sketch.Whole(forest), margins);
        Assert.Equal([1, 2], margins);

        new ReferenceScorer<double>(forest).Margins(new RowBlock<double>([9, 9], 2, 1, 1), Sketch.Whole(forest), margins);
        Assert.Equal([1, 1], margins);
    }

    private static Tree Leaf(double value) => new() { Nodes = [Node.Leaf(value, 0)] };

    private static double[] Margins(Forest forest, double[] rows, BaseMargin start = default)
    {
        double[] margins = new double[rows.Length * forest.OutputCount];
        new ReferenceScorer<double>(forest).Margins(new RowBlock<double>(rows, rows.Length, 1, 1), Sketch.Whole(forest, start), margins);
        return margins;
    }
}
