using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace Inference.Tests.Formats.XGBoost;

/// <summary>Which of UBJSON's ways to write an array.</summary>
public enum ArrayStyle
{
    /// <summary>Numbers of one kind typed and counted, the rest counted: XGBoost's own way.</summary>
    Typed,

    /// <summary>Counted, a marker on each element.</summary>
    Counted,

    /// <summary>Neither counted nor typed, ended by a bracket; short lengths.</summary>
    Open,
}

/// <summary>Writes a JSON text as UBJSON, so that one hand-written model tests both syntaxes.</summary>
internal static class UbjsonText
{
    public static byte[] FromJson(string json, ArrayStyle style)
    {
        using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 100_000 });
        using MemoryStream stream = new();
        Write(document.RootElement, stream, style);
        return stream.ToArray();
    }

    private static void Write(JsonElement value, MemoryStream stream, ArrayStyle style)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                stream.WriteByte((byte)'{');
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    WriteText(member.Name, stream, style);
                    Write(member.Value, stream, style);
                }

                stream.WriteByte((byte)'}');
                break;
            case JsonValueKind.Array:
                WriteArray([.. value.EnumerateArray()], stream, style);
                break;
            case JsonValueKind.String:
                stream.WriteByte((byte)'S');
                WriteText(value.GetString()!, stream, style);
                break;
            case JsonValueKind.Number when IsInteger(value):
                stream.WriteByte((byte)'L');
                WriteInt64(value.GetInt64(), stream);
                break;
            case JsonValueKind.Number:
                stream.WriteByte((byte)'d');
                WriteSingle(value.GetSingle(), stream);
                break;
            case JsonValueKind.True or JsonValueKind.False:
                stream.WriteByte((byte)(value.GetBoolean() ? 'T' : 'F'));
                break;
            default:
                stream.WriteByte((byte)'Z');
                break;
        }
    }

    private static void WriteArray(JsonElement[] elements, MemoryStream stream, ArrayStyle style)
    {
        stream.WriteByte((byte)'[');
        bool numbers = elements.Length > 0 && elements.All(element => element.ValueKind == JsonValueKind.Number);
        if (style == ArrayStyle.Typed && numbers)
        {
            bool integers = elements.All(IsInteger);
            stream.Write(integers ? "$L#L"u8 : "$d#L"u8);
            WriteInt64(elements.Length, stream);
            foreach (JsonElement element in elements)
            {
                if (integers)
                {
                    WriteInt64(element.GetInt64(), stream);
                }
                else
                {
                    WriteSingle(element.GetSingle(), stream);
                }
            }

            return;
        }

        if (style != ArrayStyle.Open)
        {
            stream.Write("#L"u8);
            WriteInt64(elements.Length, stream);
        }

        foreach (JsonElement element in elements)
        {
            Write(element, stream, style);
        }

        if (style == ArrayStyle.Open)
        {
            stream.WriteByte((byte)']');
        }
    }

    private static void WriteText(string text, MemoryStream stream, ArrayStyle style)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (style == ArrayStyle.Open && bytes.Length < 128)
        {
            stream.Write([(byte)'i', (byte)bytes.Length]);
        }
        else
        {
            stream.WriteByte((byte)'L');
            WriteInt64(bytes.Length, stream);
        }

        stream.Write(bytes);
    }

    private static bool IsInteger(JsonElement value) => value.GetRawText().AsSpan().IndexOfAny(".eE") < 0;

    private static void WriteInt64(long value, MemoryStream stream)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        stream.Write(bytes);
    }

    private static void WriteSingle(float value, MemoryStream stream)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteSingleBigEndian(bytes, value);
        stream.Write(bytes);
    }
}
