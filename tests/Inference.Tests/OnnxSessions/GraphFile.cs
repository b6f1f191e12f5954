using System;
using System.Collections.Generic;
using Inference.Tests.Formats.Onnx;
using Inference.Tests.Properties.Onnx;

namespace Inference.Tests.OnnxSessions;

/// <summary>A small ONNX graph of any operators.</summary>
internal sealed class GraphFile
{
    private readonly List<(int Field, ProtobufBuilder Part)> _parts = [];

    /// <summary>One Identity of a type: x, in dimensions given, to y.</summary>
    public static byte[] Identity(OnnxElementType type, params object[] dimensions) =>
        new GraphFile().Node("Identity", ["x"], ["y"]).Input("x", type, dimensions).Output("y", type, dimensions).Write();

    public GraphFile Node(string name, string[] inputs, string[] outputs, params (string Name, ProtobufBuilder Value)[] attributes) =>
        With(1, OnnxFile.Node(name, "", inputs, outputs, attributes));

    public GraphFile LearningNode(string name, string[] inputs, string[] outputs, params (string Name, ProtobufBuilder Value)[] attributes) =>
        With(1, OnnxFile.Node(name, OnnxFile.Learning, inputs, outputs, attributes));

    public GraphFile Constant(string name, int type, params double[] values) => With(5, OnnxFile.RawTensor(name, type, values));

    /// <summary>An input; each dimension is a length, a name, or null for one left open.</summary>
    public GraphFile Input(string name, OnnxElementType type, params object?[] dimensions) => With(11, Value(name, Tensor(type, dimensions)));

    public GraphFile Output(string name, OnnxElementType type, params object?[] dimensions) => With(12, Value(name, Tensor(type, dimensions)));

    /// <summary>An output that is a list of maps to float.</summary>
    public GraphFile MapsOutput(string name, OnnxElementType keys)
    {
        ProtobufBuilder single = new ProtobufBuilder().Message(1, new ProtobufBuilder().Varint(1, (int)OnnxElementType.Single));
        ProtobufBuilder map = new ProtobufBuilder().Message(5, new ProtobufBuilder().Varint(1, (int)keys).Message(2, single));
        return With(12, Value(name, new ProtobufBuilder().Message(4, new ProtobufBuilder().Message(1, map))));
    }

    public byte[] Write(int opset = 15)
    {
        ProtobufBuilder graph = new ProtobufBuilder().Text(2, "g");
        _parts.ForEach(part => graph.Message(part.Field, part.Part));
        return new ProtobufBuilder().Varint(1, 8).Message(7, graph)
            .Message(8, new ProtobufBuilder().Text(1, "").Varint(2, opset))
            .Message(8, new ProtobufBuilder().Text(1, OnnxFile.Learning).Varint(2, 3)).Bytes;
    }

    private GraphFile With(int field, ProtobufBuilder part)
    {
        _parts.Add((field, part));
        return this;
    }

    private static ProtobufBuilder Value(string name, ProtobufBuilder type) => new ProtobufBuilder().Text(1, name).Message(2, type);

    private static ProtobufBuilder Tensor(OnnxElementType type, object?[] dimensions)
    {
        ProtobufBuilder shape = new();
        foreach (object? dimension in dimensions)
        {
            shape.Message(1, dimension switch
            {
                int length => new ProtobufBuilder().Varint(1, length),
                string symbol => new ProtobufBuilder().Text(2, symbol),
                null => new ProtobufBuilder(),
                _ => throw new ArgumentException($"{dimension}", nameof(dimensions)),
            });
        }

        return new ProtobufBuilder().Message(1, new ProtobufBuilder().Varint(1, (int)type).Message(2, shape));
    }
}
