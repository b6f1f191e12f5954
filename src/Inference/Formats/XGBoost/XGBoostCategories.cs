using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Inference.Formats.XGBoost;

/// <summary>Turns the categories that files from 3.1 on hold into vocabularies.</summary>
/// <remarks>Source: src/data/cat_container.cc. A feature without categories has an entry without values.</remarks>
internal static class XGBoostCategories
{
    /// <summary>XGBoost's codes of unsigned numbers, which UBJSON stores as signed ones of the same width.</summary>
    private const long UInt16 = 12, UInt32 = 14, Int8 = 9, UInt64 = 16;

    /// <summary>The vocabularies by feature; <see langword="null"/> where the file has none.</summary>
    public static Dictionary<int, CategoryVocabulary>? Import(XGBoostModelRecord model, int features, LoadContext context)
    {
        if (model.Categories.Length > features)
        {
            throw context.Broken("cats", $"categories of {model.Categories.Length} features", $"at most {features}");
        }

        Dictionary<int, CategoryVocabulary> vocabularies = [];
        for (int feature = 0; feature < model.Categories.Length; feature++)
        {
            XGBoostCategoryRecord record = model.Categories[feature];
            string[] categories = record.Offsets is null ? Numbers(record, feature, context) : Texts(record, record.Offsets, feature, context);
            if (categories.Length > 0)
            {
                vocabularies.Add(feature, new CategoryVocabulary(categories, areNumbers: record.Offsets is null));
            }
        }

        return vocabularies.Count > 0 ? vocabularies : null;
    }

    private static string[] Texts(XGBoostCategoryRecord record, int[] offsets, int feature, LoadContext context)
    {
        string[] categories = new string[Math.Max(0, offsets.Length - 1)];
        for (int code = 0; code < categories.Length; code++)
        {
            int start = offsets[code];
            int end = offsets[code + 1];
            if (start < 0 || end < start || end > record.Text.Length || (code == 0 && start != 0))
            {
                throw context.Broken($"cats, feature {feature}, category {code}", $"text from {start} to {end}", $"ascending offsets from 0 to {record.Text.Length}");
            }

            categories[code] = Encoding.UTF8.GetString(record.Text, start, end - start);
        }

        return categories;
    }

    private static string[] Numbers(XGBoostCategoryRecord record, int feature, LoadContext context)
    {
        if (record.NumberType is not (>= Int8 and <= UInt64))
        {
            throw context.Unsupported($"cats, feature {feature}", $"categories of type {record.NumberType?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}", "texts or whole numbers (types 9 to 16)");
        }

        return Array.ConvertAll(record.Numbers, number => (record.NumberType switch
        {
            UInt16 when number < 0 => number + (1L << 16),
            UInt32 when number < 0 => number + (1L << 32),
            _ => number,
        }).ToString(CultureInfo.InvariantCulture));
    }
}
