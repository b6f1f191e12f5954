using System;

namespace Inference.Formats.XGBoost;

/// <content>Passing over what the model does not need.</content>
internal ref partial struct UbjsonDocumentReader
{
    private const long OpenArray = -1;
    private const long OpenObject = -2;

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
}
