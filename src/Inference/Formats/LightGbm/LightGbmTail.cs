using System;
using System.Collections.Generic;
using System.Text;

namespace Inference.Formats.LightGbm;

/// <summary>Reads what follows the trees: two of the training parameters, and the categories that Python's package appends.</summary>
internal static class LightGbmTail
{
    /// <summary>Whether a line ends the trees. Before LightGBM 2.2 the importances did so.</summary>
    public static bool IsStart(ReadOnlySpan<byte> line) => IsEndOfTrees(line) || line.SequenceEqual("feature importances:"u8);

    /// <summary>Reads to the end of the file.</summary>
    /// <param name="text">Stands at the line that ends the trees.</param>
    /// <param name="record">What has been read so far.</param>
    /// <param name="context">Makes the exceptions.</param>
    /// <returns>The record with what the tail says.</returns>
    public static LightGbmModelRecord Read(ref LightGbmText text, LightGbmModelRecord record, LoadContext context)
    {
        bool parametersHaveEnd = IsEndOfTrees(text.Line);
        bool inParameters = false;
        string? boosting = null;
        int[]? categorical = null;
        ReadOnlySpan<byte> last = [];
        while (text.NextFilled())
        {
            last = text.Line;
            if (last.SequenceEqual("parameters:"u8))
            {
                inParameters = true;
            }
            else if (last.SequenceEqual("end of parameters"u8))
            {
                inParameters = false;
            }
            else if (inParameters && TryParameter(last, "[boosting: "u8, out ReadOnlySpan<byte> value))
            {
                boosting = Encoding.UTF8.GetString(value);
            }
            else if (inParameters && TryParameter(last, "[categorical_feature: "u8, out value))
            {
                categorical = ReadColumns(value);
            }
        }

        if (inParameters && parametersHaveEnd)
        {
            throw context.Broken($"line {text.Number}", "the end of the file among the parameters", "'end of parameters'");
        }

        // Python looks for the categories in the file's last line alone (python-package/lightgbm/basic.py, _load_pandas_categorical).
        ReadOnlySpan<byte> key = "pandas_categorical:"u8;
        return record with
        {
            Boosting = boosting,
            CategoricalFeatures = categorical,
            PandasCategories = last.StartsWith(key) ? LightGbmCategoryReader.Read(last[key.Length..], text.Number, context) : [],
        };
    }

    private static bool IsEndOfTrees(ReadOnlySpan<byte> line) => line.SequenceEqual("end of trees"u8);

    private static bool TryParameter(ReadOnlySpan<byte> line, ReadOnlySpan<byte> start, out ReadOnlySpan<byte> value)
    {
        bool found = line.StartsWith(start) && line.EndsWith("]"u8);
        value = found ? line[start.Length..^1] : [];
        return found;
    }

    /// <summary>Column numbers separated by commas, as Python writes them; the command line's other spellings name columns of the training file and are of no use here.</summary>
    private static int[]? ReadColumns(ReadOnlySpan<byte> text)
    {
        List<int> columns = [];
        foreach (Range range in text.Split((byte)','))
        {
            if (!LightGbmFields.TryInteger(text[range], 0, int.MaxValue, out long column))
            {
                return null;
            }

            columns.Add((int)column);
        }

        return [.. columns];
    }
}
