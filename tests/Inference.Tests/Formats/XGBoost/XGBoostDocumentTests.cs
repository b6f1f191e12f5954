using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Inference.Formats.XGBoost;
using Inference.Forests;
using Xunit;

namespace Inference.Tests.Formats.XGBoost;

/// <summary>What a document may hold, in both syntaxes.</summary>
public sealed class XGBoostDocumentTests
{
    public static IEnumerable<TheoryDataRow<string>> Objectives => XGBoostObjective.Names.Split(", ").Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Objectives))]
    public void Every_objective_that_messages_name_is_known(string name) =>
        Assert.Equal(name, new ModelText { Objective = name }.Read().Origin.Objective);

    [Theory]
    [InlineData("reg:linear", "reg:squarederror")]
    [InlineData("gpu:reg:linear", "reg:squarederror")]
    [InlineData("gpu:binary:logistic", "binary:logistic")]
    public void Second_names_mean_the_same(string name, string first) =>
        Assert.Equal(new ModelText { Objective = first }.Read().Transform, new ModelText { Objective = name }.Read().Transform);

    [Theory]
    [InlineData(ArrayStyle.Typed)]
    [InlineData(ArrayStyle.Counted)]
    [InlineData(ArrayStyle.Open)]
    public void Every_way_to_write_ubjson_gives_the_same_forest(ArrayStyle style)
    {
        string json = Full.ToString();

        SameForest.Check(ModelText.Read(json), Read(UbjsonText.FromJson(json, style)));
    }

    [Fact]
    public void Unknown_members_are_passed_over_wherever_they_stand()
    {
        const string Unknown = ",\"unknown\":{\"deep\":[[1,{\"a\":null}],\"]}\"],\"b\":true}";
        string json = Full.ToString();
        string grown = json.Replace("\"name\":", "\"unknown\":[{}],\"name\":", StringComparison.Ordinal)
            .Replace("\"1\"}", $"\"1\"{Unknown}}}", StringComparison.Ordinal)
            .Replace("\"num_nodes\"", $"\"x\":0{Unknown},\"num_nodes\"", StringComparison.Ordinal);

        Assert.NotEqual(json, grown);
        SameForest.Check(ModelText.Read(json), ModelText.Read(grown));
        SameForest.Check(ModelText.Read(json), Read(UbjsonText.FromJson(grown, ArrayStyle.Counted)));
    }

    [Fact]
    public void Members_may_come_in_any_order()
    {
        ModelText text = new()
        {
            BoosterMembers = $"\"name\":\"gbtree\",\"model\":{new ModelText().Model},\"again\":1",
        };

        SameForest.Check(new ModelText().Read(), text.Read());
    }

    [Fact]
    public void Listed_categories_go_right_and_all_else_left()
    {
        Forest forest = Full.Read();
        Tree tree = forest.Trees[1];
        ref readonly Node root = ref tree.Nodes[0];

        Assert.Equal(NodeTest.CodeInSet, root.Test);
        Assert.Equal((2, 1), (root.Left, root.Right));
        Assert.True(root.DefaultLeft);
        foreach ((float x, int leaf) in new[] { (0f, 1), (3f, 2), (3.9f, 2), (7f, 2), (8f, 1), (-1f, 1), (-0.5f, 1), (16777216f, 1), (float.NaN, 2), (float.PositiveInfinity, 1) })
        {
            Assert.Equal(leaf, Reference.FindLeaf(forest, tree, (ReadOnlySpan<float>)[0, x]));
        }
    }

    [Fact]
    public void Names_types_and_categories_are_read()
    {
        Forest forest = Full.Read();

        Assert.Equal(["é \"x\"", "colour"], forest.Origin.FeatureNames!);
        Assert.Equal(["q", "c"], forest.Origin.FeatureTypes!);
        Assert.Equal([1], forest.Origin.Vocabularies!.Keys);
        Assert.Equal(["rot", "grün", ""], forest.Origin.Vocabularies[1].Categories);
    }

    [Theory]
    [InlineData(9, "[-128,127]", "-128,127")]
    [InlineData(12, "[-1,5]", "65535,5")]
    [InlineData(14, "[-1,5]", "4294967295,5")]
    [InlineData(15, "[-1,9223372036854775807]", "-1,9223372036854775807")]
    public void Categories_that_are_numbers_are_read(int type, string values, string expected)
    {
        ModelText text = new() { ModelExtra = $$""","cats":{"enc":[{"type":{{type}},"values":{{values}}}],"feature_segments":[0,2],"sorted_idx":[1,0]}""" };
        CategoryVocabulary vocabulary = text.Read().Origin.Vocabularies![0];

        Assert.True(vocabulary.AreNumbers);
        Assert.Equal(expected, string.Join(",", vocabulary.Categories));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("2", null)]
    [InlineData("-1", null)]
    [InlineData("99999999999", null)]
    [InlineData("best", null)]
    public void A_best_iteration_counts_where_the_model_has_it(string attribute, int? expected)
    {
        string json = Full.ToString().Replace("\"attributes\":{}", $"\"attributes\":{{\"a\":\"\",\"best_iteration\":\"{attribute}\"}}", StringComparison.Ordinal);

        Assert.Equal(expected, ModelText.Read(json).Origin.BestIteration);
    }

    [Fact]
    public void Deleted_nodes_are_dropped_but_counted()
    {
        TreeText tree = new()
        {
            Left = "[1,-1,-1,-1,-1]",
            Right = "[2,-1,-1,-1,-1]",
            Indices = "[0,0,0,2147483647,2147483647]",
            Conditions = "[1.5,0.25,-0.5,9,9]",
            DefaultLeft = "[1,0,0,1,1]",
            Types = null,
            Nodes = "5",
        };
        Forest forest = new ModelText { Trees = [tree] }.Read();

        Assert.Equal(5, forest.NodeCount);
        Assert.Equal(3, forest.Trees[0].Nodes.Length);
        Assert.Equal(1, Reference.FindLeaf(forest, forest.Trees[0], (ReadOnlySpan<float>)[1, 0]));
    }

    [Fact]
    public void A_root_that_is_a_leaf_stays_the_root_whatever_stands_behind_it()
    {
        TreeText tree = new()
        {
            Nodes = "4",
            Left = "[-1,2,-1,-1]",
            Right = "[-1,3,-1,-1]",
            Indices = "[0,0,0,0]",
            Conditions = "[2.5E-1,1.5,7,8]",
            DefaultLeft = "[0,1,0,0]",
            Types = "[0,0,0,0]",
        };
        Tree read = new ModelText { Trees = [tree] }.Read().Trees[0];

        Assert.Equal([Node.Leaf(0.25, 0)], read.Nodes);
        Assert.Equal(3, read.StrayNodes);
    }

    [Fact]
    public void A_byte_order_mark_is_no_content() =>
        Assert.Single(Read([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(new ModelText().ToString())]).Trees);

    [Fact]
    public void A_very_deep_tree_is_read()
    {
        TreeText chain = TreeText.Chain(20_000);
        Forest forest = new ModelText { Trees = [chain] }.Read();

        Assert.Equal(40_000, Reference.FindLeaf(forest, forest.Trees[0], (ReadOnlySpan<float>)[1e9f, 0]));
    }

    private static ModelText Full => new()
    {
        Version = "[3,1,0]",
        TreeModelParameters = """{"num_parallel_tree":"1","num_trees":"2"}""",
        Trees =
        [
            new TreeText(),
            new TreeText
            {
                Indices = "[1,0,0]",
                Conditions = "[0,1E0,2E0]",
                DefaultLeft = "[0,0,0]",
                Types = "[1,0,0]",
                Extra = ""","categories":[3,7],"categories_nodes":[0],"categories_segments":[0],"categories_sizes":[2]""",
            },
        ],
        TreeOutputs = "[0,0]",
        ModelExtra = ""","iteration_indptr":[0,1,2],"cats":{"enc":[{"offsets":[],"values":[]},{"offsets":[0,3,8,8],"values":[114,111,116,103,114,-61,-68,110]}],"feature_segments":[0,0,3],"sorted_idx":[1,0,2]}""",
        LearnerExtra = ""","feature_names":["é \"x\"","colour"],"feature_types":["q","c"]""",
    };

    private static Forest Read(byte[] content) => Inference.Formats.ModelFile.Read(content, new Inference.Formats.LoadContext("model", LoadLimits.Default));
}
