using System;

namespace Inference.Formats.Onnx;

/// <summary>From syntax to record: finds the parts of an ONNX file and decodes their names, not their numbers.</summary>
internal static class OnnxModelReader
{
    /// <summary>A tree ensemble has a handful of nodes around it; a graph beyond this is another kind of model.</summary>
    private const int MostNodes = 256;

    private const string WholeFile = "a whole ONNX file";

    /// <summary>Reads the record.</summary>
    /// <exception cref="ModelFormatException">The file is no sound ONNX file.</exception>
    /// <exception cref="ModelNotSupportedException">The graph is far too large for one around a tree ensemble.</exception>
    public static OnnxModelRecord Read(ReadOnlySpan<byte> content, LoadContext context)
    {
        long? irVersion = null;
        ByteRange? graph = null;
        int sets = 0;
        ProtobufReader model = new(content, new ByteRange(0, content.Length), context);
        while (model.Next())
        {
            switch (model.Field)
            {
                case 1:
                    irVersion = model.ReadInteger();
                    break;
                case 7 when graph is not null:
                    throw model.Broken("a second graph", "one graph");
                case 7:
                    graph = model.ReadBytes();
                    break;
                case 8:
                    sets++;
                    model.ReadBytes();
                    break;
                default:
                    model.Skip();
                    break;
            }
        }

        if (irVersion is null || graph is null || sets == 0)
        {
            string missing = irVersion is null ? "no ir_version" : graph is null ? "no graph" : "no opset_import";
            throw context.Broken("", missing, WholeFile);
        }

        return ReadGraph(content, graph.Value, irVersion.Value, ReadSets(content, sets, context), context);
    }

    private static OnnxOperatorSet[] ReadSets(ReadOnlySpan<byte> content, int count, LoadContext context)
    {
        OnnxOperatorSet[] sets = new OnnxOperatorSet[count];
        int next = 0;
        ProtobufReader model = new(content, new ByteRange(0, content.Length), context);
        while (model.Next())
        {
            if (model.Field != 8)
            {
                model.Skip();
                continue;
            }

            string domain = "";
            long version = 0;
            ProtobufReader set = new(content, model.ReadBytes(), context);
            while (set.Next())
            {
                switch (set.Field)
                {
                    case 1:
                        domain = Domain(set.ReadText());
                        break;
                    case 2:
                        version = set.ReadInteger();
                        break;
                    default:
                        set.Skip();
                        break;
                }
            }

            sets[next++] = new OnnxOperatorSet(domain, version);
        }

        return sets;
    }

    private static OnnxModelRecord ReadGraph(
        ReadOnlySpan<byte> content, ByteRange graph, long irVersion, OnnxOperatorSet[] sets, LoadContext context)
    {
        int nodeCount = 0, initializerCount = 0, inputCount = 0, outputCount = 0;
        ProtobufReader counter = new(content, graph, context);
        while (counter.Next())
        {
            nodeCount += counter.Field == 1 ? 1 : 0;
            initializerCount += counter.Field == 5 ? 1 : 0;
            inputCount += counter.Field == 11 ? 1 : 0;
            outputCount += counter.Field == 12 ? 1 : 0;
            counter.Skip();
        }

        if (nodeCount > MostNodes)
        {
            throw context.Unsupported("graph", $"{nodeCount} nodes", OnnxGraph.TreesOnly);
        }

        OnnxNodeRecord[] nodes = new OnnxNodeRecord[nodeCount];
        OnnxInitializerRecord[] initializers = new OnnxInitializerRecord[initializerCount];
        OnnxValueRecord[] inputs = new OnnxValueRecord[inputCount];
        OnnxValueRecord[] outputs = new OnnxValueRecord[outputCount];
        int node = 0, initializer = 0, input = 0, output = 0;
        ProtobufReader reader = new(content, graph, context);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    nodes[node++] = ReadNode(content, reader.ReadBytes(), context);
                    break;
                case 5:
                    initializers[initializer++] = ReadInitializer(content, reader.ReadBytes(), context);
                    break;
                case 11:
                    inputs[input++] = ReadValue(content, reader.ReadBytes(), context);
                    break;
                case 12:
                    outputs[output++] = ReadValue(content, reader.ReadBytes(), context);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new OnnxModelRecord
        {
            IrVersion = irVersion,
            OperatorSets = sets,
            Nodes = nodes,
            Initializers = initializers,
            Inputs = inputs,
            Outputs = outputs,
        };
    }

    private static OnnxNodeRecord ReadNode(ReadOnlySpan<byte> content, ByteRange body, LoadContext context)
    {
        int inputs = 0, outputs = 0;
        string name = "", domain = "";
        ProtobufReader node = new(content, body, context);
        while (node.Next())
        {
            switch (node.Field)
            {
                case 4:
                    name = node.ReadText();
                    continue;
                case 7:
                    domain = Domain(node.ReadText());
                    continue;
            }

            inputs += node.Field == 1 ? 1 : 0;
            outputs += node.Field == 2 ? 1 : 0;
            node.Skip();
        }

        return new OnnxNodeRecord(name, domain, ReadNames(content, body, 1, inputs, context), ReadNames(content, body, 2, outputs, context), body);
    }

    private static string[] ReadNames(ReadOnlySpan<byte> content, ByteRange body, int field, int count, LoadContext context)
    {
        string[] names = new string[count];
        int next = 0;
        ProtobufReader node = new(content, body, context);
        while (next < count && node.Next())
        {
            if (node.Field == field)
            {
                names[next++] = node.ReadText();
            }
            else
            {
                node.Skip();
            }
        }

        return names;
    }

    private static OnnxInitializerRecord ReadInitializer(ReadOnlySpan<byte> content, ByteRange body, LoadContext context)
    {
        string name = "";
        ProtobufReader tensor = new(content, body, context);
        while (tensor.Next())
        {
            if (tensor.Field == 8)
            {
                name = tensor.ReadText();
            }
            else
            {
                tensor.Skip();
            }
        }

        return new OnnxInitializerRecord(name, body);
    }

    private static OnnxValueRecord ReadValue(ReadOnlySpan<byte> content, ByteRange body, LoadContext context)
    {
        string name = "";
        ByteRange? tensor = null;
        ProtobufReader value = new(content, body, context);
        while (value.Next())
        {
            switch (value.Field)
            {
                case 1:
                    name = value.ReadText();
                    break;
                case 2:
                    tensor = Find(content, value.ReadBytes(), 1, context);
                    break;
                default:
                    value.Skip();
                    break;
            }
        }

        if (tensor is null)
        {
            return new OnnxValueRecord(name, null, null, null);
        }

        OnnxElementType type = OnnxElementType.Undefined;
        ByteRange? shape = null;
        ProtobufReader reader = new(content, tensor.Value, context);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    type = (OnnxElementType)Math.Clamp(reader.ReadInteger(), -1, int.MaxValue);
                    break;
                case 2:
                    shape = reader.ReadBytes();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return shape is null ? new OnnxValueRecord(name, type, null, null) : ReadShape(name, type, content, shape.Value, context);
    }

    private static OnnxValueRecord ReadShape(string name, OnnxElementType type, ReadOnlySpan<byte> content, ByteRange shape, LoadContext context)
    {
        int rank = 0;
        long? last = null;
        ProtobufReader reader = new(content, shape, context);
        while (reader.Next())
        {
            if (reader.Field != 1)
            {
                reader.Skip();
                continue;
            }

            rank++;
            last = null;
            ProtobufReader dimension = new(content, reader.ReadBytes(), context);
            while (dimension.Next())
            {
                if (dimension.Field == 1)
                {
                    last = dimension.ReadInteger();
                }
                else
                {
                    dimension.Skip();
                }
            }
        }

        return new OnnxValueRecord(name, type, rank == 2 ? last : null, rank);
    }

    private static ByteRange? Find(ReadOnlySpan<byte> content, ByteRange message, int field, LoadContext context)
    {
        ByteRange? found = null;
        ProtobufReader reader = new(content, message, context);
        while (reader.Next())
        {
            if (reader.Field == field)
            {
                found = reader.ReadBytes();
            }
            else
            {
                reader.Skip();
            }
        }

        return found;
    }

    private static string Domain(string written) => written == "ai.onnx" ? "" : written;
}
