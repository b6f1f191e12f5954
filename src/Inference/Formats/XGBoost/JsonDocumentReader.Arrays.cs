using System;
using System.Runtime.CompilerServices;

namespace Inference.Formats.XGBoost;

/// <content>Arrays of numbers: nearly all of a file.</content>
/// <remarks>
/// A model is most often read once, when a process starts. The loops over elements are therefore compiled with all
/// optimisations at once, not after the runtime has seen them run.
/// </remarks>
internal ref partial struct JsonDocumentReader
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int[] ReadInt32Array()
    {
        DocumentCursor cursor = BeginArray();
        int[] values = new int[CountElements()];
        for (int i = 0; NextElement(ref cursor); i++)
        {
            int start = _position;
            long value = ReadInteger();
            values[i] = (int)value;
            if (values[i] != value)
            {
                throw _context.Broken($"byte {start}", $"{value}", "a whole number of 32 bits");
            }
        }

        return values;
    }

    public long[] ReadInt64Array()
    {
        DocumentCursor cursor = BeginArray();
        long[] values = new long[CountElements()];
        for (int i = 0; NextElement(ref cursor); i++)
        {
            values[i] = ReadInteger();
        }

        return values;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public float[] ReadSingleArray()
    {
        DocumentCursor cursor = BeginArray();
        float[] values = new float[CountElements()];
        for (int i = 0; NextElement(ref cursor); i++)
        {
            SkipBlanks();
            if (!DecimalText.TryReadSingle(_text[_position..], out values[i], out int length))
            {
                throw Unexpected("a number");
            }

            _position += length;
        }

        return values;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public byte[] ReadByteArray()
    {
        DocumentCursor cursor = BeginArray();
        byte[] values = new byte[CountElements()];
        for (int i = 0; NextElement(ref cursor); i++)
        {
            values[i] = ReadByte();
        }

        return values;
    }

    /// <summary>An upper bound of the elements of the array of scalars that has just been entered; exact where it is sound.</summary>
    private readonly int CountElements()
    {
        ReadOnlySpan<byte> rest = _text[_position..];
        int end = rest.IndexOf((byte)']');
        if (end < 0)
        {
            throw _context.Broken(Location, "an array that the file's end cuts off", "']'");
        }

        ReadOnlySpan<byte> elements = rest[..end].TrimEnd(" \t\r\n"u8);
        return elements.TrimStart(" \t\r\n"u8).IsEmpty ? 0 : elements.Count((byte)',') + 1;
    }

    private byte ReadByte()
    {
        SkipBlanks();
        ReadOnlySpan<byte> rest = _text[_position..];
        if (rest.StartsWith("true"u8))
        {
            _position += 4;
            return 1;
        }

        if (rest.StartsWith("false"u8))
        {
            _position += 5;
            return 0;
        }

        int start = _position;
        long value = ReadInteger();
        return value is >= 0 and <= 255 ? (byte)value : throw _context.Broken($"byte {start}", $"{value}", "0 to 255");
    }
}
