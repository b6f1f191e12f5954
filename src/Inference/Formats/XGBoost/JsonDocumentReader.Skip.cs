using System;
using System.Buffers;

namespace Inference.Formats.XGBoost;

/// <content>Passing over what the model does not need.</content>
internal ref partial struct JsonDocumentReader
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"[]{}"u8);
    private static readonly SearchValues<byte> ScalarEnds = SearchValues.Create(",]} \t\r\n"u8);

    public void Skip()
    {
        switch (Peek())
        {
            case DocumentValue.Object or DocumentValue.Array:
                SkipNested();
                break;
            case DocumentValue.Text:
                _position++;
                SkipText();
                break;
            default:
                int end = _text[_position..].IndexOfAny(ScalarEnds);
                _position = end < 0 ? _text.Length : _position + end;
                break;
        }
    }

    /// <summary>Passes over an object or array: one bit for each open bracket says which kind closes it.</summary>
    private void SkipNested()
    {
        int start = _position;
        ulong objects = 0;
        int depth = 0;
        do
        {
            int next = _text[_position..].IndexOfAny(Structure);
            if (next < 0)
            {
                throw _context.Broken($"byte {start}", "a value that the file's end cuts off", "a whole document");
            }

            _position += next;
            byte mark = _text[_position++];
            switch (mark)
            {
                case (byte)'"':
                    SkipText();
                    break;
                case (byte)'{' or (byte)'[':
                    if (++depth > IDocumentReader.MaxDepth)
                    {
                        throw _context.Broken($"byte {_position - 1}", $"values nested more than {IDocumentReader.MaxDepth} deep", "XGBoost's own documents, which are nested 8 deep");
                    }

                    objects = (objects << 1) | (mark == '{' ? 1UL : 0);
                    break;
                default:
                    if ((objects & 1) != (mark == '}' ? 1UL : 0))
                    {
                        throw _context.Broken($"byte {_position - 1}", $"'{(char)mark}'", (objects & 1) != 0 ? "'}'" : "']'");
                    }

                    objects >>= 1;
                    depth--;
                    break;
            }
        }
        while (depth > 0);
    }

    /// <summary>Passes over a text whose opening quote is behind.</summary>
    private void SkipText()
    {
        int start = _position;
        while (true)
        {
            int next = _text[_position..].IndexOfAny(TextEnds);
            if (next < 0 || (_text[_position + next] == '\\' && _position + next + 1 >= _text.Length))
            {
                throw _context.Broken($"byte {start - 1}", "a text that the file's end cuts off", "'\"'");
            }

            _position += next + 1;
            if (_text[_position - 1] == '"')
            {
                return;
            }

            _position++;
        }
    }
}
