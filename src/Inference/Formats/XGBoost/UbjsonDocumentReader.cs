using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Inference.Formats.XGBoost;

/// <summary>Reads Universal Binary JSON as XGBoost writes it: big-endian, arrays typed, counted or open.</summary>
/// <remarks>
/// XGBoost (src/common/json.cc, UBJWriter) writes <c>[$d#L n</c> and the bare elements for arrays of one type, <c>[#L n</c>
/// for others, and the 64-bit <c>L</c> for every length; other writers' shorter lengths are read as well. Source of the
/// format: ubjson.org, draft 12. The high-precision number H and objects with a count are refused, as XGBoost does.
/// </remarks>
internal ref struct UbjsonDocumentReader : IDocumentReader
{
    private const long OpenArray = -1;
    private const long OpenObject = -2;

    private readonly ReadOnlySpan<byte> _content;
    private readonly LoadContext _context;
    private int _position;

    /// <summary>A reader at the start of a document.</summary>
    public UbjsonDocumentReader(ReadOnlySpan<byte> content, LoadContext context)
    {
        _content = content;
        _context = context;
    }

    public readonly string Location => $"byte {_position}";

    private readonly int Left => _content.Length - _position;

    public readonly DocumentValue Peek() => Marker() switch
    {
        (byte)'{' => DocumentValue.Object,
        (byte)'[' => DocumentValue.Array,
        (byte)'S' => DocumentValue.Text,
        (byte)'T' or (byte)'F' => DocumentValue.Flag,
        (byte)'Z' => DocumentValue.Null,
        byte marker when SizeOf(marker) > 0 => DocumentValue.Number,
        _ => throw Unexpected("a value"),
    };

    public DocumentCursor BeginObject()
    {
        Take((byte)'{', "an object");
        return new DocumentCursor { Remaining = -1 };
    }

    public bool NextMember(ref DocumentCursor cursor, out ReadOnlySpan<byte> name)
    {
        if (Marker() == '}')
        {
            _position++;
            name = default;
            return false;
        }

        name = ReadBytes();
        return true;
    }

    public DocumentCursor BeginArray()
    {
        DocumentCursor cursor = EnterArray();
        if (cursor.ElementType != 0)
        {
            throw _context.Broken(Location, "an array of numbers", "an array of objects or texts");
        }

        return cursor;
    }

    public bool NextElement(ref DocumentCursor cursor)
    {
        if (cursor.Remaining >= 0)
        {
            return cursor.Remaining-- > 0;
        }

        if (Marker() != ']')
        {
            return true;
        }

        _position++;
        return false;
    }

    public ReadOnlySpan<byte> ReadText()
    {
        Take((byte)'S', "a text");
        return ReadBytes();
    }

    public long ReadInteger()
    {
        byte marker = Marker();
        if (!IsInteger(marker))
        {
            throw Unexpected("a whole number");
        }

        _position++;
        return ReadInteger(marker);
    }

    public int[] ReadInt32Array()
    {
        DocumentCursor cursor = EnterArray();
        int[] values = cursor.Remaining >= 0 ? new int[cursor.Remaining] : [];
        if (cursor.ElementType == 'l' && BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, int>(TakeBytes(values.Length * sizeof(int))), values);
            return values;
        }

        int count = 0;
        while (NextElement(ref cursor))
        {
            int start = _position;
            long value = cursor.ElementType == 0 ? ReadInteger() : ReadTyped(cursor.ElementType);
            Grow(ref values, count);
            values[count] = (int)value;
            if (values[count++] != value)
            {
                throw _context.Broken($"byte {start}", $"{value}", "a whole number of 32 bits");
            }
        }

        Array.Resize(ref values, count);
        return values;
    }

    public long[] ReadInt64Array()
    {
        DocumentCursor cursor = EnterArray();
        long[] values = cursor.Remaining >= 0 ? new long[cursor.Remaining] : [];
        int count = 0;
        while (NextElement(ref cursor))
        {
            Grow(ref values, count);
            values[count++] = cursor.ElementType == 0 ? ReadInteger() : ReadTyped(cursor.ElementType);
        }

        Array.Resize(ref values, count);
        return values;
    }

    public float[] ReadSingleArray()
    {
        DocumentCursor cursor = EnterArray();
        float[] values = cursor.Remaining >= 0 ? new float[cursor.Remaining] : [];
        if (cursor.ElementType == 'd' && BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(
                MemoryMarshal.Cast<byte, int>(TakeBytes(values.Length * sizeof(float))),
                MemoryMarshal.Cast<float, int>(values.AsSpan()));
            return values;
        }

        int count = 0;
        while (NextElement(ref cursor))
        {
            byte type = cursor.ElementType;
            if (type == 0)
            {
                type = Marker();
                _position += SizeOf(type) > 0 ? 1 : 0;
            }

            Grow(ref values, count);
            values[count++] = ReadNumber(type);
        }

        Array.Resize(ref values, count);
        return values;
    }

    public byte[] ReadByteArray()
    {
        DocumentCursor cursor = EnterArray();
        byte[] values = cursor.Remaining >= 0 ? new byte[cursor.Remaining] : [];
        if (cursor.ElementType == 'U')
        {
            TakeBytes(values.Length).CopyTo(values);
            return values;
        }

        int count = 0;
        while (NextElement(ref cursor))
        {
            int start = _position;
            long value = cursor.ElementType != 0 ? ReadTyped(cursor.ElementType) : ReadFlagOrInteger();
            Grow(ref values, count);
            values[count++] = value is >= 0 and <= 255 ? (byte)value : throw _context.Broken($"byte {start}", $"{value}", "0 to 255");
        }

        Array.Resize(ref values, count);
        return values;
    }

    public void Skip()
    {
        // What is open: the elements to come of a counted array, or one of the two marks.
        Span<long> open = stackalloc long[IDocumentReader.MaxDepth];
        int depth = 0;
        do
        {
            if (depth > 0 && !EnterNext(ref open[depth - 1]))
            {
                depth--;
                continue;
            }

            SkipOne(open, ref depth);
        }
        while (depth > 0);
    }

    public readonly void End()
    {
        if (Left > 0)
        {
            throw Unexpected("the end of the file");
        }
    }

    /// <summary>Whether what is open holds another value, whose name, if any, is passed over here, as is the end.</summary>
    private bool EnterNext(ref long open)
    {
        if (open >= 0)
        {
            return open-- > 0;
        }

        if (Marker() == (open == OpenObject ? '}' : ']'))
        {
            _position++;
            return false;
        }

        if (open == OpenObject)
        {
            ReadBytes();
        }

        return true;
    }

    private void SkipOne(scoped Span<long> open, ref int depth)
    {
        byte marker = Marker();
        switch (marker)
        {
            case (byte)'Z' or (byte)'T' or (byte)'F':
                _position++;
                return;
            case (byte)'S':
                _position++;
                ReadBytes();
                return;
            case (byte)'{' or (byte)'[':
                if (depth == open.Length)
                {
                    throw _context.Broken(Location, $"values nested more than {IDocumentReader.MaxDepth} deep", "XGBoost's own documents, which are nested 8 deep");
                }

                if (marker == '{')
                {
                    _position++;
                    open[depth++] = OpenObject;
                    return;
                }

                DocumentCursor cursor = EnterArray();
                if (cursor.ElementType != 0)
                {
                    TakeBytes((int)cursor.Remaining * SizeOf(cursor.ElementType));
                    return;
                }

                open[depth++] = cursor.Remaining >= 0 ? cursor.Remaining : OpenArray;
                return;
            default:
                if (SizeOf(marker) == 0)
                {
                    throw Unexpected("a value");
                }

                _position++;
                TakeBytes(SizeOf(marker));
                return;
        }
    }

    /// <summary>Enters an array. The rest of the file is known to hold the elements that it announces.</summary>
    private DocumentCursor EnterArray()
    {
        Take((byte)'[', "an array");
        byte type = 0;
        if (Marker() == '$')
        {
            _position++;
            type = Marker();
            if (SizeOf(type) == 0)
            {
                throw Unexpected("the type of a number");
            }

            _position++;
            if (Marker() != '#')
            {
                throw Unexpected("'#', the count of a typed array");
            }
        }

        if (Marker() != '#')
        {
            return new DocumentCursor { Remaining = -1 };
        }

        _position++;
        int start = _position;
        long count = ReadLength();
        int least = Math.Max(1, SizeOf(type));
        if (count > Left / least)
        {
            throw _context.Broken($"byte {start}", $"an array of {count} elements", $"at most {Left / least}, which the rest of the file can hold");
        }

        return new DocumentCursor { Remaining = count, ElementType = type };
    }

    private long ReadFlagOrInteger()
    {
        if (Marker() is (byte)'T' or (byte)'F')
        {
            return _content[_position++] == 'T' ? 1 : 0;
        }

        return ReadInteger();
    }

    /// <summary>An element of a typed array of whole numbers.</summary>
    private long ReadTyped(byte type) => IsInteger(type)
        ? ReadInteger(type)
        : throw _context.Broken(Location, $"an array of type '{(char)type}'", "an array of whole numbers");

    /// <summary>A whole number whose marker is behind.</summary>
    private long ReadInteger(byte marker)
    {
        ReadOnlySpan<byte> bytes = TakeBytes(SizeOf(marker));
        return marker switch
        {
            (byte)'i' => (sbyte)bytes[0],
            (byte)'U' or (byte)'C' => bytes[0],
            (byte)'I' => BinaryPrimitives.ReadInt16BigEndian(bytes),
            (byte)'l' => BinaryPrimitives.ReadInt32BigEndian(bytes),
            _ => BinaryPrimitives.ReadInt64BigEndian(bytes),
        };
    }

    /// <summary>A number whose marker is behind.</summary>
    private float ReadNumber(byte marker) => marker switch
    {
        (byte)'d' => BinaryPrimitives.ReadSingleBigEndian(TakeBytes(sizeof(float))),
        (byte)'D' => (float)BinaryPrimitives.ReadDoubleBigEndian(TakeBytes(sizeof(double))),
        _ when IsInteger(marker) => ReadInteger(marker),
        _ => throw Unexpected("a number"),
    };

    private ReadOnlySpan<byte> ReadBytes()
    {
        int start = _position;
        long length = ReadLength();
        return length <= Left
            ? TakeBytes((int)length)
            : throw _context.Broken($"byte {start}", $"a text of {length} bytes", $"at most {Left}, which the rest of the file can hold");
    }

    private long ReadLength()
    {
        int start = _position;
        byte marker = Marker();
        if (!IsInteger(marker))
        {
            throw Unexpected("a length");
        }

        _position++;
        long length = ReadInteger(marker);
        return length >= 0 ? length : throw _context.Broken($"byte {start}", $"the length {length}", "0 or more");
    }

    private ReadOnlySpan<byte> TakeBytes(int count)
    {
        if (count > Left)
        {
            throw _context.Broken(Location, $"{Left} bytes before the end of the file", $"the {count} bytes of a value");
        }

        ReadOnlySpan<byte> bytes = _content.Slice(_position, count);
        _position += count;
        return bytes;
    }

    private void Take(byte marker, string allowed)
    {
        if (Marker() != marker)
        {
            throw Unexpected(allowed);
        }

        _position++;
    }

    private readonly byte Marker() => _position < _content.Length
        ? _content[_position]
        : throw _context.Broken(Location, "the end of the file", "more of the document");

    private static int SizeOf(byte marker) => marker switch
    {
        (byte)'i' or (byte)'U' or (byte)'C' => 1,
        (byte)'I' => 2,
        (byte)'l' or (byte)'d' => 4,
        (byte)'L' or (byte)'D' => 8,
        _ => 0,
    };

    private static bool IsInteger(byte marker) => marker is (byte)'i' or (byte)'U' or (byte)'C' or (byte)'I' or (byte)'l' or (byte)'L';

    private static void Grow<T>(ref T[] values, int count)
    {
        if (count == values.Length)
        {
            Array.Resize(ref values, Math.Max(4, count * 2));
        }
    }

    private readonly ModelFormatException Unexpected(string allowed)
    {
        byte found = _content[_position];
        return _context.Broken(Location, found is > 0x20 and < 0x7F ? $"'{(char)found}'" : $"byte 0x{found:X2}", allowed);
    }
}
