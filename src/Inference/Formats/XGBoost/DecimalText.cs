using System;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Inference.Formats.XGBoost;

/// <summary>Reads decimal text as the nearest float32, in one rounding.</summary>
/// <remarks>
/// Eisel-Lemire and its kin are not needed: a mantissa below 2^53 and a power of ten up to 10^22 are exact doubles, so
/// one multiplication or division gives the double nearest to the text (Clinger 1990). Rounding that double to a float
/// is right as well unless it is exactly half-way between two floats, where the text may lie on either side; that
/// case, and the rare long or tiny number, goes to the framework's parser.
/// </remarks>
internal static class DecimalText
{
    /// <summary>The bits of a double's mantissa that a float lacks.</summary>
    private const long Excess = (1L << 29) - 1;

    /// <summary>2^-126: below it floats are spaced differently, and half-way looks different.</summary>
    private const double SmallestNormal = 1.1754943508222875e-38;

    private static ReadOnlySpan<double> Powers =>
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>Reads the number at the start of a text: decimal, or the NaN and Infinity that XGBoost writes.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="value">The nearest float.</param>
    /// <param name="length">The bytes that make up the number.</param>
    /// <returns>Whether the text starts with a number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryReadSingle(ReadOnlySpan<byte> text, out float value, out int length)
    {
        int position = 0;
        bool negative = text.Length > 0 && text[0] == '-';
        if (negative || (text.Length > 0 && text[0] == '+'))
        {
            position++;
        }

        ulong mantissa = 0;
        int digits = 0;
        int exponent = 0;
        bool exact = true;
        int start = position;
        bool fraction = false;
        for (; position < text.Length; position++)
        {
            uint digit = (uint)text[position] - '0';
            if (digit > 9)
            {
                if (text[position] != '.' || fraction)
                {
                    break;
                }

                fraction = true;
                continue;
            }

            digits++;
            if (mantissa < (1UL << 53) / 10)
            {
                mantissa = (mantissa * 10) + digit;
                exponent -= fraction ? 1 : 0;
            }
            else
            {
                exact = false;
            }
        }

        if (digits == 0)
        {
            return TryReadName(text, start, negative, out value, out length);
        }

        if (position < text.Length && (text[position] | 0x20) == 'e')
        {
            exact &= TryReadExponent(text, ref position, ref exponent);
        }

        length = position;
        if (exact && Math.Abs(exponent) < Powers.Length)
        {
            double nearest = exponent < 0 ? mantissa / Powers[-exponent] : mantissa * Powers[exponent];
            bool halfWay = (BitConverter.DoubleToInt64Bits(nearest) & Excess) == (Excess >> 1) + 1;
            if (!halfWay && nearest is 0 or (>= SmallestNormal and <= float.MaxValue))
            {
                value = negative ? -(float)nearest : (float)nearest;
                return true;
            }
        }

        return float.TryParse(text[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryReadExponent(ReadOnlySpan<byte> text, ref int position, ref int exponent)
    {
        int next = position + 1;
        bool negative = next < text.Length && text[next] == '-';
        if (next < text.Length && text[next] is (byte)'-' or (byte)'+')
        {
            next++;
        }

        int first = next;
        int power = 0;
        bool small = true;
        for (; next < text.Length && (uint)(text[next] - '0') <= 9; next++)
        {
            small &= power < 10000;
            power = small ? (power * 10) + (text[next] - '0') : power;
        }

        if (next == first)
        {
            // "1e" is the number 1 and a letter; whoever wanted a number alone sees the letter.
            return true;
        }

        position = next;
        exponent += negative ? -power : power;
        return small;
    }

    private static bool TryReadName(ReadOnlySpan<byte> text, int start, bool negative, out float value, out int length)
    {
        ReadOnlySpan<byte> rest = text[start..];
        if (rest.StartsWith("NaN"u8) || rest.StartsWith("nan"u8))
        {
            value = float.NaN;
            length = start + 3;
            return true;
        }

        value = negative ? float.NegativeInfinity : float.PositiveInfinity;
        length = start + (rest.StartsWith("Infinity"u8) ? 8 : rest.StartsWith("inf"u8) ? 3 : 0);
        return length > start;
    }
}
