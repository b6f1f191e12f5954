using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Inference.Formats;
using Xunit;

namespace Inference.Tests.Formats.XGBoost;

/// <summary>Broken files are refused by name, in JSON and in UBJSON.</summary>
public sealed class XGBoostInvalidInputTests
{
    private const string Categories = ",\"categories\":[3,7],\"categories_nodes\":[0],\"categories_segments\":[0],\"categories_sizes\":[2]";

    private static readonly TreeText Categorical = new() { Types = "[1,0,0]", Extra = Categories };

    private static readonly TreeText Vector = new() { LeafVector = "2", Right = "[2,0,1]", Extra = ",\"leaf_weights\":[1E0,2E0,3E0,4E0]" };

    /// <summary>What is broken, by a name, with a part of the message that must name it.</summary>
    private static readonly Dictionary<string, (ModelText Text, string Message)> Broken = new()
    {
        ["no version"] = (new() { Version = null }, "version"),
        ["empty version"] = (new() { Version = "[]" }, "version"),
        ["negative version"] = (new() { Version = "[1,-7,4]" }, "version"),
        ["no base score"] = (new() { BaseScore = null }, "base_score"),
        ["base score a word"] = (new() { BaseScore = "half" }, "\"half\""),
        ["base score cut off"] = (new() { BaseScore = "[5E-1" }, "[5E-1"),
        ["base score trailing"] = (new() { BaseScore = "0.5;" }, "0.5;"),
        ["base score NaN"] = (new() { BaseScore = "NaN" }, "base_score"),
        ["base score infinite"] = (new() { BaseScore = "Infinity" }, "base_score"),
        ["base score no probability"] = (new() { Objective = "binary:logistic", BaseScore = "1.5" }, "a probability above 0 and below 1"),
        ["base score without logarithm"] = (new() { Objective = "count:poisson", BaseScore = "0" }, "above 0"),
        ["base scores too many"] = (new() { BaseScore = "[1,2]" }, "2 values"),
        ["no feature count"] = (new() { Features = null }, "num_feature"),
        ["feature count negative"] = (new() { Features = "-2" }, "\"-2\""),
        ["feature count a word"] = (new() { Features = "two" }, "\"two\""),
        ["feature count beyond 64 bits"] = (new() { Features = "99999999999999999999" }, "99999999999999999999"),
        ["class count unproven"] = (new() { Objective = "multi:softprob", Classes = "1000000000" }, "1000000000 outputs"),
        ["target count unproven"] = (new() { Targets = "4000000000" }, "4000000000 outputs"),
        ["target count zero"] = (new() { Targets = "0" }, "num_target"),
        ["tree count too large"] = (new() { TreeModelParameters = "{\"num_trees\":\"2000000000\"}" }, "2000000000"),
        ["tree count too small"] = (new() { TreeModelParameters = "{\"num_trees\":\"0\"}" }, "num_trees"),
        ["parallel trees too many"] = (new() { TreeModelParameters = "{\"num_parallel_tree\":\"2000000000\",\"num_trees\":\"1\"}" }, "2000000000"),
        ["parallel trees zero"] = (new() { TreeModelParameters = "{\"num_parallel_tree\":\"0\",\"num_trees\":\"1\"}" }, "num_parallel_tree"),
        ["trees no multiple"] = (TwoTrees() with { TreeOutputs = "[0,1,1]", Trees = [new(), new(), new()], Classes = "2", TreeModelParameters = "{\"num_trees\":\"3\"}" }, "multiple"),
        ["no tree_info"] = (new() { TreeOutputs = null }, "tree_info"),
        ["tree_info too short"] = (new() { TreeOutputs = "[]" }, "tree_info"),
        ["tree_info beyond outputs"] = (new() { TreeOutputs = "[1]", TreeModelParameters = "{}", ModelExtra = ",\"iteration_indptr\":[0,1]" }, "output 1"),
        ["tree_info negative"] = (new() { TreeOutputs = "[-1]" }, "output -1"),
        ["tree_info of texts"] = (new() { TreeOutputs = "[\"0\"]" }, "whole number"),
        ["iterations empty"] = (new() { ModelExtra = ",\"iteration_indptr\":[]" }, "iteration_indptr"),
        ["iterations not from 0"] = (new() { ModelExtra = ",\"iteration_indptr\":[1]" }, "iteration_indptr"),
        ["iterations short"] = (new() { ModelExtra = ",\"iteration_indptr\":[0]" }, "iteration_indptr"),
        ["iterations descending"] = (TwoTrees() with { ModelExtra = ",\"iteration_indptr\":[0,2,1,2]" }, "iteration_indptr[2]"),
        ["iterations negative"] = (TwoTrees() with { ModelExtra = ",\"iteration_indptr\":[0,-1,2]" }, "iteration_indptr[1]"),
        ["weights too few"] = (TwoTrees() with { ModelExtra = ",\"weight_drop\":[1E0]" }, "weight_drop"),
        ["tree out of place"] = (new() { Trees = [new() { Extra = ",\"id\":7" }] }, "id 7"),
        ["no trees"] = (new() { BoosterMembers = "\"x\":1" }, "without trees"),
        ["empty tree"] = (new() { Trees = [new() { Left = "[]", Right = "[]", Indices = "[]", Conditions = "[]", DefaultLeft = "[]", Types = null, Nodes = "0", Extra = ",\"loss_changes\":[],\"sum_hessian\":[]" }] }, "no nodes"),
        ["node count wrong"] = (Tree(new() { Nodes = "4" }), "num_nodes"),
        ["node count huge"] = (Tree(new() { Nodes = "4000000000" }), "num_nodes"),
        ["right children short"] = (Tree(new() { Right = "[2,-1]" }), "right_children"),
        ["conditions short"] = (Tree(new() { Conditions = "[1.5,2.5]" }), "split_conditions"),
        ["indices long"] = (Tree(new() { Indices = "[0,0,0,0]" }), "split_indices"),
        ["defaults short"] = (Tree(new() { DefaultLeft = "[1]" }), "default_left"),
        ["types short"] = (Tree(new() { Types = "[0]" }), "split_type"),
        ["statistics short"] = (Tree(new() { Extra = ",\"sum_hessian\":[1E0]" }), "sum_hessian"),
        ["left children no array"] = (Tree(new() { Left = "{\"a\":1}" }), "an array"),
        ["left children of halves"] = (Tree(new() { Left = "[1.5,-1,-1]" }), "whole number"),
        ["left child beyond"] = (Tree(new() { Left = "[3,-1,-1]" }), "child 3"),
        ["left child negative"] = (Tree(new() { Left = "[-2,-1,-1]" }), "child -2"),
        ["left child beyond 32 bits"] = (Tree(new() { Left = "[4294967297,-1,-1]" }), "4294967297"),
        ["right child missing"] = (Tree(new() { Right = "[-1,-1,-1]" }), "child -1"),
        ["child shared"] = (Tree(new() { Right = "[1,-1,-1]" }), "child 1"),
        ["child is the root"] = (Tree(new() { Right = "[0,-1,-1]" }), "child 0"),
        ["children in a circle"] = (Tree(new() { Left = "[1,2,1]", Right = "[2,0,1]" }), "child"),
        ["feature beyond"] = (Tree(new() { Indices = "[2,0,0]" }), "feature 2"),
        ["feature negative"] = (Tree(new() { Indices = "[-1,0,0]" }), "feature -1"),
        ["default no flag"] = (Tree(new() { DefaultLeft = "[256,0,0]" }), "256"),
        ["category list missing"] = (Tree(new() { Types = "[1,0,0]" }), "categories_nodes"),
        ["category negative"] = (Tree(Categorical with { Extra = Categories.Replace("[3,7]", "[3,-7]", StringComparison.Ordinal) }), "category -7"),
        ["category too large"] = (Tree(Categorical with { Extra = Categories.Replace("[3,7]", "[3,16777216]", StringComparison.Ordinal) }), "category 16777216"),
        ["category segment beyond"] = (Tree(Categorical with { Extra = Categories.Replace("sizes\":[2]", "sizes\":[3]", StringComparison.Ordinal) }), "categories of node 0"),
        ["category segment negative"] = (Tree(Categorical with { Extra = Categories.Replace("segments\":[0]", "segments\":[-1]", StringComparison.Ordinal) }), "categories of node 0"),
        ["category segment empty"] = (Tree(Categorical with { Extra = Categories.Replace("sizes\":[2]", "sizes\":[0]", StringComparison.Ordinal) }), "categories of node 0"),
        ["category segment overflow"] = (Tree(Categorical with { Extra = Categories.Replace("segments\":[0]", "segments\":[2147483647]", StringComparison.Ordinal) }), "categories of node 0"),
        ["category segments overlap"] = (Tree(Categorical with { Extra = ",\"categories\":[3,7],\"categories_nodes\":[0,1],\"categories_segments\":[0,0],\"categories_sizes\":[2,2]" }), "categories of node 1"),
        ["category sizes short"] = (Tree(Categorical with { Extra = Categories.Replace("sizes\":[2]", "sizes\":[]", StringComparison.Ordinal) }), "categories_sizes"),
        ["category node beyond"] = (Tree(Categorical with { Extra = Categories.Replace("nodes\":[0]", "nodes\":[3]", StringComparison.Ordinal) }), "categories_nodes[0]"),
        ["category nodes not ascending"] = (Tree(Categorical with { Extra = ",\"categories\":[3,7],\"categories_nodes\":[0,0],\"categories_segments\":[0,1],\"categories_sizes\":[1,1]" }), "categories_nodes[1]"),
        ["vector of another width"] = (Tree(Vector) with { Targets = "3" }, "size_leaf_vector"),
        ["vector row beyond"] = (Tree(Vector with { Right = "[2,0,2]" }) with { Targets = "2" }, "leaf entry 2"),
        ["vector row negative"] = (Tree(Vector with { Right = "[2,0,-1]" }) with { Targets = "2" }, "leaf entry -1"),
        ["vector without values"] = (Tree(Vector with { Extra = "" }) with { Targets = "2" }, "base_weights"),
        ["names too few"] = (new() { LearnerExtra = ",\"feature_names\":[\"a\"]" }, "feature_names"),
        ["types of features too many"] = (new() { LearnerExtra = ",\"feature_types\":[\"q\",\"q\",\"q\"]" }, "feature_types"),
        ["names no texts"] = (new() { LearnerExtra = ",\"feature_names\":[1,2]" }, "text"),
        ["linear weights too few"] = (new() { Booster = "gblinear", BoosterMembers = "\"model\":{\"weights\":[1E0,2E0]}" }, "weights"),
        ["linear weights missing"] = (new() { Booster = "gblinear", BoosterMembers = "\"model\":{}" }, "weights"),
        ["linear features unproven"] = (new() { Booster = "gblinear", Features = "16000000", BoosterMembers = "\"model\":{\"weights\":[1E0]}" }, "weights"),
        ["vocabularies too many"] = (new() { ModelExtra = ",\"cats\":{\"enc\":[{\"offsets\":[],\"values\":[]},{\"offsets\":[],\"values\":[]},{\"offsets\":[],\"values\":[]}]}" }, "cats"),
        ["vocabulary without values"] = (new() { ModelExtra = ",\"cats\":{\"enc\":[{\"offsets\":[0]}]}" }, "values"),
        ["vocabulary offset beyond"] = (new() { ModelExtra = ",\"cats\":{\"enc\":[{\"offsets\":[0,3],\"values\":[65,66]}]}" }, "offsets"),
        ["vocabulary offsets descending"] = (new() { ModelExtra = ",\"cats\":{\"enc\":[{\"offsets\":[0,2,1],\"values\":[65,66]}]}" }, "offsets"),
        ["vocabulary text no byte"] = (new() { ModelExtra = ",\"cats\":{\"enc\":[{\"offsets\":[0,1],\"values\":[256]}]}" }, "256"),
    };

    private static readonly Dictionary<string, (ModelText Text, string Message)> Unsupported = new()
    {
        ["objective"] = (new() { Objective = "reg:mine" }, "reg:mine"),
        ["booster"] = (new() { Booster = "gbforest" }, "gbforest"),
        ["classes and targets"] = (new() { Classes = "2", Targets = "2" }, "2 classes and 2 targets"),
        ["features beyond the limit"] = (new() { Features = "16777217" }, "MaxFeatures"),
        ["kind of split"] = (Tree(new() { Types = "[2,0,0]" }), "split_type 2"),
        ["kind of category"] = (new() { ModelExtra = ",\"cats\":{\"enc\":[{\"type\":8,\"values\":[]}]}" }, "type 8"),
    };

    public static IEnumerable<TheoryDataRow<string>> BrokenNames => Broken.Keys.Select(name => new TheoryDataRow<string>(name));

    public static IEnumerable<TheoryDataRow<string>> UnsupportedNames => Unsupported.Keys.Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(BrokenNames))]
    public void A_broken_document_is_refused(string name)
    {
        (ModelText text, string message) = Broken[name];
        Assert.All(Spellings(text), content => Assert.Contains(message, Assert.Throws<ModelFormatException>(() => Read(content)).Message, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(UnsupportedNames))]
    public void What_is_not_supported_is_named(string name)
    {
        (ModelText text, string message) = Unsupported[name];
        Assert.All(Spellings(text), content => Assert.Contains(message, Assert.Throws<ModelNotSupportedException>(() => Read(content)).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_objective_lists_the_known_ones()
    {
        ModelNotSupportedException exception = Assert.Throws<ModelNotSupportedException>(() => new ModelText { Objective = "reg:mine" }.Read());

        Assert.Equal("objective \"reg:mine\"", exception.Found);
        Assert.Contains("binary:logistic", exception.Allowed, StringComparison.Ordinal);
        Assert.Contains("survival:aft", exception.Allowed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_stays_short_and_on_one_line_whatever_the_file_says()
    {
        string name = "line\\nline" + new string('x', 100_000);
        string message = Assert.Throws<ModelNotSupportedException>(() => new ModelText { Objective = name }.Read()).Message;

        Assert.Contains("line?line", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.True(message.Length < 1000);
    }

    [Fact]
    public void Nesting_of_10_000_is_refused_wherever_it_stands()
    {
        // Open brackets look the same in both syntaxes, so they can be put in where a text stands.
        const string Place = "\"DEEP\"";
        string deep = new string('[', 10_000) + new string(']', 10_000);
        ModelText[] texts =
        [
            new() { LearnerExtra = $",\"unknown\":{Place}" },
            new() { ModelExtra = $",\"unknown\":{Place}" },
            new() { TreeOutputs = Place },
            new() { Version = Place },
            new() { Trees = [new TreeText { Extra = $",\"base_weights\":{Place}" }] },
            new() { LearnerExtra = $",\"feature_names\":{Place}" },
            new() { LearnerExtra = $",\"objective\":{Place}" },
        ];
        foreach (string json in texts.Select(text => text.ToString()))
        {
            string binary = Encoding.Latin1.GetString(UbjsonText.FromJson(json, ArrayStyle.Open)).Replace("Si\u0004DEEP", deep, StringComparison.Ordinal);
            Assert.Contains("[[[", binary, StringComparison.Ordinal);
            Assert.Throws<ModelFormatException>(() => ModelText.Read(json.Replace(Place, deep, StringComparison.Ordinal)));
            Assert.Throws<ModelFormatException>(() => Read(Encoding.Latin1.GetBytes(binary)));
        }

        Assert.Throws<ModelFormatException>(() => Read(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"learner\":", 10_000)))));
    }

    [Theory]
    [InlineData("{}", "learner")]
    [InlineData("{\"a\":1}", "learner")]
    [InlineData("{\"learner\":{}}", "version")]
    [InlineData("{\"learner\":[]}", "an object")]
    [InlineData("{\"name\":\"tree\",\"version\":\"v4\",\"num_class\":1,\"tree_info\":[]}", "LightGBM")]
    [InlineData("{\"features_info\":{},\"oblivious_trees\":[]}", "CatBoost")]
    [InlineData("{\"Model\":{},\"Config\":{}}", "serialized")]
    [InlineData("[{\"nodeid\":0}]", "dump_model")]
    [InlineData("{\"learner\":{\"learner_train_param\":{},\"objective\":{\"name\":\"reg:linear\"}},\"version\":[1,7,4]}", "save_config")]
    public void Documents_of_other_kinds_are_named(string json, string message) =>
        Assert.Contains(message, Assert.Throws<ModelFormatException>(() => ModelText.Read(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Content_behind_the_document_is_refused()
    {
        string json = new ModelText().ToString();

        Assert.Throws<ModelFormatException>(() => ModelText.Read(json + "}"));
        Assert.Throws<ModelFormatException>(() => Read([.. UbjsonText.FromJson(json, ArrayStyle.Typed), (byte)'}']));
        Assert.Single(ModelText.Read(json + "\n \n").Trees);
    }

    [Fact]
    public void A_binary_file_with_impossible_counts_is_refused()
    {
        OldBinary Head(string booster = "gbtree") => new OldBinary().Head(0, 2, "reg:squarederror", booster, major: 1);
        byte[][] broken =
        [
            Head().Bytes,
            Head().TreeModel(int.MaxValue).Bytes,
            Head().TreeModel(-1).Bytes,
            Head().TreeModel(1).Bytes,
            Head().TreeModel(1).TreeHead(int.MaxValue).Bytes,
            Head().TreeModel(1).TreeHead(-5).Bytes,
            Head().TreeModel(1).TreeHead(0).Integers(0, 0, 0, 0, 0, 0, 0, 0, 0, 0).Bytes,
            Head().TreeModel(1).Stump(1, 2, 3).Bytes,
            Head().TreeModel(1, roots: 0).Stump(1, 2, 3).Integers(0).Bytes,
            Head().TreeModel(1).Stump(1, 2, 3).Integers(1).Bytes,
            Head("dart").TreeModel(1).Stump(1, 2, 3).Integers(0).Integers(int.MaxValue, int.MaxValue).Bytes,
            Head("gblinear").LinearModel(2, 1).Integers(-1, -1).Bytes,
            Head("gblinear").LinearModel(2, 1).Floats(1, 2).Bytes,
            "binf"u8.ToArray(),
            [.. "binf"u8, .. new byte[400]],
            new OldBinary().Head(0, 2, "two words", "gbtree").TreeModel(0).Bytes is var bytes ? [.. "binf"u8, .. bytes] : [],
        ];
        Assert.All(broken, content => Assert.Throws<ModelFormatException>(() => Read(content)));
        Assert.Throws<ModelNotSupportedException>(() => Read(Head().TreeModel(1).TreeHead(1, roots: 2).Integers(new int[20]).Bytes));
        Assert.Throws<ModelNotSupportedException>(() => Read([.. "binf"u8, .. new OldBinary().Head(0, 2, "reg:linear", "other").Bytes]));
    }

    private static IEnumerable<byte[]> Spellings(ModelText text)
    {
        string json = text.ToString();
        yield return Encoding.UTF8.GetBytes(json);
        yield return UbjsonText.FromJson(json, ArrayStyle.Typed);
        yield return UbjsonText.FromJson(json, ArrayStyle.Open);
    }

    private static ModelText Tree(TreeText tree) => new() { Version = "[3,4,1]", Trees = [tree] };

    private static ModelText TwoTrees() => new() { Trees = [new(), new()], TreeOutputs = "[0,0]", TreeModelParameters = "{\"num_trees\":\"2\"}" };

    private static void Read(byte[] content) => ModelFile.Read(content, new LoadContext("model", LoadLimits.Default));
}
