using System;
using System.Collections.Generic;
using System.Text;

namespace Inference.Formats.XGBoost;

/// <summary>Reads the parameters that XGBoost's documents hold as text.</summary>
internal static class XGBoostParameters
{
    /// <summary>Numbers as text: "5E-1", or from 3.1 a list, "[5E-1,2E-1]".</summary>
    /// <exception cref="ModelFormatException">The text is anything else.</exception>
    public static float[] ReadSingles(ReadOnlySpan<byte> text, string location, LoadContext context)
    {
        ReadOnlySpan<byte> rest = text.Trim(" \t\r\n"u8);
        bool list = rest.Length >= 2 && ((rest[0] == '[' && rest[^1] == ']') || (rest[0] == '(' && rest[^1] == ')'));
        rest = list ? rest[1..^1].TrimStart((byte)' ') : rest;
        List<float> values = [];
        while (DecimalText.TryReadSingle(rest, out float value, out int length))
        {
            values.Add(value);
            rest = rest[length..].TrimStart((byte)' ');
            if (!list || rest.IsEmpty || rest[0] != ',')
            {
                break;
            }

            rest = rest[1..].TrimStart((byte)' ');
        }

        return values.Count > 0 && rest.IsEmpty
            ? [.. values]
            : throw context.Broken(location, $"\"{Excerpt(text)}\"", "a number, or numbers in brackets, as text");
    }

    /// <summary>A text for a message: printable, and not long.</summary>
    public static string Excerpt(ReadOnlySpan<byte> text)
    {
        const int Most = 40;
        Span<char> excerpt = stackalloc char[Most];
        int length = Math.Min(text.Length, Most);
        for (int i = 0; i < length; i++)
        {
            excerpt[i] = text[i] is >= 0x20 and < 0x7F ? (char)text[i] : '?';
        }

        return new StringBuilder().Append(excerpt[..length]).Append(text.Length > Most ? "…" : "").ToString();
    }
}
