using System;
using System.Buffers.Text;
using System.Text;

namespace Inference.Formats.XGBoost;

/// <summary>Resolves the escapes of JSON texts.</summary>
internal static class JsonEscapes
{
    /// <summary>The text that an escaped one stands for.</summary>
    /// <param name="escaped">UTF-8 between the quotes.</param>
    /// <param name="text">UTF-8; no longer than <paramref name="escaped"/>.</param>
    /// <returns>Whether every escape is one that JSON knows. A lone surrogate becomes U+FFFD.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> escaped, out byte[] text)
    {
        text = new byte[escaped.Length];
        int length = 0;
        for (int i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '\\')
            {
                text[length++] = escaped[i];
                continue;
            }

            if (++i >= escaped.Length)
            {
                return false;
            }

            byte plain = escaped[i] switch
            {
                (byte)'"' or (byte)'\\' or (byte)'/' => escaped[i],
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                (byte)'n' => (byte)'\n',
                (byte)'r' => (byte)'\r',
                (byte)'t' => (byte)'\t',
                _ => 0,
            };
            if (plain != 0)
            {
                text[length++] = plain;
            }
            else if (escaped[i] != 'u' || !TryDecodeRune(escaped, ref i, text, ref length))
            {
                return false;
            }
        }

        Array.Resize(ref text, length);
        return true;
    }

    private static bool TryDecodeRune(ReadOnlySpan<byte> escaped, ref int position, byte[] text, ref int length)
    {
        if (!TryReadUnit(escaped, position, out char unit))
        {
            return false;
        }

        position += 4;
        Rune rune = Rune.ReplacementChar;
        if (char.IsHighSurrogate(unit)
            && escaped[(position + 1)..].StartsWith("\\u"u8)
            && TryReadUnit(escaped, position + 2, out char low)
            && Rune.TryCreate(unit, low, out Rune pair))
        {
            position += 6;
            rune = pair;
        }
        else if (Rune.TryCreate(unit, out Rune single))
        {
            rune = single;
        }

        length += rune.EncodeToUtf8(text.AsSpan(length));
        return true;
    }

    /// <summary>The four hexadecimal digits behind the 'u' at a position.</summary>
    private static bool TryReadUnit(ReadOnlySpan<byte> escaped, int position, out char unit)
    {
        unit = default;
        if (position + 5 > escaped.Length
            || !Utf8Parser.TryParse(escaped.Slice(position + 1, 4), out ushort value, out int read, 'x')
            || read != 4)
        {
            return false;
        }

        unit = (char)value;
        return true;
    }
}
