using System;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Inference.Formats.LightGbm;

/// <summary>Reads the JSON that Python's package appends: one list of categories for each category column, or null.</summary>
/// <remarks>Lists are counted before they are read: a growing one would cost a multiple of what it holds.</remarks>
internal static class LightGbmCategoryReader
{
    private const string Allowed = "null or a list of lists";

    /// <summary>Up to here the runtime keeps the texts of whole numbers and need not make them again.</summary>
    private const int MostKeptNumber = 299;

    /// <summary>Reads the lists.</summary>
    /// <param name="json">The text after "pandas_categorical:".</param>
    /// <param name="line">The number of the line, for messages.</param>
    /// <param name="context">Makes the exceptions.</param>
    /// <exception cref="ModelFormatException">The text is no such JSON.</exception>
    public static LightGbmCategories[] Read(ReadOnlySpan<byte> json, int line, LoadContext context)
    {
        string place = $"line {line}, pandas_categorical";
        try
        {
            Utf8JsonReader reader = new(json);
            LightGbmCategories[] lists = [];
            if (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
            {
                lists = new LightGbmCategories[Count(reader)];
                for (int list = 0; list < lists.Length; list++)
                {
                    reader.Read();
                    lists[list] = reader.TokenType == JsonTokenType.StartArray
                        ? ReadList(ref reader)
                        : throw context.Broken(place, $"{reader.TokenType} as entry {list}", Allowed);
                }

                reader.Read();
            }
            else if (reader.TokenType != JsonTokenType.Null)
            {
                throw context.Broken(place, reader.TokenType.ToString(), Allowed);
            }

            // Whatever follows the value is an error of the reader's.
            reader.Read();
            return lists;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text that is no valid UTF-8 or UTF-16.
            throw context.Broken(place, $"no JSON ({exception.Message})", Allowed);
        }
    }

    /// <summary>The entries of the array at whose start a copy of the reader stands.</summary>
    private static int Count(Utf8JsonReader reader)
    {
        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            reader.Skip();
            count++;
        }

        return count;
    }

    private static LightGbmCategories ReadList(ref Utf8JsonReader reader)
    {
        string[] values = new string[Count(reader)];
        bool hasTexts = false;
        bool hasNumbers = false;
        bool hasOthers = false;
        for (int i = 0; i < values.Length; i++)
        {
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.String:
                    values[i] = reader.GetString()!;
                    hasTexts = true;
                    break;
                case JsonTokenType.Number:
                    values[i] = NumberText(reader.ValueSpan);
                    hasNumbers = true;
                    break;
                case JsonTokenType.True or JsonTokenType.False:
                    // As pandas writes truth values into a CSV file.
                    values[i] = reader.GetBoolean() ? "True" : "False";
                    hasOthers = true;
                    break;
                default:
                    // A tuple or an object has no text of its own; its place is kept and makes the list a mixed one.
                    reader.Skip();
                    values[i] = "";
                    hasTexts = hasNumbers = true;
                    break;
            }
        }

        reader.Read();
        bool areMixed = (hasNumbers && hasTexts) || (hasOthers && (hasNumbers || hasTexts));
        return new(values, hasNumbers && !areMixed, areMixed);
    }

    private static string NumberText(ReadOnlySpan<byte> text) =>
        text[0] != (byte)'-' && LightGbmFields.TryInteger(text, 0, MostKeptNumber, out long number)
            ? ((int)number).ToString(CultureInfo.InvariantCulture)
            : Encoding.ASCII.GetString(text);
}
