using System;
using System.Buffers;
using System.Runtime.CompilerServices;

namespace Inference.Formats.XGBoost;

/// <summary>Reads JSON as XGBoost writes it: UTF-8, with bare NaN and Infinity among the numbers.</summary>
/// <remarks>
/// Hand-written because <c>Utf8JsonReader</c> refuses those two, and because a number must become the nearest float
/// without a double in between. Arrays of numbers are counted before they are allocated.
/// </remarks>
internal ref partial struct JsonDocumentReader : IDocumentReader
{
    private static readonly SearchValues<byte> TextEnds = SearchValues.Create("\"\\"u8);

    private readonly ReadOnlySpan<byte> _text;
    private readonly LoadContext _context;
    private int _position;

    /// <summary>A reader at the start of a document.</summary>
    public JsonDocumentReader(ReadOnlySpan<byte> text, LoadContext context)
    {
        _text = text;
        _context = context;
        _position = text.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;
    }

    public readonly string Location => $"byte {_position}";

    public DocumentValue Peek()
    {
        SkipBlanks();
        return Current() switch
        {
            (byte)'{' => DocumentValue.Object,
            (byte)'[' => DocumentValue.Array,
            (byte)'"' => DocumentValue.Text,
            (byte)'t' or (byte)'f' => DocumentValue.Flag,
            (byte)'n' when !_text[_position..].StartsWith("nan"u8) => DocumentValue.Null,
            (byte)'-' or (>= (byte)'0' and <= (byte)'9') or (byte)'N' or (byte)'I' or (byte)'n' or (byte)'i' => DocumentValue.Number,
            _ => throw Unexpected("a value"),
        };
    }

    public DocumentCursor BeginObject()
    {
        SkipBlanks();
        Take((byte)'{', "an object");
        return new DocumentCursor { Remaining = -1 };
    }

    public bool NextMember(ref DocumentCursor cursor, out ReadOnlySpan<byte> name)
    {
        name = default;
        if (!Next(ref cursor, (byte)'}'))
        {
            return false;
        }

        name = ReadText();
        SkipBlanks();
        Take((byte)':', "':'");
        return true;
    }

    public DocumentCursor BeginArray()
    {
        SkipBlanks();
        Take((byte)'[', "an array");
        return new DocumentCursor { Remaining = -1 };
    }

    public bool NextElement(ref DocumentCursor cursor) => Next(ref cursor, (byte)']');

    public ReadOnlySpan<byte> ReadText()
    {
        SkipBlanks();
        Take((byte)'"', "a text in quotes");
        ReadOnlySpan<byte> rest = _text[_position..];
        int end = rest.IndexOfAny(TextEnds);
        if (end >= 0 && rest[end] == '"')
        {
            _position += end + 1;
            return rest[..end];
        }

        int start = _position;
        SkipText();
        if (!JsonEscapes.TryDecode(_text[start..(_position - 1)], out byte[] decoded))
        {
            throw _context.Broken($"byte {start - 1}", "a text with an unknown escape", "\\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u and four hexadecimal digits");
        }

        return decoded;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long ReadInteger()
    {
        SkipBlanks();
        int start = _position;
        bool negative = _position < _text.Length && _text[_position] == '-';
        _position += negative ? 1 : 0;
        long value = 0;
        int first = _position;
        for (; _position < _text.Length && (uint)(_text[_position] - '0') <= 9; _position++)
        {
            long digit = _text[_position] - '0';
            if (value > (long.MaxValue - digit) / 10)
            {
                throw _context.Broken($"byte {start}", "a number beyond 64 bits", "a whole number");
            }

            value = (value * 10) + digit;
        }

        if (_position == first || (_position < _text.Length && _text[_position] is (byte)'.' or (byte)'e' or (byte)'E'))
        {
            _position = start;
            throw Unexpected("a whole number");
        }

        return negative ? -value : value;
    }

    public void End()
    {
        SkipBlanks();
        if (_position < _text.Length)
        {
            throw Unexpected("the end of the file");
        }
    }

    private bool Next(ref DocumentCursor cursor, byte end)
    {
        SkipBlanks();
        if (Current() == end)
        {
            _position++;
            return false;
        }

        if (cursor.Started)
        {
            Take((byte)',', end == '}' ? "',' or '}'" : "',' or ']'");
        }

        cursor.Started = true;
        return true;
    }

    private void SkipBlanks()
    {
        while (_position < _text.Length && _text[_position] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            _position++;
        }
    }

    private readonly byte Current() => _position < _text.Length ? _text[_position] : (byte)0;

    private void Take(byte mark, string allowed)
    {
        if (Current() != mark || _position >= _text.Length)
        {
            throw Unexpected(allowed);
        }

        _position++;
    }

    private readonly ModelFormatException Unexpected(string allowed)
    {
        if (_position >= _text.Length)
        {
            return _context.Broken(Location, "the end of the file", allowed);
        }

        byte found = _text[_position];
        return _context.Broken(Location, found is > 0x20 and < 0x7F ? $"'{(char)found}'" : $"byte 0x{found:X2}", allowed);
    }
}
