using System;
using System.Collections.Generic;
using System.Text;
using Inference.Forests;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Formats.XGBoost;

/// <summary>Files of releases that left no fixtures, written by hand after those releases' sources.</summary>
public sealed class XGBoostOldFilesTests
{
    /// <summary>What 1.0 writes (src/learner.cc, src/tree/tree_model.cc at v1.0.2): no num_target, no num_parallel_tree, no split_type, flags as words.</summary>
    private static readonly ModelText Json10 = new()
    {
        Version = "[1,0,2]",
        BaseScore = "0.500000",
        Targets = null,
        TreeModelParameters = """{"num_trees":"1","size_leaf_vector":"0"}""",
        Trees = [new TreeText { DefaultLeft = "[true,false,false]", Types = null, Extra = ""","leaf_child_counts":[0,0,0]""" }],
    };

    [Fact]
    public void A_json_file_of_1_0_is_read()
    {
        using Booster booster = Load(Json10.ToString());

        Assert.Equal("1.0.2", booster.Info.Version);
        Assert.False(booster.Info.VersionVerified);
        Assert.Equal(1, booster.Info.IterationCount);
        Bits.Equal([0.75f, 0f, 0f, 0.75f], Margins(booster, [1f, 0, 1.5f, 0, 7f, 0, float.NaN, 0]), "1.0");
    }

    [Fact]
    public void Without_iteration_indptr_an_iteration_is_a_tree_for_each_class()
    {
        ModelText text = Json10 with
        {
            Objective = "multi:softprob",
            Classes = "3",
            TreeModelParameters = """{"num_trees":"6"}""",
            Trees = [TreeText.Leaf("1"), TreeText.Leaf("2"), TreeText.Leaf("3"), TreeText.Leaf("10"), TreeText.Leaf("20"), TreeText.Leaf("30")],
            TreeOutputs = "[0,1,2,0,1,2]",
        };
        using Booster booster = Load(text.ToString());

        Assert.Equal(2, booster.Info.IterationCount);
        Bits.Equal([11.5f, 22.5f, 33.5f], Margins(booster, [0, 0]), "all");
        Bits.Equal([10.5f, 20.5f, 30.5f], Margins(booster, [0, 0], 1..2), "the second");
    }

    [Fact]
    public void Without_iteration_indptr_parallel_trees_are_one_iteration()
    {
        ModelText text = new()
        {
            TreeModelParameters = """{"num_parallel_tree":"2","num_trees":"4"}""",
            Trees = [TreeText.Leaf("1"), TreeText.Leaf("2"), TreeText.Leaf("3"), TreeText.Leaf("4")],
            TreeOutputs = "[0,0,0,0]",
        };

        Assert.Equal([0, 2, 4], text.Read().IterationStarts);
    }

    [Fact]
    public void A_binary_file_of_0_90_is_read()
    {
        // 0.90 writes no magic word and stores base_score as a margin; behind the attributes stands Poisson's parameter.
        byte[] content = new OldBinary()
            .Head(-0.25f, 2, "count:poisson", "gbtree", attributes: true)
            .TreeModel(2)
            .Stump(1.5f, 0.25f, -0.5f)
            .Stump(3f, 1f, 2f)
            .Integers(0, 0)
            .Attributes(new KeyValuePair<string, string>("best_iteration", "0"), new("count_poisson_max_delta_step", "0.7"))
            .Text("0.7")
            .Bytes;
        using Booster booster = Booster.Load(content);

        Assert.Equal(ModelFormat.XGBoostBinary, booster.Info.Format);
        Assert.Equal("before 1.0", booster.Info.Version);
        Assert.Equal("count:poisson", booster.Info.Objective);
        Assert.Equal(0, booster.Info.BestIteration);
        Assert.Equal(20.0, booster.Info.Features[0].Cover);
        Bits.Equal([1f, 0.25f, 1.25f, 1f], Margins(booster, [1f, 0, 2f, 0, 4f, 0, float.NaN, 0]), "0.90");

        using Booster marked = Booster.Load([.. "binf"u8, .. content]);
        Bits.Equal([1f], Margins(marked, [1f, 0]), "with the magic word");
    }

    [Fact]
    public void Binary_dart_and_gblinear_are_read()
    {
        using Booster dart = Booster.Load(new OldBinary()
            .Head(0, 2, "reg:linear", "dart").TreeModel(2).Stump(1.5f, 0.25f, -0.5f).Stump(1.5f, 1f, 2f).Integers(0, 0).Floats(0.5f, 2f).Bytes);
        Bits.Equal([2.125f], Margins(dart, [0, 0]), "dart");

        using Booster linear = Booster.Load(new OldBinary()
            .Head(0.5f, 2, "reg:squarederror", "gblinear", major: 1, minor: 7).LinearModel(2, 1).Floats(2f, 3f, 1f).Bytes);
        Bits.Equal([1.5f + 8f], Margins(linear, [1f, 2f]), "gblinear");
        Assert.Equal("1.7", linear.Info.Version);
        Assert.True(linear.Info.VersionVerified);
    }

    [Fact]
    public void From_1_0_on_binary_base_scores_pass_through_the_link()
    {
        using Booster booster = Booster.Load(new OldBinary().Head(0.5f, 2, "binary:logistic", "gbtree", major: 1).TreeModel(0).Bytes);

        Bits.Equal([-0f], Margins(booster, [0, 0]), "the logit of a half");
    }

    [Fact]
    public void Vector_leaves_of_2_0_stand_in_base_weights()
    {
        ModelText text = new()
        {
            Version = "[2,0,3]",
            Targets = "2",
            TreeModelParameters = """{"num_parallel_tree":"1","num_trees":"1"}""",
            ModelExtra = ""","iteration_indptr":[0,1]""",
            Trees = [new TreeText { LeafVector = "2", Extra = ""","base_weights":[9E0,9E0,1E0,2E0,3E0,4E0]""" }],
        };
        using Booster booster = Load(text.ToString());

        Bits.Equal([1.5f, 2.5f, 3.5f, 4.5f], Margins(booster, [0, 0, 2, 0]), "2.0");
    }

    [Fact]
    public void Dart_of_3_3_is_gbtree_with_weights_in_its_model()
    {
        ModelText text = new() { Version = "[3,3,0]", ModelExtra = ""","iteration_indptr":[0,1],"weight_drop":[4E0]""" };

        Bits.Equal([1.5f], Margins(Load(text.ToString()), [0, 0]), "3.3");
    }

    [Theory]
    [InlineData("[1,2,1]", -0f)]
    [InlineData("[1,3,0]", -0f)]
    [InlineData("[1,3,1]", 0.5f)]
    public void Logitraw_took_its_base_score_for_a_probability_until_1_3_0(string version, float expected)
    {
        Forest forest = new ModelText { Version = version, Objective = "binary:logitraw" }.Read();

        Bits.Equal([expected], [(float)forest.BaseMargin[0]], version);
    }

    [Fact]
    public void Probabilities_are_kept_from_0_and_1_from_3_2_on()
    {
        ModelText text = new() { Objective = "binary:logistic", BaseScore = "1E-7" };
        double before = (text with { Version = "[3,1,0]" }).Read().BaseMargin[0];
        double after = (text with { Version = "[3,2,0]" }).Read().BaseMargin[0];

        Assert.Equal(Math.Log(1e-7), before, 1e-5);
        Assert.Equal(Math.Log(1e-6), after, 1e-5);
    }

    [Theory]
    [InlineData("0", 1)]
    [InlineData("1", -1)]
    public void Probabilities_of_0_and_1_are_refused_until_3_2(string score, int sign)
    {
        ModelText text = new() { Objective = "binary:logistic", BaseScore = score };
        Assert.EndsWith("a probability above 0 and below 1", Assert.Throws<ModelFormatException>(() => (text with { Version = "[1,7,4]" }).Read()).Message, StringComparison.Ordinal);
        Assert.Throws<ModelFormatException>(() => (text with { Version = "[3,1,0]" }).Read());
        Assert.Equal(Math.Log(1e-6), sign * (text with { Version = "[3,2,0]" }).Read().BaseMargin[0], 0.1);
    }

    [Theory]
    [InlineData("5E-1", new[] { 0.5, 0.5, 0.5 })]
    [InlineData("[1E0,2E0,-3E0]", new[] { 1.0, 2.0, -3.0 })]
    [InlineData("[ 1, 2 , 3 ]", new[] { 1.0, 2.0, 3.0 })]
    [InlineData("(1,2,3)", new[] { 1.0, 2.0, 3.0 })]
    [InlineData("[2E0]", new[] { 2.0, 2.0, 2.0 })]
    public void A_base_score_is_one_for_all_or_one_for_each(string score, double[] expected)
    {
        Forest forest = new ModelText { Version = "[3,1,0]", Objective = "multi:softprob", Classes = "3", BaseScore = score }.Read();

        Assert.Equal(expected, forest.BaseMargin);
    }

    [Theory]
    [InlineData("[3,3,0]", false)]
    [InlineData("[3,4,0]", true)]
    [InlineData("[4,0,0]", true)]
    public void Quantiles_are_sorted_from_3_4_on(string version, bool sorted)
    {
        Forest forest = new ModelText { Version = version, Objective = "reg:quantileerror", Targets = "2" }.Read();

        Assert.Equal(sorted ? TransformKind.Ascending : TransformKind.Identity, forest.Transform.Kind);
    }

    private static Booster Load(string json) => Booster.Load(Encoding.UTF8.GetBytes(json));

    private static float[] Margins(Booster booster, float[] rows, IterationRange iterations = default)
    {
        float[] margins = new float[rows.Length / booster.Info.Features.Count * booster.Info.OutputCount];
        booster.PredictMargin(rows, margins, new PredictOptions { Iterations = iterations });
        return margins;
    }
}
