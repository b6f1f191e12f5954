using System.Collections.Generic;
using Inference.Tests.Properties.Onnx;

namespace Inference.Tests.Robustness;

/// <summary>An ONNX file with one of its integers changed and every length around it put right.</summary>
/// <remarks>Source: onnx.proto, for the fields that are messages or packed lists of integers.</remarks>
internal static class ProtobufVariants
{
    /// <summary>A kind of message.</summary>
    private enum Kind
    {
        Model,
        Graph,
        Operator,
        Attribute,
        Tensor,
        Value,
        Type,
        TensorType,
        Shape,
        Dimension,
        OperatorSet,

        /// <summary>A packed list of integers.</summary>
        Integers,
    }

    private static readonly Dictionary<(Kind Parent, int Field), Kind> Parts = new()
    {
        [(Kind.Model, 7)] = Kind.Graph,
        [(Kind.Model, 8)] = Kind.OperatorSet,
        [(Kind.Graph, 1)] = Kind.Operator,
        [(Kind.Graph, 5)] = Kind.Tensor,
        [(Kind.Graph, 11)] = Kind.Value,
        [(Kind.Graph, 12)] = Kind.Value,
        [(Kind.Operator, 5)] = Kind.Attribute,
        [(Kind.Attribute, 5)] = Kind.Tensor,
        [(Kind.Attribute, 8)] = Kind.Integers,
        [(Kind.Tensor, 1)] = Kind.Integers,
        [(Kind.Tensor, 5)] = Kind.Integers,
        [(Kind.Tensor, 7)] = Kind.Integers,
        [(Kind.Value, 2)] = Kind.Type,
        [(Kind.Type, 1)] = Kind.TensorType,
        [(Kind.TensorType, 2)] = Kind.Shape,
        [(Kind.Shape, 1)] = Kind.Dimension,
    };

    /// <summary>Every integer in turn replaced by every one of a list.</summary>
    public static IEnumerable<(string Name, byte[] Content)> Of(byte[] model, IReadOnlyList<long> integers) => Of(model, Kind.Model, integers, "model");

    private static IEnumerable<(string Name, byte[] Content)> Of(byte[] message, Kind kind, IReadOnlyList<long> integers, string path)
    {
        int count = 0;
        for (int at = 0; at < message.Length; count++)
        {
            int start = at;
            int field = 0, wire = 0;
            if (kind != Kind.Integers)
            {
                long tag = Read(message, ref at);
                (field, wire) = ((int)(tag >> 3), (int)(tag & 7));
            }

            string here = $"{path}.{field}[{count}]";
            byte[] head = message[..at];
            switch (wire)
            {
                case 0:
                    Read(message, ref at);
                    foreach (long integer in integers)
                    {
                        yield return ($"{integer} as {here}", [.. head, .. new ProtobufBuilder().Raw(integer).Bytes, .. message[at..]]);
                    }

                    break;
                case 2:
                    int length = (int)Read(message, ref at);
                    byte[] part = message[at..(at + length)];
                    at += length;
                    if (Parts.TryGetValue((kind, field), out Kind partKind))
                    {
                        byte[] before = message[..start], after = message[at..];
                        foreach ((string name, byte[] variant) in Of(part, partKind, integers, here))
                        {
                            yield return (name, [.. before, .. new ProtobufBuilder().Content(field, variant).Bytes, .. after]);
                        }
                    }

                    break;
                default:
                    at += wire == 1 ? 8 : 4;
                    break;
            }
        }
    }

    private static long Read(byte[] message, ref int at)
    {
        ulong value = 0;
        int shift = 0;
        while (true)
        {
            byte part = message[at++];
            value |= (ulong)(part & 0x7F) << shift;
            shift += 7;
            if (part < 0x80)
            {
                return (long)value;
            }
        }
    }
}
