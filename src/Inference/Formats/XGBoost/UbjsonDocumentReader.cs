using System;
using System.Buffers.Binary;

namespace Inference.Formats.XGBoost;

/// <summary>Reads Universal Binary JSON as XGBoost writes it: big-endian, arrays typed, counted or open.</summary>
/// <remarks>
/// XGBoost (src/common/json.cc, UBJWriter) writes <c>[$d#L n</c> and the bare elements for arrays of one type, <c>[#L n</c>
/// for others, and the 64-bit <c>L</c> for every length; other writers' shorter lengths are read as well. Source of the
/// format: ubjson.org, draft 12. The high-precision number H and objects with a count are refused, as XGBoost does.
/// </remarks>
internal ref partial struct UbjsonDocumentReader : IDocumentReader
{
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
        if (cursor.ElementType != 0 && cursor.Remaining > 0)
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

    public readonly void End()
    {
        if (Left > 0)
        {
            throw Unexpected("the end of the file");
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

    private readonly ModelFormatException Unexpected(string allowed)
    {
        byte found = _content[_position];
        return _context.Broken(Location, found is > 0x20 and < 0x7F ? $"'{(char)found}'" : $"byte 0x{found:X2}", allowed);
    }
}
