using System;
using System.Collections;
using System.Globalization;
using System.Text;

namespace Inference.Tests.Properties.XGBoost;

/// <summary>Writes a document as JSON text, numbers as XGBoost spells them.</summary>
internal static class DocJson
{
    /// <summary>The text of a document.</summary>
    /// <param name="document">The document.</param>
    /// <param name="spaced">Whether to put white space wherever JSON allows it.</param>
    public static byte[] Write(DocObject document, bool spaced = false)
    {
        StringBuilder text = new();
        Append(text, document, spaced ? " \n\t\r" : "");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>A float as XGBoost writes it: the shortest digits that read back, with an exponent: 5E-1.</summary>
    public static string Number(float value)
    {
        if (!float.IsFinite(value))
        {
            return float.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
        }

        string digits = value.ToString("E8", CultureInfo.InvariantCulture);
        for (int precision = 0; precision < 8; precision++)
        {
            string shorter = value.ToString("E" + precision, CultureInfo.InvariantCulture);
            if (BitConverter.SingleToInt32Bits(float.Parse(shorter, CultureInfo.InvariantCulture)) == BitConverter.SingleToInt32Bits(value))
            {
                digits = shorter;
                break;
            }
        }

        int mark = digits.IndexOf('E', StringComparison.Ordinal);
        return digits[..mark] + "E" + int.Parse(digits[(mark + 1)..], CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
    }

    private static void Append(StringBuilder text, object value, string space)
    {
        switch (value)
        {
            case DocObject inner:
                text.Append('{').Append(space);
                string separator = "";
                foreach ((string key, object member) in inner)
                {
                    text.Append(separator).Append('"').Append(key).Append('"').Append(space).Append(':').Append(space);
                    Append(text, member, space);
                    text.Append(space);
                    separator = "," + space;
                }

                text.Append('}');
                break;
            case string content:
                text.Append('"').Append(content.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
                break;
            case Array items:
                AppendArray(text, items, space);
                break;
            case float number:
                text.Append(Number(number));
                break;
            default:
                text.Append(string.Create(CultureInfo.InvariantCulture, $"{value}"));
                break;
        }
    }

    private static void AppendArray(StringBuilder text, IEnumerable items, string space)
    {
        text.Append('[').Append(space);
        string separator = "";
        foreach (object item in items)
        {
            text.Append(separator);
            Append(text, item, space);
            separator = space + "," + space;
        }

        text.Append(space).Append(']');
    }
}
