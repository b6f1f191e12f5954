using System;
using System.Collections.Generic;
using System.Globalization;

namespace Inference.Formats.LightGbm;

/// <summary>Finds the features to which the lists of pandas_categorical belong.</summary>
/// <remarks>
/// <para>
/// The lists are the categories of the training data frame's category columns in column order, but the file does not
/// say which columns those were (LightGBM, python-package/lightgbm/basic.py, _data_from_pandas). As a rule they are
/// the columns that LightGBM treats as categorical: the training parameter categorical_feature names them, and
/// feature_infos lists their codes (it says "none" of a column that was of no use). There are two exceptions: an
/// ordered category column has a list but is a number to LightGBM, and a column of whole numbers can be declared
/// categorical without having a list.
/// </para>
/// <para>
/// So: where there are as many lists as categorical columns, and every column's codes lie inside its list, they pair
/// off. Otherwise a list is placed only where there is no choice: every way to lay all lists onto columns that can
/// have them, in order, puts it onto the same column. A list without a certain place is left out.
/// </para>
/// </remarks>
internal static class LightGbmVocabularies
{
    private const string Unused = "none";

    /// <summary>The vocabularies by feature; <see langword="null"/> where there are none.</summary>
    public static Dictionary<int, CategoryVocabulary>? Find(LightGbmModelRecord record)
    {
        LightGbmCategories[] lists = record.PandasCategories;
        if (lists.Length == 0)
        {
            return null;
        }

        int[] columns = CategoricalColumns(record);
        if (columns.Length != lists.Length || !FitAll(lists, columns, record.FeatureInfos))
        {
            columns = CertainColumns(lists, record.FeatureInfos);
        }

        Dictionary<int, CategoryVocabulary> vocabularies = [];
        for (int list = 0; list < lists.Length; list++)
        {
            // In a mixed list a text does not name one category: 1 and "1" are two.
            if (columns[list] >= 0 && !lists[list].AreMixed)
            {
                vocabularies.Add(columns[list], new CategoryVocabulary(lists[list].Values, lists[list].AreNumbers));
            }
        }

        return vocabularies.Count == 0 ? null : vocabularies;
    }

    /// <summary>The columns that LightGBM treats as categorical, ascending.</summary>
    private static int[] CategoricalColumns(LightGbmModelRecord record)
    {
        HashSet<int> declared = [.. record.CategoricalFeatures ?? []];
        List<int> columns = [];
        for (int column = 0; column < record.FeatureInfos.Length; column++)
        {
            string info = record.FeatureInfos[column];
            if (info == Unused ? declared.Contains(column) : !IsRange(info))
            {
                columns.Add(column);
            }
        }

        return [.. columns];
    }

    private static bool FitAll(LightGbmCategories[] lists, int[] columns, string[] infos)
    {
        for (int list = 0; list < lists.Length; list++)
        {
            if (!Fits(infos[columns[list]], lists[list].Values.Length))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>For each list the one column that it can be of, or -1. The leftmost and the rightmost way to lay the lists agree on exactly those.</summary>
    private static int[] CertainColumns(LightGbmCategories[] lists, string[] infos)
    {
        int[] certain = new int[lists.Length];
        Array.Fill(certain, -1);
        int list = 0;
        for (int column = 0; column < infos.Length && list < lists.Length; column++)
        {
            if (Fits(infos[column], lists[list].Values.Length))
            {
                certain[list++] = column;
            }
        }

        if (list < lists.Length)
        {
            Array.Fill(certain, -1);
            return certain;
        }

        for (int column = infos.Length - 1; column >= 0 && list > 0; column--)
        {
            if (Fits(infos[column], lists[list - 1].Values.Length))
            {
                list--;
                certain[list] = certain[list] == column ? column : -1;
            }
        }

        return certain;
    }

    private static bool IsRange(string info) => info.StartsWith('[');

    /// <summary>Whether a column can hold the codes 0 to categories - 1; LightGBM writes -1 for the missing value.</summary>
    private static bool Fits(string info, int categories)
    {
        if (info == Unused)
        {
            return true;
        }

        bool isRange = IsRange(info);
        ReadOnlySpan<char> codes = isRange ? info.AsSpan().Trim("[]") : info;
        int least = isRange ? 0 : -1;
        foreach (Range range in codes.Split(':'))
        {
            if (!int.TryParse(codes[range], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int code) || code < least || code >= categories)
            {
                return false;
            }
        }

        return true;
    }
}
