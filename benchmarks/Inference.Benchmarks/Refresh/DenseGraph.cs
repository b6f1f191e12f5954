using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace Inference.Benchmarks.Refresh;

/// <summary>An ONNX graph of two dense layers and 5 MB of weights, X to Y: what a refreshed embedding tower is like.</summary>
/// <remarks>The numbers are those of onnx.proto: ModelProto, GraphProto, NodeProto, TensorProto, ValueInfoProto.</remarks>
internal static class DenseGraph
{
    /// <summary>The length of a row.</summary>
    public const int Columns = 28;

    private const int Hidden = 1024;
    private const int Width = 1200;
    private const int Float = 1;

    /// <summary>The file's content.</summary>
    public static byte[] Write()
    {
        byte[] graph =
        [
            .. Node("MatMul", "X A", "H"),
            .. Node("Relu", "H", "R"),
            .. Node("MatMul", "R B", "Y"),
            .. Text(2, "dense"),
            .. Weights("A", Columns, Hidden),
            .. Weights("B", Hidden, Width),
            .. Port(11, "X", Columns),
            .. Port(12, "Y", Width),
        ];
        return [.. Number(1, 8), .. Part(7, graph), .. Part(8, [.. Text(1, ""), .. Number(2, 13)])];
    }

    private static byte[] Node(string operation, string inputs, string output)
    {
        MemoryStream node = new();
        foreach (string input in inputs.Split(' '))
        {
            node.Write(Text(1, input));
        }

        return Part(1, [.. node.ToArray(), .. Text(2, output), .. Text(4, operation)]);
    }

    private static byte[] Weights(string name, int rows, int columns)
    {
        float[] values = new float[rows * columns];
        Random random = new(rows);
        foreach (ref float value in values.AsSpan())
        {
            value = (random.NextSingle() - 0.5f) / 16;
        }

        return Part(5, [.. Number(1, rows), .. Number(1, columns), .. Number(2, Float), .. Text(8, name), .. Part(9, MemoryMarshal.AsBytes<float>(values))]);
    }

    private static byte[] Port(int field, string name, int columns)
    {
        byte[] shape = [.. Part(1, Text(2, "rows")), .. Part(1, Number(1, columns))];
        return Part(field, [.. Text(1, name), .. Part(2, Part(1, [.. Number(1, Float), .. Part(2, shape)]))]);
    }

    private static byte[] Text(int field, string text) => Part(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Number(int field, int number) => [.. Varint((uint)field << 3), .. Varint((uint)number)];

    private static byte[] Part(int field, ReadOnlySpan<byte> content) => [.. Varint(((uint)field << 3) | 2), .. Varint((uint)content.Length), .. content];

    private static byte[] Varint(uint number) => number < 128 ? [(byte)number] : [(byte)(number | 128), .. Varint(number >> 7)];
}
