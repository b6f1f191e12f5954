using System;
using System.Buffers.Binary;

namespace Inference.Formats.Onnx;

/// <summary>A constant tensor of an ONNX file (TensorProto), as one row of numbers or texts.</summary>
/// <remarks>
/// ONNX writes a tensor's elements either as raw little-endian bytes or in a list of the element type's own; both are
/// read. Elements in another file (external data) are refused: a model is one file here.
/// </remarks>
internal readonly ref struct OnnxTensor
{
    private readonly ReadOnlySpan<byte> _content;
    private readonly ByteRange _body;
    private readonly LoadContext _context;
    private readonly string _name;
    private readonly ByteRange? _raw;

    /// <summary>Reads a tensor's head.</summary>
    /// <param name="content">The file.</param>
    /// <param name="body">The TensorProto.</param>
    /// <param name="name">How messages call the tensor.</param>
    /// <param name="context">For messages.</param>
    public OnnxTensor(ReadOnlySpan<byte> content, ByteRange body, string name, LoadContext context)
    {
        _content = content;
        _body = body;
        _name = name;
        _context = context;
        long length = 1;
        int rank = 0;
        ProtobufReader tensor = new(content, body, context);
        while (tensor.Next())
        {
            switch (tensor.Field)
            {
                case 2:
                    Type = (OnnxElementType)Math.Clamp(tensor.ReadInteger(), -1, int.MaxValue);
                    break;
                case 9:
                    _raw = tensor.ReadBytes();
                    break;
                case 13:
                    throw External();
                case 14:
                    if (tensor.ReadInteger() == 1)
                    {
                        throw External();
                    }

                    break;
                default:
                    tensor.Skip();
                    break;
            }
        }

        ProtobufNumbers dimensions = new(content, body, 1, WireType.Varint, context);
        while (dimensions.Next())
        {
            long dimension = dimensions.Integer;
            if (dimension < 0)
            {
                throw context.Broken(name, $"a dimension of {dimension}", "0 or more");
            }

            rank++;
            length = Math.BigMul(length, dimension, out long low) == 0 && low >= 0 ? low : long.MaxValue;
        }

        // Every element takes at least one bit of the file (a packed bool), so no sound length exceeds the body.
        if (length > body.Length)
        {
            throw context.Broken(name, $"dimensions of {length} elements in {body.Length} bytes", "an element for each");
        }

        Length = (int)length;
        Rank = rank;

        ModelNotSupportedException External() => context.Unsupported(name, "a tensor whose data is in another file", "data inside the model file");
    }

    /// <summary>The element type.</summary>
    public OnnxElementType Type { get; }

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>The number of dimensions; 0 for a single number.</summary>
    public int Rank { get; }

    /// <summary>The elements of a float or double tensor, widened.</summary>
    public double[] ReadReals()
    {
        bool single = Type == OnnxElementType.Single;
        if (!single && Type != OnnxElementType.Double)
        {
            throw WrongType("float or double");
        }

        double[] values = new double[Length];
        if (_raw is not null)
        {
            int size = single ? sizeof(float) : sizeof(double);
            ReadOnlySpan<byte> raw = Raw(size);
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = single ? BinaryPrimitives.ReadSingleLittleEndian(raw[(i * size)..]) : BinaryPrimitives.ReadDoubleLittleEndian(raw[(i * size)..]);
            }

            return values;
        }

        int next = 0;
        ProtobufNumbers numbers = single ? Numbers(4, WireType.Fixed32) : Numbers(10, WireType.Fixed64);
        for (; numbers.Next(); next++)
        {
            if (next < values.Length)
            {
                values[next] = numbers.Real;
            }
        }

        CheckLength(next);
        return values;
    }

    /// <summary>The elements of an int64, int32, uint8 or bool tensor.</summary>
    public long[] ReadIntegers()
    {
        int size = Type switch
        {
            OnnxElementType.Int64 => sizeof(long),
            OnnxElementType.Int32 => sizeof(int),
            OnnxElementType.Byte or OnnxElementType.Boolean => sizeof(byte),
            _ => throw WrongType("int64, int32 or uint8"),
        };
        long[] values = new long[Length];
        if (_raw is not null)
        {
            ReadOnlySpan<byte> raw = Raw(size);
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = size switch
                {
                    sizeof(long) => BinaryPrimitives.ReadInt64LittleEndian(raw[(i * size)..]),
                    sizeof(int) => BinaryPrimitives.ReadInt32LittleEndian(raw[(i * size)..]),
                    _ => raw[i],
                };
            }

            return values;
        }

        int next = 0;
        ProtobufNumbers numbers = Numbers(Type == OnnxElementType.Int64 ? 7 : 5, WireType.Varint);
        for (; numbers.Next(); next++)
        {
            if (next < values.Length)
            {
                values[next] = numbers.Integer;
            }
        }

        CheckLength(next);
        return values;
    }

    /// <summary>The elements of a text tensor.</summary>
    public string[] ReadTexts()
    {
        if (Type != OnnxElementType.String)
        {
            throw WrongType("string");
        }

        string[] texts = new string[Length];
        int next = 0;
        ProtobufReader tensor = new(_content, _body, _context);
        while (tensor.Next())
        {
            if (tensor.Field != 6)
            {
                tensor.Skip();
                continue;
            }

            if (next == texts.Length)
            {
                CheckLength(next + 1);
            }

            texts[next++] = tensor.ReadText();
        }

        CheckLength(next);
        return texts;
    }

    private ProtobufNumbers Numbers(int field, WireType wire) => new(_content, _body, field, wire, _context);

    private ReadOnlySpan<byte> Raw(int size)
    {
        ByteRange raw = _raw!.Value;
        if (raw.Length != (long)Length * size)
        {
            throw _context.Broken(_name, $"{raw.Length} bytes of data", $"{(long)Length * size} for {Length} elements of {size}");
        }

        return raw.Of(_content);
    }

    private void CheckLength(int found)
    {
        if (found != Length)
        {
            throw _context.Broken(_name, $"{found} elements", $"the {Length} of its dimensions");
        }
    }

    private ModelNotSupportedException WrongType(string allowed) => _context.Unsupported(_name, $"a tensor of element type {Type}", allowed);
}
