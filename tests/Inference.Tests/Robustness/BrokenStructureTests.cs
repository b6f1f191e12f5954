using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Inference.Tests.Properties.Drafts;
using Inference.Tests.Properties.LightGbm;
using Inference.Tests.Properties.Onnx;
using Inference.Tests.Properties.XGBoost;
using Xunit;

namespace Inference.Tests.Robustness;

/// <summary>Files whose every byte can be read but whose trees are none: each is refused as broken, by its place.</summary>
public sealed class BrokenStructureTests
{
    /// <summary>
    /// One tree: 0 splits into 1 and 2, 1 into 3 and 4, 2 into 5 and 6 (XGBoost's numbers). Node 1 tests a set of
    /// categories where the format has such.
    /// </summary>
    private static DraftNode Tree(DraftTest test, int values = 1, bool categories = true) => new()
    {
        Test = test,
        Feature = 0,
        Threshold = 0.5,
        Cover = 4,
        First = new()
        {
            Test = categories ? DraftTest.Codes : test,
            Feature = 1,
            Codes = [1, 3],
            Cover = 2,
            First = Leaf(1, values),
            Second = Leaf(2, values),
        },
        Second = new() { Test = test, Feature = 0, Threshold = 1.5, Cover = 2, First = Leaf(3, values), Second = Leaf(4, values) },
    };

    private static readonly Dictionary<string, Action<DocObject>> BrokenXGBoostTrees = new()
    {
        ["a child that is its own parent"] = tree => Set(tree, "left_children", 1, 1),
        ["a child that is the root"] = tree => Set(tree, "left_children", 1, 0),
        ["a cycle of two splits"] = tree => (Ints(tree, "left_children")[1], Ints(tree, "right_children")[1]) = (1, 2),
        ["a child of two parents"] = tree => (Ints(tree, "left_children")[2], Ints(tree, "right_children")[2]) = (3, 4),
        ["both children the same"] = tree => Set(tree, "right_children", 1, 3),
        ["a child after the last node"] = tree => Set(tree, "left_children", 1, 7),
        ["a child far away"] = tree => Set(tree, "left_children", 1, int.MaxValue),
        ["a negative right child"] = tree => Set(tree, "right_children", 1, -5),
        ["a feature after the last"] = tree => Set(tree, "split_indices", 0, 2),
        ["a negative feature"] = tree => Set(tree, "split_indices", 0, -1),
        ["a category after the largest"] = tree => Set(tree, "categories", 1, 16777216),
        ["a category far away"] = tree => Set(tree, "categories", 1, int.MaxValue),
        ["a negative category"] = tree => Set(tree, "categories", 0, -1),
        ["a set of a node after the last"] = tree => Set(tree, "categories_nodes", 0, 7),
        ["a set of a negative node"] = tree => Set(tree, "categories_nodes", 0, -1),
        ["a set that starts after the categories"] = tree => ((long[])tree["categories_segments"])[0] = 3,
        ["a set that starts before the categories"] = tree => ((long[])tree["categories_segments"])[0] = -1,
        ["a set that ends after the categories"] = tree => ((long[])tree["categories_sizes"])[0] = 3,
        ["a set of a negative size"] = tree => ((long[])tree["categories_sizes"])[0] = -1,
        ["a set of an overflowing size"] = tree => ((long[])tree["categories_sizes"])[0] = long.MaxValue,
        ["a categorical split without a set"] = tree => tree["categories_nodes"] = Array.Empty<int>(),
        ["fewer thresholds than nodes"] = tree => tree["split_conditions"] = ((float[])tree["split_conditions"])[..6],
        ["fewer default directions than nodes"] = tree => tree["default_left"] = ((byte[])tree["default_left"])[..6],
        ["no nodes"] = tree =>
        {
            foreach (string key in new[] { "left_children", "right_children", "parents", "split_indices" })
            {
                tree[key] = Array.Empty<int>();
            }
        },
    };

    private static readonly Dictionary<string, (string Line, string Replacement)> BrokenLightGbmTrees = new()
    {
        ["a child that is its own parent"] = ("left_child=1 -1 -3", "left_child=1 1 -3"),
        ["a child that is the root"] = ("left_child=1 -1 -3", "left_child=1 0 -3"),
        ["a leaf of two parents"] = ("left_child=1 -1 -3", "left_child=1 -1 -1"),
        ["a split of two parents"] = ("left_child=1 -1 -3", "left_child=1 2 -3"),
        ["both children the same"] = ("right_child=2 -2 -4", "right_child=1 -2 -4"),
        ["a split after the last"] = ("left_child=1 -1 -3", "left_child=1 3 -3"),
        ["a leaf after the last"] = ("left_child=1 -1 -3", "left_child=1 -5 -3"),
        ["a leaf far away"] = ("left_child=1 -1 -3", "left_child=1 -2147483648 -3"),
        ["a feature after the last"] = ("split_feature=0 1 0", "split_feature=0 1 2"),
        ["a negative feature"] = ("split_feature=0 1 0", "split_feature=0 1 -1"),
        ["a set after the last"] = ("threshold=0.5 0 1.5", "threshold=0.5 1 1.5"),
        ["a negative set"] = ("threshold=0.5 0 1.5", "threshold=0.5 -1 1.5"),
        ["a set that ends after the words"] = ("cat_boundaries=0 1", "cat_boundaries=0 2"),
        ["a set that ends before it starts"] = ("cat_boundaries=0 1", "cat_boundaries=1 0"),
        ["a set without words"] = ("num_cat=1", "num_cat=0"),
        ["more sets than bounds"] = ("num_cat=1", "num_cat=2000000000"),
        ["fewer leaves than values"] = ("num_leaves=4", "num_leaves=3"),
        ["more leaves than values"] = ("num_leaves=4", "num_leaves=5"),
        ["no leaves"] = ("num_leaves=4", "num_leaves=0"),
        ["a negative number of leaves"] = ("num_leaves=4", "num_leaves=-4"),
        ["leaves beyond any memory"] = ("num_leaves=4", "num_leaves=2147483647"),
        ["no features"] = ("max_feature_idx=1", "max_feature_idx=-1"),
        ["fewer trees than a class needs"] = ("num_tree_per_iteration=1", "num_tree_per_iteration=2"),
        ["no trees in an iteration"] = ("num_tree_per_iteration=1", "num_tree_per_iteration=0"),
    };

    private static readonly Dictionary<string, (string Attribute, int Index, long Value)> BrokenOnnxTrees = new()
    {
        ["a child that is its own parent"] = ("nodes_truenodeids", 1, 1),
        ["a child that is the root"] = ("nodes_truenodeids", 1, 0),
        ["a split of two parents"] = ("nodes_truenodeids", 4, 1),
        ["both children the same split"] = ("nodes_falsenodeids", 0, 1),
        ["a child that is not there"] = ("nodes_truenodeids", 1, 7),
        ["a child far away"] = ("nodes_truenodeids", 1, long.MaxValue),
        ["a negative child"] = ("nodes_falsenodeids", 1, -1),
        ["a negative feature"] = ("nodes_featureids", 0, -1),
        ["a feature far away"] = ("nodes_featureids", 0, 1L << 40),
        ["two nodes of one id"] = ("nodes_nodeids", 3, 2),
        ["a target after the last"] = ("target_ids", 0, 1),
        ["a negative target"] = ("target_ids", 0, -1),
        ["a weight of a node that is not there"] = ("target_nodeids", 0, 70),
        ["a weight of a tree that is not there"] = ("target_treeids", 0, 1),
    };

    public static TheoryData<string> XGBoostCases => [.. BrokenXGBoostTrees.Keys];

    public static TheoryData<string> LightGbmCases => [.. BrokenLightGbmTrees.Keys];

    public static TheoryData<string> OnnxCases => [.. BrokenOnnxTrees.Keys];

    [Theory]
    [MemberData(nameof(XGBoostCases))]
    public void A_broken_tree_of_XGBoost_is_refused(string name)
    {
        DocObject document = XGBoostDraftWriter.Document(XGBoost());
        DocObject model = (DocObject)((DocObject)((DocObject)document["learner"])["gradient_booster"])["model"];
        BrokenXGBoostTrees[name]((DocObject)((object[])model["trees"])[0]);
        AssertBroken(DocJson.Write(document));
        AssertBroken(DocUbjson.Write(document, typed: true));
        AssertBroken(DocUbjson.Write(document, typed: false));
    }

    [Theory]
    [MemberData(nameof(LightGbmCases))]
    public void A_broken_tree_of_LightGBM_is_refused(string name)
    {
        LightGbmDraft draft = new()
        {
            Version = "v4",
            Features = 2,
            Outputs = 1,
            TreesPerIteration = 1,
            Trees = [new DraftTree(Tree(DraftTest.AtMost), 0)],
        };
        string text = Encoding.UTF8.GetString(draft.Write().First().Content);
        (string line, string replacement) = BrokenLightGbmTrees[name];
        Assert.Contains($"\n{line}\n", text, StringComparison.Ordinal);

        // The sizes of blocks are a hint for readers with threads; without them nothing else notices the change.
        string broken = string.Join('\n', text.Replace($"\n{line}\n", $"\n{replacement}\n", StringComparison.Ordinal)
            .Split('\n').Where(part => !part.StartsWith("tree_sizes", StringComparison.Ordinal)));
        AssertBroken(Encoding.UTF8.GetBytes(broken));
    }

    [Theory]
    [MemberData(nameof(OnnxCases))]
    public void A_broken_tree_of_ONNX_is_refused(string name)
    {
        (string attribute, int index, long value) = BrokenOnnxTrees[name];
        AssertBroken(OnnxDraftWriter.Model(Onnx(), packed: false, (found, at, number) => found == attribute && at == index ? value : number));
        AssertBroken(OnnxDraftWriter.Model(Onnx(), packed: true, (found, at, number) => found == attribute && at == index ? value : number));
    }

    [Fact]
    public void A_leaf_of_ONNX_may_have_two_parents()
    {
        // Node 4 leads to leaf 2, as node 1 does: 1.0 in the place of 3.0 for rows between the thresholds.
        byte[] file = OnnxDraftWriter.Model(Onnx(), packed: false, (found, at, number) => found == "nodes_truenodeids" && at == 4 ? 2 : number);
        using Booster booster = Booster.Load(file);
        float[] scores = new float[3];
        booster.PredictMargin([0f, 0f, 1f, 0f, 2f, 0f], scores);
        Assert.Equal([1f, 1f, 4f], scores);
    }

    [Fact]
    public void The_trees_that_are_broken_above_are_sound_before()
    {
        foreach (DraftFile file in XGBoost().Write().Concat(Onnx().Write()))
        {
            Assert.Equal(Outcome.Loaded, Trial.Run(file.Content));
        }
    }

    private static XGBoostDraft XGBoost() => new()
    {
        Version = (3, 4),
        Objective = "reg:squarederror",
        BaseScores = [0.5f],
        Features = 2,
        Outputs = 1,
        TreesPerIteration = 1,
        Trees = [new DraftTree(Tree(DraftTest.Below), 0)],
    };

    private static OnnxDraft Onnx() => new()
    {
        Version = 3,
        IsDouble = false,
        Aggregate = "SUM",
        BaseValues = [],
        Features = 2,
        Outputs = 1,
        TreesPerIteration = 1,
        Trees = [new DraftTree(Tree(DraftTest.AtMost, categories: false), 0)],
    };

    private static DraftNode Leaf(double value, int values) => new() { Values = [.. Enumerable.Repeat(value, values)] };

    private static int[] Ints(DocObject tree, string key) => (int[])tree[key];

    private static void Set(DocObject tree, string key, int index, int value) => Ints(tree, key)[index] = value;

    private static void AssertBroken(byte[] file)
    {
        ModelFormatException refusal = Assert.Throws<ModelFormatException>(() => Booster.Load(file).Dispose());
        Assert.NotEmpty(refusal.Location);
        Assert.NotEmpty(refusal.Found);
        Assert.NotEmpty(refusal.Allowed);
        Assert.Equal(Outcome.Broken, Trial.Run(file));
    }
}
