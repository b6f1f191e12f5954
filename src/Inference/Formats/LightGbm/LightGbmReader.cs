using System;
using System.Collections.Generic;
using System.Text;

namespace Inference.Formats.LightGbm;

/// <summary>Reads LightGBM's text format, versions v2 to v4, into a <see cref="LightGbmModelRecord"/>.</summary>
/// <remarks>
/// A file is a header of key=value lines, blocks "Tree=…" of the same that end at an empty line, the line "end of
/// trees" (since LightGBM 2.2), importances, training parameters, and what Python appends for pandas. Source:
/// LightGBM, src/boosting/gbdt_model_text.cpp and src/io/tree.cpp, tags v2.0.12 to v4.6.0.
/// </remarks>
internal static class LightGbmReader
{
    /// <summary>Far above the longest objective, "multiclassova num_class:… sigmoid:…".</summary>
    private const int MostObjectiveLength = 256;

    private const string Versions = "v2, v3 or v4 (LightGBM 2.0.12 to 4.x)";

    /// <summary>Reads a model.</summary>
    /// <exception cref="ModelFormatException">The file is broken.</exception>
    /// <exception cref="ModelNotSupportedException">The file has a version that is not supported.</exception>
    public static LightGbmModelRecord Read(ReadOnlySpan<byte> content, LoadContext context)
    {
        LightGbmText text = new(content);
        LightGbmFields header = ReadHeader(ref text, context);
        string version = ReadVersion(header, context);
        int classes = header.Int32(LightGbmKey.NumClass, 1);
        int features = header.Int32(LightGbmKey.MaxFeatureIdx, 0, int.MaxValue - 1) + 1;
        context.CheckFeatures(features, header.WhereIs(LightGbmKey.MaxFeatureIdx));
        List<LightGbmTreeRecord> trees = ReadTrees(ref text, context);
        CheckTreeCount(header, trees.Count);
        LightGbmModelRecord record = new()
        {
            Version = version,
            ClassCount = classes,
            TreesPerIteration = header.Has(LightGbmKey.NumTreePerIteration) ? header.Int32(LightGbmKey.NumTreePerIteration, 1) : classes,
            Objective = ReadObjective(header),
            AveragesOutput = header.Has(LightGbmKey.AverageOutput),
            FeatureNames = ReadNames(header, features),
            FeatureInfos = ReadWords(header, LightGbmKey.FeatureInfos, features),
            Trees = trees,
        };
        return LightGbmTail.Read(ref text, record, context);
    }

    private static LightGbmFields ReadHeader(ref LightGbmText text, LoadContext context)
    {
        LightGbmFields header = new(text.Content, new LightGbmFields.Place[(int)LightGbmKey.Count], -1, context);
        while (text.NextFilled() && !IsTree(text.Line) && !LightGbmTail.IsStart(text.Line))
        {
            header.Add(text);
        }

        return header;
    }

    private static string ReadVersion(scoped in LightGbmFields header, LoadContext context)
    {
        if (!header.Has(LightGbmKey.Version))
        {
            throw context.Unsupported("version", "no line 'version=…': LightGBM before 2.0.12 wrote the file", Versions);
        }

        ReadOnlySpan<byte> version = header.Text(LightGbmKey.Version);
        return version.SequenceEqual("v4"u8) ? "v4"
            : version.SequenceEqual("v3"u8) ? "v3"
            : version.SequenceEqual("v2"u8) ? "v2"
            : throw context.Unsupported(header.WhereIs(LightGbmKey.Version), $"version {LightGbmText.Quote(version)}", Versions);
    }

    private static string? ReadObjective(scoped in LightGbmFields header)
    {
        if (!header.Has(LightGbmKey.Objective))
        {
            return null;
        }

        ReadOnlySpan<byte> objective = header.Text(LightGbmKey.Objective);
        return objective.Length > MostObjectiveLength
            ? throw header.Broken(LightGbmKey.Objective, $"{objective.Length} characters", $"at most {MostObjectiveLength}")
            : Encoding.UTF8.GetString(objective);
    }

    private static List<LightGbmTreeRecord> ReadTrees(ref LightGbmText text, LoadContext context)
    {
        List<LightGbmTreeRecord> trees = [];
        LightGbmFields.Place[] places = new LightGbmFields.Place[(int)LightGbmKey.Count];
        while (IsTree(text.Line))
        {
            LightGbmFields fields = new(text.Content, places, trees.Count, context);
            while (text.Next() && !text.Line.IsEmpty)
            {
                fields.Add(text);
            }

            trees.Add(LightGbmTreeReader.Read(fields));
            text.NextFilled();
        }

        if (!LightGbmTail.IsStart(text.Line))
        {
            throw context.Broken(
                $"line {text.Number}",
                text.Line.IsEmpty ? "the end of the file among the trees" : LightGbmText.Quote(text.Line),
                "'Tree=…' or 'end of trees'");
        }

        return trees;
    }

    /// <summary>The sizes themselves are not believed; how many there are must agree with the trees.</summary>
    private static void CheckTreeCount(scoped in LightGbmFields header, int trees)
    {
        if (!header.Has(LightGbmKey.TreeSizes))
        {
            return;
        }

        int sizes = 0;
        ReadOnlySpan<byte> rest = header.Text(LightGbmKey.TreeSizes);
        while (!LightGbmFields.NextWord(ref rest).IsEmpty)
        {
            sizes++;
        }

        if (sizes != trees)
        {
            throw header.Broken(LightGbmKey.TreeSizes, $"the sizes of {sizes} trees", $"one for each of the {trees} trees in the file");
        }
    }

    private static string[]? ReadNames(scoped in LightGbmFields header, int features)
    {
        ReadOnlySpan<byte> rest = header.Text(LightGbmKey.FeatureNames);
        Span<byte> generated = stackalloc byte[18];
        "Column_"u8.CopyTo(generated);
        int feature = 0;
        bool areGenerated = true;
        while (areGenerated && feature < features)
        {
            feature.TryFormat(generated[7..], out int digits);
            areGenerated = LightGbmFields.NextWord(ref rest).SequenceEqual(generated[..(7 + digits)]);
            feature++;
        }

        return areGenerated && LightGbmFields.NextWord(ref rest).IsEmpty ? null : ReadWords(header, LightGbmKey.FeatureNames, features);
    }

    private static string[] ReadWords(scoped in LightGbmFields header, LightGbmKey key, int count)
    {
        ReadOnlySpan<byte> rest = header.Text(key);
        int found = LightGbmFields.CountWords(rest);
        if (found != count)
        {
            throw header.Broken(key, $"{found} entries", $"{count} entries, one for each of the max_feature_idx + 1 features");
        }

        string[] words = new string[count];
        ReadOnlySpan<byte> before = [];
        for (int i = 0; i < count; i++)
        {
            // Runs of equal words, "none" or "[0:1]", share one string.
            ReadOnlySpan<byte> word = LightGbmFields.NextWord(ref rest);
            words[i] = word.SequenceEqual(before) ? words[i - 1] : Encoding.UTF8.GetString(word);
            before = word;
        }

        return words;
    }

    private static bool IsTree(ReadOnlySpan<byte> line) => line.StartsWith("Tree="u8);
}
