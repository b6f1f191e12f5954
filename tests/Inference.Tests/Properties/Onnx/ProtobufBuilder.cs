using System;
using System.Collections.Generic;
using System.Text;

namespace Inference.Tests.Properties.Onnx;

/// <summary>Writes protobuf messages field by field.</summary>
/// <remarks>Source: the encoding chapter of protobuf's documentation.</remarks>
internal sealed class ProtobufBuilder
{
    private readonly List<byte> _bytes = [];

    public byte[] Bytes => [.. _bytes];

    public ProtobufBuilder Varint(int field, long value)
    {
        Tag(field, 0);
        Raw(value);
        return this;
    }

    public ProtobufBuilder Single(int field, float value)
    {
        Tag(field, 5);
        _bytes.AddRange(BitConverter.GetBytes(value));
        return this;
    }

    public ProtobufBuilder Message(int field, ProtobufBuilder message) => Content(field, message.Bytes);

    public ProtobufBuilder Text(int field, string text) => Content(field, Encoding.UTF8.GetBytes(text));

    public ProtobufBuilder Content(int field, ReadOnlySpan<byte> content)
    {
        Tag(field, 2);
        Raw(content.Length);
        _bytes.AddRange(content);
        return this;
    }

    /// <summary>A bare varint, as packed fields hold them.</summary>
    public ProtobufBuilder Raw(long value)
    {
        ulong rest = (ulong)value;
        while (rest >= 0x80)
        {
            _bytes.Add((byte)(rest | 0x80));
            rest >>= 7;
        }

        _bytes.Add((byte)rest);
        return this;
    }

    private void Tag(int field, int type) => Raw((field << 3) | type);
}
