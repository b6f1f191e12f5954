using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace Inference.Cli.Rows;

/// <summary>The header of a .npy file: a Python dictionary of texts, booleans and tuples of whole numbers, and no more.</summary>
internal ref struct PythonDictionary
{
    private readonly ReadOnlySpan<char> _text;
    private readonly int _offset;
    private int _position;

    private PythonDictionary(ReadOnlySpan<char> text, int offset)
    {
        _text = text;
        _offset = offset;
    }

    /// <summary>Reads the text of a header.</summary>
    /// <param name="text">The header.</param>
    /// <param name="offset">The byte of the file that it begins at, for messages.</param>
    /// <returns>string, bool, long[] (a tuple), or an empty object for anything else in brackets.</returns>
    /// <exception cref="InvalidDataException">The text is no such dictionary.</exception>
    public static Dictionary<string, object> Parse(string text, int offset)
    {
        PythonDictionary reader = new(text, offset);
        Dictionary<string, object> entries = new(StringComparer.Ordinal);
        reader.Expect('{');
        while (!reader.TryTake('}'))
        {
            string key = reader.ReadText();
            reader.Expect(':');
            entries[key] = reader.ReadValue();
            if (!reader.TryTake(','))
            {
                reader.Expect('}');
                break;
            }
        }

        reader.SkipSpace();
        return reader._position == reader._text.Length ? entries : throw reader.Unexpected("nothing after the dictionary");
    }

    private object ReadValue()
    {
        SkipSpace();
        if (_text[_position..].StartsWith("True"))
        {
            _position += 4;
            return true;
        }

        if (_text[_position..].StartsWith("False"))
        {
            _position += 5;
            return false;
        }

        return Peek() switch
        {
            '(' => ReadTuple(),
            '[' => SkipList(),
            _ => ReadText(),
        };
    }

    private long[] ReadTuple()
    {
        List<long> numbers = [];
        Expect('(');
        while (!TryTake(')'))
        {
            SkipSpace();
            int start = _position;
            while (char.IsAsciiDigit(Peek()))
            {
                _position++;
            }

            if (!long.TryParse(_text[start.._position], NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            {
                _position = start;
                throw Unexpected("whole numbers from 0");
            }

            // Python 2 wrote long integers with an L.
            TryTake('L');
            numbers.Add(number);
            if (!TryTake(','))
            {
                Expect(')');
                break;
            }
        }

        return [.. numbers];
    }

    /// <summary>A structured type: recognised, so that the message can name it.</summary>
    private object SkipList()
    {
        int depth = 0;
        do
        {
            char c = Peek();
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (c == '\0')
            {
                throw Unexpected("']'");
            }

            _position++;
        }
        while (depth > 0);

        return new object();
    }

    private string ReadText()
    {
        SkipSpace();
        char quote = Peek();
        if (quote is not ('\'' or '"'))
        {
            throw Unexpected("a text in quotes");
        }

        int length = _text[(_position + 1)..].IndexOf(quote);
        if (length < 0)
        {
            throw Unexpected("a text that ends");
        }

        string text = _text.Slice(_position + 1, length).ToString();
        _position += length + 2;
        return text;
    }

    private void Expect(char c)
    {
        if (!TryTake(c))
        {
            throw Unexpected($"'{c}'");
        }
    }

    private bool TryTake(char c)
    {
        SkipSpace();
        bool isThere = Peek() == c;
        _position += isThere ? 1 : 0;
        return isThere;
    }

    private void SkipSpace()
    {
        while (_position < _text.Length && char.IsWhiteSpace(_text[_position]))
        {
            _position++;
        }
    }

    /// <summary>The next character; '\0', which no expectation names, at the end.</summary>
    private readonly char Peek() => _position < _text.Length ? _text[_position] : '\0';

    private readonly InvalidDataException Unexpected(string allowed) => new(_position < _text.Length
        ? $"byte {_offset + _position}: {ErrorLine.Quote(_text[_position].ToString())} in the header; {allowed}"
        : $"byte {_offset + _position}: the end of the header; {allowed}");
}
