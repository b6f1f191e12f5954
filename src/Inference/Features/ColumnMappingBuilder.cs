using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Inference;

/// <summary>Finds the column of each feature.</summary>
/// <remarks>
/// A name matches exactly, letter for letter. With a LightGBM model a column has a second chance: LightGBM writes '_' for
/// every space of a name when it trains (include/LightGBM/dataset.h, set_feature_names), so a column "unit price" that
/// matches nothing feeds the feature "unit_price". A model without names is bound by position.
/// </remarks>
internal static class ColumnMappingBuilder
{
    /// <summary>More names than this are cut short in a message; the exception's lists hold them all.</summary>
    private const int NamesInMessage = 8;

    /// <summary>Binds column names to the features of a model.</summary>
    public static ColumnMapping Bind(BoosterInfo info, IReadOnlyList<string> names, bool ignoreUnknown, bool absentIsMissing)
    {
        for (int column = 0; column < names.Count; column++)
        {
            if (names[column] is null)
            {
                throw new ArgumentException($"column {column}: no name (null); every column needs one", nameof(names));
            }
        }

        return info.HasFeatureNames ? ByName(info, names, ignoreUnknown, absentIsMissing) : ByPosition(info, names, absentIsMissing);
    }

    private static ColumnMapping ByPosition(BoosterInfo info, IReadOnlyList<string> names, bool absentIsMissing)
    {
        int features = info.Features.Count;
        bool fewer = names.Count < features && names.Count > 0 && absentIsMissing;
        if (names.Count != features && !fewer)
        {
            throw new SchemaMismatchException(
                $"{info.Source}: {names.Count} columns for a model whose file names no features; {features}, bound by their position");
        }

        int[] columns = new int[features];
        List<string> absent = [];
        for (int feature = 0; feature < features; feature++)
        {
            columns[feature] = feature < names.Count ? feature : -1;
            if (feature >= names.Count)
            {
                absent.Add(feature.ToString(CultureInfo.InvariantCulture));
            }
        }

        return new ColumnMapping(columns, names.Count, absent, []);
    }

    private static ColumnMapping ByName(BoosterInfo info, IReadOnlyList<string> names, bool ignoreUnknown, bool absentIsMissing)
    {
        Dictionary<string, int> features = IndexFeatures(info);
        int[] columns = new int[info.Features.Count];
        Array.Fill(columns, -1);
        List<int> unmatched = [];
        for (int column = 0; column < names.Count; column++)
        {
            if (features.TryGetValue(names[column], out int feature))
            {
                Claim(info, names, columns, feature, column);
            }
            else
            {
                unmatched.Add(column);
            }
        }

        List<string> unknown = [];
        foreach (int column in unmatched)
        {
            if (info.Format == ModelFormat.LightGbmText && features.TryGetValue(names[column].Replace(' ', '_'), out int feature))
            {
                Claim(info, names, columns, feature, column);
            }
            else
            {
                unknown.Add(names[column]);
            }
        }

        List<string> missing = [];
        for (int feature = 0; feature < columns.Length; feature++)
        {
            if (columns[feature] < 0)
            {
                missing.Add(info.Features[feature].Name!);
            }
        }

        // A table without one known column is a mistake even where absent columns are welcome.
        bool refusesMissing = missing.Count > 0 && (!absentIsMissing || missing.Count == columns.Length);
        bool refusesUnknown = unknown.Count > 0 && !ignoreUnknown;
        if (refusesMissing || refusesUnknown || (names.Count == 0 && columns.Length > 0))
        {
            throw Mismatch(info, names, refusesMissing ? missing : [], refusesUnknown ? unknown : []);
        }

        return new ColumnMapping(columns, names.Count, missing, unknown);
    }

    private static Dictionary<string, int> IndexFeatures(BoosterInfo info)
    {
        Dictionary<string, int> features = new(info.Features.Count, StringComparer.Ordinal);
        foreach (FeatureInfo feature in info.Features)
        {
            if (!features.TryAdd(feature.Name!, feature.Index))
            {
                throw new SchemaMismatchException(
                    $"{info.Source}: features {features[feature.Name!]} and {feature.Index} are both named {Quote(feature.Name!)}; names that differ, or rows by position");
            }
        }

        return features;
    }

    private static void Claim(BoosterInfo info, IReadOnlyList<string> names, int[] columns, int feature, int column)
    {
        if (columns[feature] >= 0)
        {
            int first = columns[feature];
            throw new SchemaMismatchException(
                $"{info.Source}: columns {first} ({Quote(names[first])}) and {column} ({Quote(names[column])}) are duplicates for the feature {Quote(info.Features[feature].Name!)}; one column for each feature");
        }

        columns[feature] = column;
    }

    private static SchemaMismatchException Mismatch(BoosterInfo info, IReadOnlyList<string> names, List<string> missing, List<string> unknown)
    {
        StringBuilder text = new($"{info.Source}: ");
        if (names.Count == 0)
        {
            text.Append("a table without columns");
        }
        else
        {
            Append(text, "feature", " without a column", missing);
            text.Append(missing.Count > 0 && unknown.Count > 0 ? ", " : "");
            Append(text, "column", " unknown to the model", unknown);
        }

        text.Append(CultureInfo.InvariantCulture, $"; one column for each of its {info.Features.Count} features, by name");
        return new SchemaMismatchException(text.ToString(), missing, unknown);
    }

    private static void Append(StringBuilder text, string noun, string verdict, List<string> names)
    {
        if (names.Count == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"{names.Count} {noun}{(names.Count == 1 ? "" : "s")}{verdict} (");
        for (int i = 0; i < names.Count && i < NamesInMessage; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(Quote(names[i]));
        }

        if (names.Count > NamesInMessage)
        {
            text.Append(CultureInfo.InvariantCulture, $" and {names.Count - NamesInMessage} more");
        }

        text.Append(')');
    }

    /// <summary>A name in a message: cut where it is too long to be read, quoted so that blanks are seen.</summary>
    private static string Quote(string name) => name.Length <= 64 ? $"\"{name}\"" : $"\"{name.AsSpan(0, 61)}...\"";
}
