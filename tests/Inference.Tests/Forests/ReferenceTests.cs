using System;
using Inference.Forests;
using Xunit;

namespace Inference.Tests.Forests;

/// <summary>What a row's value is, and where a split sends it.</summary>
public sealed class ReferenceTests
{
    private const double JustTiny = 1e-35f;

    private static readonly CategorySet Codes = CategorySet.FromCodes([0, 3, 40, 16_777_215]);

    private static readonly double[] Values = [0, 1.5, double.PositiveInfinity];

    /// <summary>Where a value goes that the missing rule leaves to the test.</summary>
    [Theory]
    [InlineData((int)NodeTest.Less, 1.5, false)]
    [InlineData((int)NodeTest.Less, 1.4999999999999998, true)]
    [InlineData((int)NodeTest.Less, double.NegativeInfinity, true)]
    [InlineData((int)NodeTest.Less, double.PositiveInfinity, false)]
    [InlineData((int)NodeTest.LessOrEqual, 1.5, true)]
    [InlineData((int)NodeTest.LessOrEqual, 1.5000000000000002, false)]
    [InlineData((int)NodeTest.LessOrEqual, double.NegativeInfinity, true)]
    [InlineData((int)NodeTest.LessOrEqual, double.PositiveInfinity, false)]
    [InlineData((int)NodeTest.Equal, 1.5, true)]
    [InlineData((int)NodeTest.Equal, 1.4999999999999998, false)]
    [InlineData((int)NodeTest.Equal, double.PositiveInfinity, false)]
    [InlineData((int)NodeTest.CodeInSet, 3.0, true)]
    [InlineData((int)NodeTest.CodeInSet, 3.99, true)]
    [InlineData((int)NodeTest.CodeInSet, 2.0, false)]
    [InlineData((int)NodeTest.CodeInSet, 0.5, true)]
    [InlineData((int)NodeTest.CodeInSet, -0.5, false)]
    [InlineData((int)NodeTest.CodeInSet, -1.0, false)]
    [InlineData((int)NodeTest.CodeInSet, 41.0, false)]
    [InlineData((int)NodeTest.CodeInSet, 16_777_215.0, true)]
    [InlineData((int)NodeTest.CodeInSet, 16_777_216.0, false)]
    [InlineData((int)NodeTest.CodeInSet, double.PositiveInfinity, false)]
    [InlineData((int)NodeTest.CodeInSet, double.NegativeInfinity, false)]
    [InlineData((int)NodeTest.TruncatedCodeInSet, 3.99, true)]
    [InlineData((int)NodeTest.TruncatedCodeInSet, -0.5, true)]
    [InlineData((int)NodeTest.TruncatedCodeInSet, -1.0, false)]
    [InlineData((int)NodeTest.TruncatedCodeInSet, 2147483647.0, false)]
    [InlineData((int)NodeTest.TruncatedCodeInSet, 2147483646.5, false)]
    [InlineData((int)NodeTest.TruncatedCodeInSet, 1e300, false)]
    [InlineData((int)NodeTest.TruncatedCodeInSet, double.PositiveInfinity, false)]
    [InlineData((int)NodeTest.TruncatedCodeInSet, double.NegativeInfinity, false)]
    [InlineData((int)NodeTest.ValueInSet, 1.5, true)]
    [InlineData((int)NodeTest.ValueInSet, 1.4999999999999998, false)]
    [InlineData((int)NodeTest.ValueInSet, double.PositiveInfinity, true)]
    [InlineData((int)NodeTest.ValueInSet, double.NegativeInfinity, false)]
    public void A_test_holds_for_what_it_names(int test, double value, bool left)
    {
        foreach (MissingRule missing in Enum.GetValues<MissingRule>())
        {
            Assert.Equal(left, GoesLeft((NodeTest)test, missing, false, value));
            Assert.Equal(left, GoesLeft((NodeTest)test, missing, true, value));
        }
    }

    [Fact]
    public void NaN_goes_to_the_default_child()
    {
        foreach (NodeTest test in Splits())
        {
            foreach (MissingRule missing in new[] { MissingRule.NaNGoesDefault, MissingRule.ZeroGoesDefault })
            {
                Assert.True(GoesLeft(test, missing, true, double.NaN), $"{test} {missing}");
                Assert.False(GoesLeft(test, missing, false, double.NaN), $"{test} {missing}");
            }
        }
    }

    [Fact]
    public void NaN_is_zero_where_nothing_is_missing()
    {
        foreach (NodeTest test in Splits())
        {
            bool ofZero = GoesLeft(test, MissingRule.NaNIsZero, false, 0);
            Assert.Equal(ofZero, GoesLeft(test, MissingRule.NaNIsZero, false, double.NaN));
            Assert.Equal(ofZero, GoesLeft(test, MissingRule.NaNIsZero, true, double.NaN));
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(double.Epsilon)]
    [InlineData(1e-35)]
    [InlineData(JustTiny)]
    [InlineData(-JustTiny)]
    public void Zero_goes_to_the_default_child_where_zero_is_missing(double zero)
    {
        foreach (NodeTest test in Splits())
        {
            Assert.True(GoesLeft(test, MissingRule.ZeroGoesDefault, true, zero), $"{test}");
            Assert.False(GoesLeft(test, MissingRule.ZeroGoesDefault, false, zero), $"{test}");
        }
    }

    [Fact]
    public void Just_above_tiny_is_not_zero()
    {
        foreach (double value in new[] { Math.BitIncrement(JustTiny), -Math.BitIncrement(JustTiny) })
        {
            Assert.True(GoesLeft(NodeTest.Less, MissingRule.ZeroGoesDefault, false, value));
            Assert.False(GoesLeft(NodeTest.Equal, MissingRule.ZeroGoesDefault, true, value));
        }
    }

    [Fact]
    public void Zeros_of_both_signs_are_one_value()
    {
        foreach (NodeTest test in Splits())
        {
            Assert.Equal(GoesLeft(test, MissingRule.NaNGoesDefault, false, 0.0), GoesLeft(test, MissingRule.NaNGoesDefault, false, -0.0));
        }
    }

    [Fact]
    public void A_leaf_tests_nothing() =>
        Assert.Throws<InvalidOperationException>(() => Reference.GoesLeft(Sketch.Stump(default), Node.Leaf(1, 0), 0));

    [Fact]
    public void Models_of_float32_round_rows_first()
    {
        Forest forest = Sketch.Forest(1, [], precision: ScorePrecision.Single);

        Assert.Equal(0.1f, Reference.Read<double>(forest, [0.1], 0));
        Assert.Equal(double.PositiveInfinity, Reference.Read<double>(forest, [1e39], 0));
        Assert.Equal(0.1, Reference.Read<double>(Sketch.Forest(1, []), [0.1], 0));
        Assert.Equal(0.1f, Reference.Read<float>(Sketch.Forest(1, []), [0.1f], 0));
    }

    [Fact]
    public void A_column_that_a_row_lacks_is_missing() =>
        Assert.Equal(double.NaN, Reference.Read<double>(Sketch.Forest(3, []), [1, 2], 2));

    [Fact]
    public void Tiny_values_are_zero_where_the_model_says_so()
    {
        Forest forest = new() { Origin = Sketch.Origin, Precision = ScorePrecision.Double, ContributionRule = ContributionRule.TreeShapByTree, FeatureCount = 1, OutputCount = 1, BaseMargin = [0], TinyIsZero = true };

        Assert.Equal(0, Reference.Read<double>(forest, [JustTiny], 0));
        Assert.Equal(0, Reference.Read<double>(forest, [-JustTiny], 0));
        Assert.Equal(Math.BitIncrement(JustTiny), Reference.Read<double>(forest, [Math.BitIncrement(JustTiny)], 0));
        Assert.Equal(double.NaN, Reference.Read<double>(forest, [double.NaN], 0));
    }

    [Fact]
    public void A_linear_leaf_adds_terms_to_its_constant_and_gives_way_to_its_value_for_NaN()
    {
        Forest forest = Sketch.Forest(3, []);
        LinearLeaf linear = new(0.5, [2, 0], [2, -1]);
        Node leaf = Node.Leaf(9, 0);

        Assert.Equal(0.5 + 8 - 1, Reference.LinearLeafValue<double>(forest, leaf, linear, [1, double.NaN, 4]));
        Assert.Equal(9, Reference.LinearLeafValue<double>(forest, leaf, linear, [double.NaN, 1, 4]));
        Assert.Equal(9, Reference.LinearLeafValue<double>(forest, leaf, linear, [1, 1]));
        Assert.Equal(double.PositiveInfinity, Reference.LinearLeafValue<double>(forest, leaf, linear, [1, 1, double.PositiveInfinity]));
    }

    [Fact]
    public void A_walk_ends_in_a_leaf()
    {
        Tree tree = Sketch.Stump(new Node { Test = NodeTest.Less, Value = 1 });

        Assert.Equal(1, Reference.FindLeaf<double>(Sketch.Forest(1, [tree]), tree, [0]));
        Assert.Equal(2, Reference.FindLeaf<double>(Sketch.Forest(1, [tree]), tree, [1]));
    }

    private static bool GoesLeft(NodeTest test, MissingRule missing, bool defaultLeft, double value)
    {
        Node split = new() { Test = test, Missing = missing, DefaultLeft = defaultLeft, Value = 1.5, Left = 1, Right = 2 };
        return Reference.GoesLeft(Sketch.Stump(split, Codes, Values), split, value);
    }

    private static NodeTest[] Splits() => [NodeTest.Less, NodeTest.LessOrEqual, NodeTest.Equal, NodeTest.CodeInSet, NodeTest.TruncatedCodeInSet, NodeTest.ValueInSet];
}
