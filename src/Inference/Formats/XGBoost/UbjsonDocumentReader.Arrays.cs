using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Inference.Formats.XGBoost;

/// <content>Arrays of numbers.</content>
internal ref partial struct UbjsonDocumentReader
{
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

    /// <summary>A number whose marker is behind.</summary>
    private float ReadNumber(byte marker) => marker switch
    {
        (byte)'d' => BinaryPrimitives.ReadSingleBigEndian(TakeBytes(sizeof(float))),
        (byte)'D' => (float)BinaryPrimitives.ReadDoubleBigEndian(TakeBytes(sizeof(double))),
        _ when IsInteger(marker) => ReadInteger(marker),
        _ => throw Unexpected("a number"),
    };

    private static void Grow<T>(ref T[] values, int count)
    {
        if (count == values.Length)
        {
            Array.Resize(ref values, Math.Max(4, count * 2));
        }
    }
}
