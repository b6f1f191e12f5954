using System;
using System.Collections.Generic;
using Inference.Tests.Properties.Onnx;
using Xunit;
using static Inference.Tests.Formats.Onnx.OnnxFile;

namespace Inference.Tests.Formats.Onnx;

/// <summary>What an ONNX file may not ask for is named, and told apart from what is broken.</summary>
public class OnnxRefusalTests
{
    /// <summary>Sound files that ask for something else, and a word that the message must have.</summary>
    private static readonly Dictionary<string, (Func<byte[]> File, string Named)> Unsupported = new()
    {
        ["a node that changes rows"] = (() => Regressor().First("Scaler", Learning).Write(), "Scaler"),
        ["rows cast to whole numbers"] = (() => Regressor().First("Cast", "", ("to", Integer(OfInt64))).Write(), "Int64"),
        ["a node that changes scores"] = (() => Regressor().Then("Sigmoid").Write(), "Sigmoid"),
        ["a node of another domain"] = (() => Regressor().Then("Identity", "com.example").Write(), "Identity"),
        ["scores cast to whole numbers"] = (() => Regressor().Then("Cast", "", ("to", Integer(OfInt64))).Write(), "scores used as a label"),
        ["scores cast to half precision"] = (() => Regressor().Then("Cast", "", ("to", Integer(OfHalf))).Write(), "Cast"),
        ["a factor other than 1"] = (() => Scaled(2), "Mul"),
        ["several ensembles"] = (() => With(Regressor(), file => file.Nodes.Add(Node("TreeEnsemble", Learning, ["X"], ["Z"]))).Write(), "several tree ensembles"),
        ["several inputs"] = (() => With(Regressor(), file => file.Inputs.Add(Value("other", OfFloat, 1))).Write(), "'other'"),
        ["rows in half precision"] = (() => With(Regressor(), file => file.Inputs[0] = Value("X", OfHalf, 2)).Write(), "Half"),
        ["rows of three dimensions"] = (() => With(Regressor(), file => file.Inputs[0] = Value("X", OfFloat, 2, 2)).Write(), "3 dimensions"),
        ["an output from elsewhere"] = (() => With(Regressor(), file => file.Outputs.Add("X")).Write(), "'X'"),
        ["a graph of many nodes"] = (() => With(Regressor(), file => file.Nodes.AddRange(Many(300))).Write(), "301 nodes"),
        ["a graph without trees"] = (() => new OnnxFile { Operator = "LinearRegressor" }.Write(), "LinearRegressor"),
        ["a newer operator set"] = (() => With(Regressor(), file => file.OperatorSets[1] = (Learning, 6)).Write(), "ai.onnx.ml 6"),
        ["an unknown attribute"] = (() => Regressor().With("nodes_moods", Integers(1)).Write(), "nodes_moods"),
        ["a tensor of the other precision"] = (() => Regressor().Without("nodes_values").With("nodes_values_as_tensor", Tensor(OfDouble, 0.5, 0, 0)).Write(), "Double"),
        ["a tensor in another file"] = (
            () => Ensemble5().With("nodes_splits", new ProtobufBuilder().Message(5, new ProtobufBuilder().Varint(1, 1).Varint(2, OfFloat).Varint(14, 1)).Varint(20, 4)).Write(), "another file"),
        ["more outputs than weights"] = (() => Regressor().With("n_targets", Integer(1000000000)).Write(), "1000000000"),
        ["an undefined second class"] = (() => Classifier().With("post_transform", Text("PROBIT")).Write(), "PROBIT"),
        ["a second class for some rows"] = (() => Classifier().With("class_ids", Integers(0, 1)).Write(), "leaves of every tree"),
        ["a base value for some rows"] = (() => Regressor().With("target_ids", Integers(0, 1)).With("n_targets", Integer(2)).With("base_values", Floats(1, 2)).Write(), "leaves of every tree"),
        ["a split that two roots lead to"] = (() => Ensemble5().With("tree_roots", Integers(0, 0)).Write(), "two ways"),
        ["fractions in a large set"] = (() => Ensemble5().With("nodes_modes", Tensor(OfByte, 6)).With("membership_values", Tensor(OfFloat, 40, 1.5)).Write(), "1.5"),
        ["one set with two rules for missing values"] = (() => Chain(0, 1), "missing values"),
    };

    /// <summary>Broken files, and a word that the message must have.</summary>
    private static readonly Dictionary<string, (Func<byte[]> File, string Named)> Broken = new()
    {
        ["no graph"] = (() => new ProtobufBuilder().Varint(1, 8).Message(8, new ProtobufBuilder().Text(1, "").Varint(2, 15)).Bytes, "no graph"),
        ["no operator sets"] = (() => With(Regressor(), file => file.OperatorSets.Clear()).Write(), "opset_import"),
        ["no operator set for trees"] = (() => With(Regressor(), file => file.OperatorSets.RemoveAt(1)).Write(), "ai.onnx.ml"),
        ["two graphs"] = (() => Regressor().Write(model => model.Message(7, new ProtobufBuilder())), "second graph"),
        ["no output"] = (() => With(Regressor(), file => file.Outputs.Clear()).Write(), "no output"),
        ["a value from nowhere"] = (() => With(Regressor(), file => file.EnsembleInputs = ["Z"]).Write(), "'Z'"),
        ["rows computed from themselves"] = (() => With(Regressor().First("Identity"), file => file.Nodes[0] = Node("Identity", "", ["rows"], ["rows"])).Write(), "itself"),
        ["scores computed from themselves"] = (() => Loop(Regressor()).Write(), "itself"),
        ["an attribute twice"] = (() => Twice(), "second time"),
        ["an attribute of another type"] = (() => Regressor().With("nodes_values", Integers(1, 2, 3)).Write(), "type 7"),
        ["no nodes"] = (() => Regressor().With("nodes_treeids", Integers()).Write(), "no nodes"),
        ["a list too short"] = (() => Regressor().With("nodes_values", Floats(0.5f)).Write(), "nodes_values"),
        ["an unknown mode"] = (() => Regressor().With("nodes_modes", Texts("BRANCH_MAYBE", "LEAF", "LEAF")).Write(), "BRANCH_MAYBE"),
        ["an unknown aggregate"] = (() => Regressor().With("aggregate_function", Text("MEDIAN")).Write(), "MEDIAN"),
        ["an unknown transform"] = (() => Regressor().With("post_transform", Text("CLOGLOG")).Write(), "CLOGLOG"),
        ["no targets"] = (() => Regressor().With("n_targets", Integer(0)).Write(), "n_targets"),
        ["no classes"] = (() => Classifier().Without("classlabels_int64s").Write(), "0 outputs"),
        ["labels of both kinds"] = (() => Classifier().With("classlabels_strings", Texts("a", "b")).Write(), "classlabels_strings"),
        ["base values of another number"] = (() => Regressor().With("base_values", Floats(1, 2)).Write(), "base_values"),
        ["the nodes of a tree in two places"] = (() => Regressor().With("nodes_treeids", Integers(0, 1, 0)).Write(), "tree 0 in two places"),
        ["a number of 40 bits"] = (() => Regressor().With("nodes_treeids", Integers(1L << 40, 0, 0)).Write(), "1099511627776"),
        ["a feature beyond the rows"] = (() => Regressor().With("nodes_featureids", Integers(2, 0, 0)).Write(), "feature 2"),
        ["a threshold that is not a number"] = (() => Regressor().With("nodes_values", Floats(float.NaN, 0, 0)).Write(), "not a number"),
        ["a leaf that is not there"] = (() => Ensemble5().With("nodes_truenodeids", Integers(2)).Write(), "leaf 2"),
        ["a split that is not there"] = (() => Ensemble5().With("nodes_trueleafs", Integers(0)).With("nodes_truenodeids", Integers(5)).Write(), "split 5"),
        ["a split below itself"] = (() => Ensemble5().With("nodes_trueleafs", Integers(0)).With("nodes_truenodeids", Integers(0)).With("tree_roots", Integers(3)).Write(), "tree_roots"),
        ["no trees"] = (() => Ensemble5().With("tree_roots", Integers()).Write(), "no trees"),
        ["a mode by an unknown number"] = (() => Ensemble5().With("nodes_modes", Tensor(OfByte, 7)).Write(), "nodes_modes"),
        ["a set without values"] = (() => Ensemble5().With("nodes_modes", Tensor(OfByte, 6)).Write(), "membership_values"),
        ["a tensor shorter than its dimensions"] = (
            () => Ensemble5().With("leaf_weights", new ProtobufBuilder().Message(5, new ProtobufBuilder().Varint(1, 2).Varint(2, OfFloat).Content(9, new byte[4])).Varint(20, 4)).Write(), "leaf_weights"),
        ["dimensions beyond any memory"] = (
            () => Ensemble5().With("leaf_weights", new ProtobufBuilder().Message(5, new ProtobufBuilder().Varint(1, 1L << 40).Varint(1, 1L << 40).Varint(2, OfFloat)).Varint(20, 4)).Write(), "dimensions"),
        ["a negative dimension"] = (
            () => Ensemble5().With("leaf_weights", new ProtobufBuilder().Message(5, new ProtobufBuilder().Varint(1, -1).Varint(2, OfFloat)).Varint(20, 4)).Write(), "-1"),
        ["a number of 11 bytes"] = (() => [.. Regressor().Write(), 0x28, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], "64 bits"),
        ["a number that the end cuts off"] = (() => [.. Regressor().Write(), 0x28, 0xFF], "cuts off"),
        ["a text beyond the end"] = (() => [.. Regressor().Write(), 0x12, 0x7F], "127 bytes"),
        ["a group"] = (() => [.. Regressor().Write(), 0x13], "protobuf tag"),
        ["a field 0"] = (() => [.. Regressor().Write(), 0x00, 0x01], "protobuf tag"),
    };

    public static TheoryData<string> UnsupportedCases => [.. Unsupported.Keys];

    public static TheoryData<string> BrokenCases => [.. Broken.Keys];

    [Theory]
    [MemberData(nameof(UnsupportedCases))]
    public void What_is_not_supported_is_named(string name)
    {
        (Func<byte[]> file, string named) = Unsupported[name];
        ModelNotSupportedException refusal = Assert.Throws<ModelNotSupportedException>(() => Booster.Load(file()));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refusal.Allowed);
    }

    [Theory]
    [MemberData(nameof(BrokenCases))]
    public void What_is_broken_is_named(string name)
    {
        (Func<byte[]> file, string named) = Broken[name];
        ModelFormatException refusal = Assert.Throws<ModelFormatException>(() => Booster.Load(file()));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refusal.Allowed);
    }

    [Fact]
    public void The_files_that_are_changed_above_are_sound_before()
    {
        float[] scores = new float[2];
        foreach (OnnxFile file in new[] { Regressor(), Ensemble5() })
        {
            using Booster booster = Booster.Load(file.Write());
            booster.Predict([0f, 0f, 1f, 0f], scores);
            Assert.Equal([1f, 2f], scores);
        }

        using Booster classifier = Booster.Load(Classifier().Write());
        float[] pairs = new float[4];
        classifier.Predict([0f, 0f, 1f, 0f], pairs);
        Assert.Equal([-1f, 1f, 2f, -2f], pairs);
        using Booster scaled = Booster.Load(Scaled(1));
        scaled.Predict([0f, 0f, 1f, 0f], scores);
        Assert.Equal([1f, 2f], scores);
        using Booster chain = Booster.Load(Chain(1, 1));
        chain.Predict([1f, 0f, 4f, 0f], scores);
        Assert.Equal([1f, 2f], scores);
    }

    [Fact]
    public void Limits_hold()
    {
        BoosterOptions nodes = new() { Limits = new LoadLimits { MaxNodes = 2 } };
        Assert.Contains("MaxNodes", Assert.Throws<ModelNotSupportedException>(() => Booster.Load(Regressor().Write(), nodes)).Message, StringComparison.Ordinal);
        Assert.Contains("MaxNodes", Assert.Throws<ModelNotSupportedException>(() => Booster.Load(Ensemble5().Write(), nodes)).Message, StringComparison.Ordinal);
        OnnxFile wide = Regressor();
        wide.Inputs[0] = Value("X", OfFloat, 1L << 40);
        Assert.Contains("MaxFeatures", Assert.Throws<ModelNotSupportedException>(() => Booster.Load(wide.Write())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_are_the_declared_ones_or_those_that_splits_test()
    {
        OnnxFile open = Regressor().With("nodes_featureids", Integers(6, 0, 0));
        open.Inputs[0] = Value("X", OfFloat);
        using Booster booster = Booster.Load(open.Write());
        Assert.Equal(7, booster.Info.Features.Count);
    }

    private static OnnxFile With(OnnxFile file, Action<OnnxFile> change)
    {
        change(file);
        return file;
    }

    private static OnnxFile Loop(OnnxFile file)
    {
        file.EnsembleOutputs[0] = "raw";
        file.Nodes.Add(Node("Identity", "", ["b"], ["Y"]));
        file.Nodes.Add(Node("Identity", "", ["Y"], ["b"]));
        return file;
    }

    private static byte[] Scaled(double factor)
    {
        OnnxFile file = Regressor();
        file.EnsembleOutputs[0] = "raw";
        file.Nodes.Add(Node("Mul", "", ["raw", "factor"], ["Y"]));
        file.Initializers.Add(RawTensor("factor", OfFloat, factor));
        return file.Write();
    }

    private static IEnumerable<ProtobufBuilder> Many(int count)
    {
        for (int i = 0; i < count; i++)
        {
            yield return Node("Identity", "", ["Y"], [$"y{i}"]);
        }
    }

    private static byte[] Twice()
    {
        ProtobufBuilder node = Node("TreeEnsembleRegressor", Learning, ["X"], ["Y"], ("n_targets", Integer(1)), ("n_targets", Integer(1)));
        ProtobufBuilder graph = new ProtobufBuilder().Message(1, node).Message(11, Value("X", OfFloat, 2)).Message(12, Value("Y", OfFloat, 1));
        return new ProtobufBuilder().Varint(1, 8).Message(7, graph).Message(8, new ProtobufBuilder().Text(1, Learning).Varint(2, 3)).Bytes;
    }

    /// <summary>x[0] is 1 or 3 ? 1 : 2, as a chain of two equalities that share a leaf.</summary>
    private static byte[] Chain(int firstRule, int secondRule) => Regressor()
        .With("nodes_treeids", Integers(0, 0, 0, 0)).With("nodes_nodeids", Integers(0, 1, 2, 3)).With("nodes_featureids", Integers(0, 0, 0, 0))
        .With("nodes_truenodeids", Integers(1, 0, 1, 0)).With("nodes_falsenodeids", Integers(2, 0, 3, 0))
        .With("nodes_modes", Texts("BRANCH_EQ", "LEAF", "BRANCH_EQ", "LEAF")).With("nodes_values", Floats(1, 0, 3, 0))
        .With("nodes_missing_value_tracks_true", Integers(firstRule, 0, secondRule, 0)).With("target_nodeids", Integers(1, 3)).Write();
}
