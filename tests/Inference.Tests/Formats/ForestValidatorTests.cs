using System;
using Inference.Formats;
using Inference.Forests;
using Inference.Tests.Forests;
using Xunit;

namespace Inference.Tests.Formats;

/// <summary>What every engine relies on is refused when it is broken, with the place.</summary>
public sealed class ForestValidatorTests
{
    private static readonly Node Split = new() { Test = NodeTest.Less, Value = 1, Left = 1, Right = 2 };

    [Fact]
    public void Every_drawn_forest_is_sound()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            Random random = new(seed);
            int features = random.Next(1, 20);
            ForestValidator.Check(Sketch.Draw(random, features), Context(new LoadLimits()));
        }
    }

    [Fact]
    public void A_tree_needs_a_node() => Refused(Trees(new Tree { Nodes = [] }), "tree 0", "no nodes");

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    public void A_child_lies_inside_its_tree(int child) => Refused(Trees(new Tree { Nodes = [new() { Test = NodeTest.Less, Left = 1, Right = child }, default, default] }), "tree 0, node 0", $"child {child}");

    [Theory]
    [InlineData(0, 2)] // the root
    [InlineData(1, 1)] // twins
    public void A_child_has_one_parent(int left, int right) =>
        Refused(Trees(new Tree { Nodes = [new() { Test = NodeTest.Less, Left = left, Right = right }, default, default] }), "tree 0, node 0", "already has a parent");

    [Fact]
    public void No_walk_goes_round()
    {
        Node back = new() { Test = NodeTest.Less, Left = 2, Right = 1, Id = 1 };
        Refused(Trees(new Tree { Nodes = [Split, back, default] }), "tree 0, node 1", "already has a parent");
    }

    [Fact]
    public void Nodes_that_the_root_does_not_reach_are_dropped()
    {
        Node astray = new() { Test = NodeTest.Less, Feature = -5, Left = 99, Right = 99 };
        Forest forest = Trees(new Tree
        {
            Nodes = [Split with { Left = 4, Right = 2 }, astray, Node.Leaf(0.5, 12), astray, Node.Leaf(0.25, 14)],
            Statistics = [new(5, 1), new(9, 9), new(2, 0), new(9, 9), new(3, 0)],
        });
        ForestValidator.Check(forest, Context(new LoadLimits()));

        Tree tree = forest.Trees[0];
        Assert.Equal([Split with { Left = 2, Right = 1 }, Node.Leaf(0.5, 12), Node.Leaf(0.25, 14)], tree.Nodes);
        Assert.Equal([new(5, 1), new(2, 0), new(3, 0)], tree.Statistics!);
        Assert.Equal(5, forest.NodeCount);
    }

    [Fact]
    public void Splits_come_to_stand_first_and_behind_their_parents()
    {
        Forest forest = Trees(new Tree
        {
            Nodes = [Split with { Left = 4, Right = 2 }, Node.Leaf(0.5, 11), Node.Leaf(0.25, 12), Node.Leaf(0.125, 13), Split with { Left = 3, Right = 1, Feature = 1 }],
            Statistics = [new(9, 1), new(1, 0), new(2, 0), new(3, 0), new(4, 2)],
        });
        ForestValidator.Check(forest, Context(new LoadLimits()));

        Tree tree = forest.Trees[0];
        Assert.Equal([Split with { Right = 3 }, Split with { Left = 4, Right = 2, Feature = 1 }, Node.Leaf(0.5, 11), Node.Leaf(0.25, 12), Node.Leaf(0.125, 13)], tree.Nodes);
        Assert.Equal([new(9, 1), new(4, 2), new(1, 0), new(2, 0), new(3, 0)], tree.Statistics!);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void A_feature_is_a_column(int feature) =>
        Refused(Trees(new Tree { Nodes = [new() { Test = NodeTest.Less, Feature = feature, Left = 1, Right = 2 }, default, default] }), "tree 0, node 0", $"feature {feature}");

    [Theory]
    [InlineData((int)NodeTest.Less)]
    [InlineData((int)NodeTest.LessOrEqual)]
    [InlineData((int)NodeTest.Equal)]
    public void A_threshold_is_a_number(int test) =>
        Refused(Trees(new Tree { Nodes = [new() { Test = (NodeTest)test, Value = double.NaN, Left = 1, Right = 2 }, default, default] }), "tree 0, node 0", "not a number");

    [Theory]
    [InlineData((int)NodeTest.CodeInSet, 1)]
    [InlineData((int)NodeTest.TruncatedCodeInSet, -1)]
    [InlineData((int)NodeTest.ValueInSet, 1)]
    public void A_set_is_one_of_the_trees(int test, int set)
    {
        Tree tree = new()
        {
            Nodes = [new() { Test = (NodeTest)test, Index = set, Left = 1, Right = 2 }, default, default],
            CategorySets = [CategorySet.FromCodes([1])],
            ValueSets = [[1]],
        };
        Refused(Trees(tree), "tree 0, node 0", $"set {set}");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_trees_output_is_one_of_the_models(int output) => Refused(Trees(new Tree { Nodes = [default], Output = output }), "tree 0", $"output {output}");

    [Theory]
    [InlineData((int)LeafShape.Vector)]
    [InlineData((int)LeafShape.Targets)]
    [InlineData((int)LeafShape.Linear)]
    public void A_leafs_entry_exists(int shape) =>
        Refused(Trees(new Tree { Nodes = [new() { Index = 1 }], Leaves = (LeafShape)shape, LeafVectors = [1], LeafTargets = [[]], LinearLeaves = [new(0, [], [])] }), "tree 0, leaf 0", "leaf entry 1");

    [Fact]
    public void A_leafs_target_is_one_of_the_outputs() =>
        Refused(Trees(new Tree { Nodes = [default], Leaves = LeafShape.Targets, LeafTargets = [[new(1, 0)]] }), "tree 0, leaf 0", "output 1");

    [Fact]
    public void A_linear_leafs_features_are_columns() =>
        Refused(Trees(new Tree { Nodes = [default], Leaves = LeafShape.Linear, LinearLeaves = [new(0, [2], [1])] }), "tree 0, leaf 0", "feature 2");

    [Fact]
    public void Limits_are_limits()
    {
        Forest forest = Trees(Sketch.Stump(Split));

        Assert.Throws<ModelNotSupportedException>(() => ForestValidator.Check(forest, Context(new LoadLimits { MaxNodes = 2 })));
        Assert.Throws<ModelNotSupportedException>(() => ForestValidator.Check(forest, Context(new LoadLimits { MaxFeatures = 1 })));
        ForestValidator.Check(forest, Context(new LoadLimits { MaxNodes = 3, MaxFeatures = 2 }));
    }

    [Fact]
    public void The_number_of_the_tree_is_named() => Refused(Trees(Sketch.Stump(Split), new Tree { Nodes = [] }), "tree 1", "no nodes");

    private static Forest Trees(params Tree[] trees) => Sketch.Forest(2, trees);

    private static LoadContext Context(LoadLimits limits) => new("sketch", limits);

    private static void Refused(Forest forest, string location, string found)
    {
        ModelFormatException refusal = Assert.Throws<ModelFormatException>(() => ForestValidator.Check(forest, Context(new LoadLimits())));

        Assert.Equal(location, refusal.Location);
        Assert.Contains(found, refusal.Found, StringComparison.Ordinal);
    }
}
