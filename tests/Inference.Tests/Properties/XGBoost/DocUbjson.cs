using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;

namespace Inference.Tests.Properties.XGBoost;

/// <summary>Writes a document as UBJSON (draft 12), big-endian.</summary>
internal static class DocUbjson
{
    /// <summary>The bytes of a document.</summary>
    /// <param name="document">The document.</param>
    /// <param name="typed">Whether arrays carry type and length, as XGBoost writes them, or end with a mark.</param>
    public static byte[] Write(DocObject document, bool typed)
    {
        using MemoryStream stream = new();
        Append(stream, document, typed);
        return stream.ToArray();
    }

    private static void Append(MemoryStream stream, object value, bool typed)
    {
        switch (value)
        {
            case DocObject inner:
                Mark(stream, '{');
                foreach ((string key, object member) in inner)
                {
                    AppendText(stream, key);
                    Append(stream, member, typed);
                }

                Mark(stream, '}');
                break;
            case string content:
                Mark(stream, 'S');
                AppendText(stream, content);
                break;
            case object[] items:
                AppendArray(stream, items, typed);
                break;
            case Array items:
                AppendTyped(stream, items, typed);
                break;
            case float number:
                Mark(stream, 'd');
                AppendBytes(stream, BitConverter.SingleToInt32Bits(number), 4);
                break;
            case byte number:
                Mark(stream, 'U');
                AppendBytes(stream, number, 1);
                break;
            case int number:
                AppendInteger(stream, number);
                break;
            case long number:
                AppendInteger(stream, number);
                break;
            default:
                throw new ArgumentException($"{value.GetType()} has no UBJSON type here");
        }
    }

    private static void AppendArray(MemoryStream stream, Array items, bool counted)
    {
        Mark(stream, '[');
        if (counted)
        {
            Mark(stream, '#');
            Mark(stream, 'L');
            AppendBytes(stream, items.Length, 8);
        }

        foreach (object item in items)
        {
            Append(stream, item, counted);
        }

        if (!counted)
        {
            Mark(stream, ']');
        }
    }

    private static void AppendTyped(MemoryStream stream, Array items, bool typed)
    {
        if (!typed)
        {
            AppendArray(stream, items, false);
            return;
        }

        (char type, int size) = items switch
        {
            float[] => ('d', 4),
            int[] => ('l', 4),
            long[] => ('L', 8),
            _ => ('U', 1),
        };
        Mark(stream, '[');
        Mark(stream, '$');
        Mark(stream, type);
        Mark(stream, '#');
        Mark(stream, 'L');
        AppendBytes(stream, items.Length, 8);
        foreach (object item in items)
        {
            AppendBytes(stream, item is float number ? BitConverter.SingleToInt32Bits(number) : Convert.ToInt64(item, null), size);
        }
    }

    /// <summary>An integer in the smallest type that holds it.</summary>
    private static void AppendInteger(MemoryStream stream, long value)
    {
        (char type, int size) = value switch
        {
            >= sbyte.MinValue and <= sbyte.MaxValue => ('i', 1),
            >= short.MinValue and <= short.MaxValue => ('I', 2),
            >= int.MinValue and <= int.MaxValue => ('l', 4),
            _ => ('L', 8),
        };
        Mark(stream, type);
        AppendBytes(stream, value, size);
    }

    private static void AppendText(MemoryStream stream, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Mark(stream, 'L');
        AppendBytes(stream, bytes.Length, 8);
        stream.Write(bytes);
    }

    private static void AppendBytes(MemoryStream stream, long value, int size)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        stream.Write(bytes[(8 - size)..]);
    }

    private static void Mark(MemoryStream stream, char mark) => stream.WriteByte((byte)mark);
}
