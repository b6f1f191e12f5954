using Inference.Forests;
using Xunit;

namespace Inference.Tests.Formats.LightGbm;

/// <summary>What splits and linear leaves do with unusual values. Every expectation was answered by LightGBM 4.1's own library.</summary>
public sealed class LightGbmDecisionTests
{
    [Theory]
    [InlineData(double.NaN, false)]
    [InlineData(0, true)]
    [InlineData(-0.0, true)]
    [InlineData(1e-40, true)]
    [InlineData(-0.9999, true)]
    [InlineData(-1, false)]
    [InlineData(-1.5, false)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(2.9, true)]
    [InlineData(33, true)]
    [InlineData(63, true)]
    [InlineData(64, false)]
    [InlineData(2147483646.0, false)]
    [InlineData(2147483647.0, false)]
    [InlineData(2147483648.0, false)]
    [InlineData(4294967296.0, false)]
    [InlineData(4294967298.0, false)]
    [InlineData(1e300, false)]
    [InlineData(double.PositiveInfinity, false)]
    [InlineData(double.NegativeInfinity, false)]
    public void A_category_split_looks_at_the_truncated_value_whatever_its_missing_type(double city, bool left)
    {
        foreach (int decision in (int[])[1, 3, 5, 7, 9, 11])
        {
            Forest forest = LightGbmSample.Read(LightGbmSample.With("decision_type=9 8", $"decision_type={decision} 8"));

            int leaf = Reference.FindLeaf<double>(forest, forest.Trees[0], [0, city]);

            Assert.Equal(left, forest.Trees[0].Nodes[leaf].Id == 0);
        }
    }

    [Theory]
    [InlineData(0.25, 1, 4.5)]
    [InlineData(0.25, double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(0.25, double.NegativeInfinity, double.NegativeInfinity)]
    [InlineData(double.NegativeInfinity, double.PositiveInfinity, double.NaN)]
    [InlineData(double.NegativeInfinity, double.NaN, 100)]
    [InlineData(0.25, double.NaN, 100)]
    [InlineData(double.NaN, 1, 2)]
    [InlineData(7, double.NaN, 2)]
    public void A_linear_leaf_gives_its_plain_value_for_NaN_alone(double size, double city, double expected)
    {
        Forest forest = LightGbmSample.Read(LightGbmSample.Text);
        Tree tree = forest.Trees[1];
        double[] row = [size, city];
        ref readonly Node leaf = ref tree.Nodes[Reference.FindLeaf<double>(forest, tree, row)];

        Assert.Equal(expected, Reference.LinearLeafValue<double>(forest, leaf, tree.LinearLeaves[leaf.Index], row));
    }

    [Theory]
    [InlineData(0, double.NaN, 0)]
    [InlineData(2, double.NaN, 0)]
    [InlineData(4, double.NaN, 1)]
    [InlineData(4, 0, 1)]
    [InlineData(4, 1e-36, 1)]
    [InlineData(4, 1e-34, 0)]
    [InlineData(6, 0, 0)]
    [InlineData(8, double.NaN, 1)]
    [InlineData(8, 0, 0)]
    [InlineData(10, double.NaN, 0)]
    [InlineData(10, 6, 1)]
    public void The_missing_type_of_a_number_decides_what_is_missing(int decision, double size, int leafId)
    {
        Forest forest = LightGbmSample.Read(LightGbmSample.With("threshold=5\ndecision_type=8", $"threshold=5\ndecision_type={decision}"));
        Tree tree = forest.Trees[1];

        Assert.Equal(leafId, tree.Nodes[Reference.FindLeaf<double>(forest, tree, [size, 0])].Id);
    }

    [Fact]
    public void Splits_come_first_and_leaves_follow_in_the_order_of_their_numbers()
    {
        Tree tree = LightGbmSample.Read(LightGbmSample.Text).Trees[0];

        Assert.Equal([NodeTest.TruncatedCodeInSet, NodeTest.LessOrEqual, NodeTest.Leaf, NodeTest.Leaf, NodeTest.Leaf], System.Array.ConvertAll(tree.Nodes, node => node.Test));
        Assert.Equal([0, 1, 2], System.Array.ConvertAll(tree.Nodes[2..], node => node.Id));
        Assert.Equal([new(90, 4), new(50, 2), new(40, 0), new(30, 0), new(20, 0)], tree.Statistics!);
    }

    [Theory]
    [InlineData("leaf_count=40 30 20\n")]
    [InlineData("internal_count=90 50\n")]
    public void A_tree_without_counts_has_no_statistics(string line)
    {
        Forest forest = LightGbmSample.Read(LightGbmSample.With(line, ""));

        Assert.Null(forest.Trees[0].Statistics);
        Assert.NotNull(forest.Trees[1].Statistics);
    }

    [Theory]
    [InlineData("inf", 0)]
    [InlineData("-inf", 1)]
    [InlineData("1.7976931348623157e+308", 0)]
    [InlineData("7.", 0)]
    [InlineData("+7", 0)]
    [InlineData("0.7E+1", 0)]
    public void Thresholds_are_spelled_as_C_spells_numbers(string threshold, int leafId)
    {
        Forest forest = LightGbmSample.Read(LightGbmSample.With("threshold=5\n", $"threshold={threshold}\n"));
        Tree tree = forest.Trees[1];

        Assert.Equal(leafId, tree.Nodes[Reference.FindLeaf<double>(forest, tree, [6, 0])].Id);
    }
}
