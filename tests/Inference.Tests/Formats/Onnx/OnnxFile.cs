using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Inference.Tests.Properties.Onnx;

namespace Inference.Tests.Formats.Onnx;

/// <summary>An ONNX file in parts, each of which a test may change before the file is written.</summary>
internal sealed class OnnxFile
{
    public const string Learning = "ai.onnx.ml";

    public const int OfFloat = 1, OfByte = 2, OfInt64 = 7, OfHalf = 10, OfDouble = 11;

    /// <summary>The attributes of the ensemble, by name; a test adds, replaces or removes.</summary>
    public Dictionary<string, ProtobufBuilder> Attributes { get; } = [];

    /// <summary>The nodes beside the ensemble.</summary>
    public List<ProtobufBuilder> Nodes { get; } = [];

    public List<ProtobufBuilder> Initializers { get; } = [];

    public List<ProtobufBuilder> Inputs { get; } = [Value("X", OfFloat, 2)];

    public List<string> Outputs { get; } = ["Y"];

    public List<(string Domain, int Version)> OperatorSets { get; } = [("", 15), (Learning, 3)];

    public string Operator { get; init; } = "TreeEnsembleRegressor";

    public string[] EnsembleInputs { get; set; } = ["X"];

    public string[] EnsembleOutputs { get; set; } = ["Y"];

    /// <summary>x[0] &lt;= 0.5 ? 1 : 2, one target.</summary>
    public static OnnxFile Regressor() => Stump("TreeEnsembleRegressor", "target").With("n_targets", Integer(1));

    /// <summary>x[0] &lt;= 0.5 ? 1 : -2 for the first of two classes; outputs label and scores Y.</summary>
    public static OnnxFile Classifier()
    {
        OnnxFile file = Stump("TreeEnsembleClassifier", "class").With("classlabels_int64s", Integers(0, 1)).With("class_weights", Floats(1, -2));
        file.EnsembleOutputs = ["label", "Y"];
        file.Outputs.Insert(0, "label");
        return file;
    }

    /// <summary>x[0] &lt;= 0.5 ? 1 : 2, as the operator of version 5.</summary>
    public static OnnxFile Ensemble5()
    {
        OnnxFile file = new OnnxFile { Operator = "TreeEnsemble" }
            .With("nodes_splits", Tensor(OfFloat, 0.5)).With("nodes_modes", Tensor(OfByte, 0)).With("nodes_featureids", Integers(0))
            .With("nodes_truenodeids", Integers(0)).With("nodes_falsenodeids", Integers(1))
            .With("nodes_trueleafs", Integers(1)).With("nodes_falseleafs", Integers(1))
            .With("leaf_targetids", Integers(0, 0)).With("leaf_weights", Tensor(OfFloat, 1, 2))
            .With("tree_roots", Integers(0)).With("n_targets", Integer(1));
        file.OperatorSets[1] = (Learning, 5);
        return file;
    }

    public OnnxFile With(string attribute, ProtobufBuilder value)
    {
        Attributes[attribute] = value;
        return this;
    }

    public OnnxFile Without(string attribute)
    {
        Attributes.Remove(attribute);
        return this;
    }

    /// <summary>Puts a node between the ensemble and the output Y, or between the input X and the ensemble.</summary>
    public OnnxFile Then(string name, string domain = "", params (string Name, ProtobufBuilder Value)[] attributes)
    {
        EnsembleOutputs[^1] = "raw";
        Nodes.Add(Node(name, domain, ["raw"], ["Y"], attributes));
        return this;
    }

    /// <inheritdoc cref="Then"/>
    public OnnxFile First(string name, string domain = "", params (string Name, ProtobufBuilder Value)[] attributes)
    {
        EnsembleInputs = ["rows"];
        Nodes.Add(Node(name, domain, ["X"], ["rows"], attributes));
        return this;
    }

    public byte[] Write(Action<ProtobufBuilder>? more = null)
    {
        ProtobufBuilder graph = new();
        graph.Message(1, Node(Operator, Learning, EnsembleInputs, EnsembleOutputs, [.. Attributes.Select(pair => (pair.Key, pair.Value))]));
        Nodes.ForEach(node => graph.Message(1, node));
        Initializers.ForEach(tensor => graph.Message(5, tensor));
        Inputs.ForEach(input => graph.Message(11, input));
        Outputs.ForEach(output => graph.Message(12, Value(output, OfFloat, 1)));
        ProtobufBuilder model = new ProtobufBuilder().Varint(1, 8).Message(7, graph);
        OperatorSets.ForEach(set => model.Message(8, new ProtobufBuilder().Text(1, set.Domain).Varint(2, set.Version)));
        more?.Invoke(model);
        return model.Bytes;
    }

    public static ProtobufBuilder Node(string name, string domain, string[] inputs, string[] outputs, params (string Name, ProtobufBuilder Value)[] attributes)
    {
        ProtobufBuilder node = new();
        Array.ForEach(inputs, input => node.Text(1, input));
        Array.ForEach(outputs, output => node.Text(2, output));
        node.Text(4, name).Text(7, domain);
        foreach ((string attribute, ProtobufBuilder value) in attributes)
        {
            node.Content(5, [.. new ProtobufBuilder().Text(1, attribute).Bytes, .. value.Bytes]);
        }

        return node;
    }

    public static ProtobufBuilder Value(string name, int type, params long[] widths)
    {
        ProtobufBuilder shape = new ProtobufBuilder().Message(1, new ProtobufBuilder().Text(2, "N"));
        Array.ForEach(widths, width => shape.Message(1, new ProtobufBuilder().Varint(1, width)));
        return new ProtobufBuilder().Text(1, name).Message(2, new ProtobufBuilder().Message(1, new ProtobufBuilder().Varint(1, type).Message(2, shape)));
    }

    public static ProtobufBuilder Integer(long value) => new ProtobufBuilder().Varint(3, value).Varint(20, 2);

    public static ProtobufBuilder Text(string value) => new ProtobufBuilder().Text(4, value).Varint(20, 3);

    public static ProtobufBuilder Integers(params long[] values) => List(7, list => Array.ForEach(values, value => list.Varint(8, value)));

    public static ProtobufBuilder Floats(params float[] values) => List(6, list => Array.ForEach(values, value => list.Single(7, value)));

    public static ProtobufBuilder Texts(params string[] values) => List(8, list => Array.ForEach(values, value => list.Text(9, value)));

    public static ProtobufBuilder Tensor(int type, params double[] values) => new ProtobufBuilder().Message(5, RawTensor("", type, values)).Varint(20, 4);

    public static ProtobufBuilder RawTensor(string name, int type, params double[] values) => new ProtobufBuilder()
        .Varint(1, values.Length).Varint(2, type).Text(8, name)
        .Content(9, type switch
        {
            OfFloat => MemoryMarshal.AsBytes<float>(Array.ConvertAll(values, value => (float)value)),
            OfDouble => MemoryMarshal.AsBytes<double>(values),
            OfInt64 => MemoryMarshal.AsBytes<long>(Array.ConvertAll(values, value => (long)value)),
            _ => Array.ConvertAll(values, value => (byte)value),
        });

    private static OnnxFile Stump(string name, string of) => new OnnxFile { Operator = name }
        .With("nodes_treeids", Integers(0, 0, 0)).With("nodes_nodeids", Integers(0, 1, 2)).With("nodes_featureids", Integers(0, 0, 0))
        .With("nodes_truenodeids", Integers(1, 0, 0)).With("nodes_falsenodeids", Integers(2, 0, 0))
        .With("nodes_modes", Texts("BRANCH_LEQ", "LEAF", "LEAF")).With("nodes_values", Floats(0.5f, 0, 0))
        .With(of + "_treeids", Integers(0, 0)).With(of + "_nodeids", Integers(1, 2)).With(of + "_ids", Integers(0, 0)).With(of + "_weights", Floats(1, 2));

    private static ProtobufBuilder List(int type, Action<ProtobufBuilder> write)
    {
        ProtobufBuilder list = new();
        write(list);
        return list.Varint(20, type);
    }
}
