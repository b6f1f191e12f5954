using System;
using System.Runtime.CompilerServices;

namespace Inference.Formats.Onnx;

/// <summary>The attributes of one node, decoded when asked for.</summary>
/// <remarks>An attribute that the operator does not have is refused: it could change what the operator means.</remarks>
internal readonly ref struct OnnxAttributes
{
    private readonly ReadOnlySpan<byte> _content;
    private readonly LoadContext _context;
    private readonly string _operator;
    private readonly string[] _names;
    private readonly ByteRange?[] _bodies;

    /// <summary>Finds the attributes of a node.</summary>
    /// <param name="content">The file.</param>
    /// <param name="node">The node.</param>
    /// <param name="known">The attributes that the operator has.</param>
    /// <param name="context">For messages.</param>
    public OnnxAttributes(ReadOnlySpan<byte> content, OnnxNodeRecord node, string[] known, LoadContext context)
    {
        _content = content;
        _context = context;
        _operator = node.Operator;
        _names = known;
        _bodies = new ByteRange?[known.Length];
        ProtobufReader reader = new(content, node.Body, context);
        while (reader.Next())
        {
            if (reader.Field != 5)
            {
                reader.Skip();
                continue;
            }

            ByteRange body = reader.ReadBytes();
            string name = NameOf(content, body, context);
            int slot = Array.IndexOf(known, name);
            if (slot < 0)
            {
                throw context.Unsupported(node.Operator, $"the attribute '{name}'", $"the attributes {string.Join(", ", known)}");
            }

            if (_bodies[slot] is not null)
            {
                throw context.Broken(Path(name), "the attribute for the second time", "each attribute once");
            }

            _bodies[slot] = body;
        }
    }

    /// <summary>How messages call an attribute.</summary>
    public string Path(string name) => $"{_operator}.{name}";

    /// <summary>Whether the node has an attribute.</summary>
    public bool Has(string name) => _bodies[Slot(name)] is not null;

    /// <summary>A whole number, or the default where the node leaves it out.</summary>
    public long Integer(string name, long absent)
    {
        if (Body(name, 2) is not { } body)
        {
            return absent;
        }

        ProtobufNumbers numbers = new(_content, body, 3, WireType.Varint, _context);
        return numbers.Next() ? numbers.Integer : 0;
    }

    /// <summary>A text, or the default where the node leaves it out.</summary>
    public string Text(string name, string absent)
    {
        if (Body(name, 3) is not { } body)
        {
            return absent;
        }

        string text = "";
        ProtobufReader attribute = new(_content, body, _context);
        while (attribute.Next())
        {
            if (attribute.Field == 4)
            {
                text = attribute.ReadText();
            }
            else
            {
                attribute.Skip();
            }
        }

        return text;
    }

    /// <summary>Whole numbers that fit 32 bits; empty where the node leaves them out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int[] Integers(string name)
    {
        if (Body(name, 7) is not { } body)
        {
            return [];
        }

        int[] values = new int[ProtobufNumbers.Count(_content, body, 8, WireType.Varint, _context)];
        int next = 0;
        ProtobufNumbers numbers = new(_content, body, 8, WireType.Varint, _context);
        while (numbers.Next())
        {
            if (numbers.Integer is < int.MinValue or > int.MaxValue)
            {
                throw _context.Broken($"{Path(name)}[{next}]", $"{numbers.Integer}", "a number of 32 bits");
            }

            values[next++] = (int)numbers.Integer;
        }

        return values;
    }

    /// <summary>Whole numbers; empty where the node leaves them out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long[] Longs(string name)
    {
        if (Body(name, 7) is not { } body)
        {
            return [];
        }

        long[] values = new long[ProtobufNumbers.Count(_content, body, 8, WireType.Varint, _context)];
        int next = 0;
        ProtobufNumbers numbers = new(_content, body, 8, WireType.Varint, _context);
        while (numbers.Next())
        {
            values[next++] = numbers.Integer;
        }

        return values;
    }

    /// <summary>Floats, widened; empty where the node leaves them out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double[] Reals(string name)
    {
        if (Body(name, 6) is not { } body)
        {
            return [];
        }

        double[] values = new double[ProtobufNumbers.Count(_content, body, 7, WireType.Fixed32, _context)];
        int next = 0;
        ProtobufNumbers numbers = new(_content, body, 7, WireType.Fixed32, _context);
        while (numbers.Next())
        {
            values[next++] = numbers.Real;
        }

        return values;
    }

    /// <summary>The places of texts; empty where the node leaves them out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ByteRange[] Texts(string name)
    {
        if (Body(name, 8) is not { } body)
        {
            return [];
        }

        int count = 0;
        ProtobufReader counter = new(_content, body, _context);
        while (counter.Next())
        {
            count += counter.Field == 9 ? 1 : 0;
            counter.Skip();
        }

        ByteRange[] texts = new ByteRange[count];
        int next = 0;
        ProtobufReader attribute = new(_content, body, _context);
        while (attribute.Next())
        {
            if (attribute.Field == 9)
            {
                texts[next++] = attribute.ReadBytes();
            }
            else
            {
                attribute.Skip();
            }
        }

        return texts;
    }

    /// <summary>The place of a tensor; null where the node leaves it out.</summary>
    public ByteRange? Tensor(string name)
    {
        if (Body(name, 4) is not { } body)
        {
            return null;
        }

        ByteRange? tensor = null;
        ProtobufReader attribute = new(_content, body, _context);
        while (attribute.Next())
        {
            if (attribute.Field == 5)
            {
                tensor = attribute.ReadBytes();
            }
            else
            {
                attribute.Skip();
            }
        }

        return tensor ?? throw _context.Broken(Path(name), "no tensor", "a tensor");
    }

    /// <summary>The attribute's message; null where the node leaves it out. Its type must be as said, where it names one.</summary>
    private ByteRange? Body(string name, long type)
    {
        ByteRange? body = _bodies[Slot(name)];
        if (body is not null)
        {
            ProtobufNumbers written = new(_content, body.Value, 20, WireType.Varint, _context);
            if (written.Next() && written.Integer != type)
            {
                throw _context.Broken(Path(name), $"an attribute of type {written.Integer}", $"type {type} of AttributeProto");
            }
        }

        return body;
    }

    private int Slot(string name)
    {
        int slot = Array.IndexOf(_names, name);
        System.Diagnostics.Debug.Assert(slot >= 0, "an attribute that the operator was not said to have");
        return slot;
    }

    private static string NameOf(ReadOnlySpan<byte> content, ByteRange body, LoadContext context)
    {
        ProtobufReader attribute = new(content, body, context);
        while (attribute.Next())
        {
            if (attribute.Field == 1)
            {
                return attribute.ReadText();
            }

            attribute.Skip();
        }

        return "";
    }
}
