using System;
using System.Globalization;
using System.Numerics;

namespace Inference.Cli.Rows;

/// <summary>A number in a CSV file.</summary>
internal static class CsvCell
{
    /// <summary>Reads a cell: a number, an infinity ("inf", "Infinity"), or a missing value (empty, NA, NaN), which becomes NaN.</summary>
    public static bool TryParse<T>(string cell, out T value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ReadOnlySpan<char> text = cell.AsSpan().Trim(" \t");
        if (text.IsEmpty || text is "NA" || text.Equals("NaN", StringComparison.OrdinalIgnoreCase))
        {
            value = T.NaN;
            return true;
        }

        if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value))
        {
            // .NET takes zero characters behind a number for its end.
            return text[^1] != '\0';
        }

        // Python and C write "inf", .NET reads "Infinity" alone.
        ReadOnlySpan<char> magnitude = text[0] is '-' or '+' ? text[1..] : text;
        if (magnitude.Equals("inf", StringComparison.OrdinalIgnoreCase))
        {
            value = text[0] == '-' ? T.NegativeInfinity : T.PositiveInfinity;
            return true;
        }

        return false;
    }
}
