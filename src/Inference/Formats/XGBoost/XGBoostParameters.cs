using System;
using System.Collections.Generic;
using System.Text;

namespace Inference.Formats.XGBoost;

/// <summary>Reads the parameters that XGBoost's documents hold as text.</summary>
internal static class XGBoostParameters
{
    /// <summary>As much of a file's text as a message repeats.</summary>
    private const int MostInMessages = 60;

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

    /// <summary>A text from a file for a message: one line, and not long.</summary>
    public static string Excerpt(ReadOnlySpan<byte> text) => Excerpt(Encoding.UTF8.GetString(text[..Math.Min(text.Length, 4 * MostInMessages)]));

    /// <inheritdoc cref="Excerpt(ReadOnlySpan{byte})"/>
    public static string Excerpt(string text) => string.Create(Math.Min(text.Length, MostInMessages), text, static (excerpt, text) =>
    {
        for (int i = 0; i < excerpt.Length; i++)
        {
            excerpt[i] = char.IsControl(text[i]) || char.IsSurrogate(text[i]) ? '?' : text[i];
        }

        if (text.Length > excerpt.Length)
        {
            excerpt[^1] = '…';
        }
    });
}
