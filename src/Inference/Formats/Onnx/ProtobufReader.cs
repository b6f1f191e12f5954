using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Inference.Formats.Onnx;

/// <summary>How a protobuf field is written.</summary>
internal enum WireType
{
    /// <summary>A number of 1 to 10 bytes.</summary>
    Varint = 0,

    /// <summary>Eight bytes.</summary>
    Fixed64 = 1,

    /// <summary>A length and as many bytes: text, a message, packed numbers.</summary>
    Bytes = 2,

    /// <summary>Four bytes.</summary>
    Fixed32 = 5,
}

/// <summary>The syntax of an ONNX file: the fields of one protobuf message, one after the other.</summary>
/// <remarks>
/// Never looks beyond its message, trusts no length, and does not recurse: a nested message is a range for another
/// reader. Source: the protobuf encoding specification; the deprecated groups (wire types 3 and 4) are no part of ONNX.
/// </remarks>
internal ref struct ProtobufReader
{
    private readonly ReadOnlySpan<byte> _content;
    private readonly int _end;
    private readonly LoadContext _context;
    private int _position;
    private int _fieldStart;

    /// <summary>A reader of the message that a range of the file holds.</summary>
    public ProtobufReader(ReadOnlySpan<byte> content, ByteRange message, LoadContext context)
    {
        _content = content;
        _position = message.Start;
        _end = message.End;
        _context = context;
    }

    /// <summary>The number of the field that <see cref="Next"/> found.</summary>
    public int Field { get; private set; }

    /// <summary>How the field's value is written. It must be read or skipped before the next field.</summary>
    public WireType Wire { get; private set; }

    /// <summary>Goes to the next field; false at the end of the message.</summary>
    public bool Next()
    {
        if (_position == _end)
        {
            return false;
        }

        _fieldStart = _position;
        ulong tag = Varint();
        Wire = (WireType)(tag & 7);
        if (tag >> 3 is 0 or > int.MaxValue || Wire is not (WireType.Varint or WireType.Fixed64 or WireType.Bytes or WireType.Fixed32))
        {
            throw Broken($"the protobuf tag {tag}", "a field number above 0 and a wire type of 0, 1, 2 or 5");
        }

        Field = (int)(tag >> 3);
        return true;
    }

    /// <summary>Goes to the next field if it has the given tag of one byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool NextIf(byte tag)
    {
        if (_position == _end || _content[_position] != tag)
        {
            return false;
        }

        _fieldStart = _position++;
        Field = tag >> 3;
        Wire = (WireType)(tag & 7);
        return true;
    }

    /// <summary>Reads a whole number; a negative one has ten bytes.</summary>
    public long ReadInteger()
    {
        Require(WireType.Varint);
        return (long)Varint();
    }

    /// <summary>Reads a float.</summary>
    public float ReadSingle()
    {
        Require(WireType.Fixed32);
        return BinaryPrimitives.ReadSingleLittleEndian(_content[Take(4)..]);
    }

    /// <summary>Reads a double.</summary>
    public double ReadDouble()
    {
        Require(WireType.Fixed64);
        return BinaryPrimitives.ReadDoubleLittleEndian(_content[Take(8)..]);
    }

    /// <summary>Reads the place of a nested message, a text or packed numbers.</summary>
    public ByteRange ReadBytes()
    {
        Require(WireType.Bytes);
        ulong length = Varint();
        if (length > (ulong)(_end - _position))
        {
            throw Broken($"field {Field} of {length} bytes", $"at most the {_end - _position} bytes that are left");
        }

        return new ByteRange(Take((int)length), (int)length);
    }

    /// <summary>Reads a text in UTF-8.</summary>
    public string ReadText() => Encoding.UTF8.GetString(ReadBytes().Of(_content));

    /// <summary>Passes over the field's value.</summary>
    public void Skip()
    {
        switch (Wire)
        {
            case WireType.Varint:
                Varint();
                break;
            case WireType.Fixed64:
                Take(8);
                break;
            case WireType.Fixed32:
                Take(4);
                break;
            default:
                ReadBytes();
                break;
        }
    }

    /// <summary>The exception for something that the current field must not be.</summary>
    public readonly ModelFormatException Broken(string found, string allowed) => _context.Broken($"byte {_fieldStart}", found, allowed);

    /// <summary>Reads the next of packed numbers, which fill the whole range without tags; false at its end.</summary>
    public bool NextPacked(WireType wire)
    {
        if (_position == _end)
        {
            return false;
        }

        _fieldStart = _position;
        Wire = wire;
        return true;
    }

    private readonly void Require(WireType wire)
    {
        if (Wire != wire)
        {
            throw Broken($"field {Field} with wire type {(int)Wire}", $"wire type {(int)wire}");
        }
    }

    private int Take(int length)
    {
        int start = _position;
        if (length > _end - start)
        {
            throw Broken($"a value of {length} bytes", $"at most the {_end - start} bytes that are left");
        }

        _position += length;
        return start;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Varint()
    {
        if (_position < _end && _content[_position] < 0x80)
        {
            return _content[_position++];
        }

        return LongVarint();
    }

    private ulong LongVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (_position == _end)
            {
                throw Broken("a number that the end of its message cuts off", "a whole number");
            }

            byte part = _content[_position++];
            if (shift == 63 && part > 1)
            {
                break;
            }

            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw Broken("a number of more than 64 bits", "at most 64 bits");
    }
}
