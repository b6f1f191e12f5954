using System;
using System.Collections.Generic;
using Inference.Forests;

namespace Inference.Formats.LightGbm;

/// <summary>The meaning of a LightGBM text model: from bytes to a <see cref="Forest"/>.</summary>
/// <remarks>
/// Old files mean what LightGBM 4 takes them to mean. That differs from their writers in two points: since 3.3 NaN goes
/// right at every category split, where before it was category 0 unless the split's missing type was NaN; and since
/// 2.2.3 the objective transforms a random forest's average, where before the average was the value.
/// </remarks>
internal static class LightGbmImporter
{
    /// <summary>Reads a model.</summary>
    /// <exception cref="ModelFormatException">The file is broken.</exception>
    /// <exception cref="ModelNotSupportedException">The file asks for something unsupported.</exception>
    public static Forest Read(ReadOnlySpan<byte> content, LoadContext context)
    {
        LightGbmModelRecord record = LightGbmReader.Read(content, context);
        int outputs = CheckOutputs(record, content.Length, context);
        OutputTransform transform = LightGbmObjective.Read(record, context);
        return new Forest
        {
            Origin = Origin(record, context),
            Precision = ScorePrecision.Double,
            ContributionRule = ContributionRule.TreeShapByLeaf,
            FeatureCount = record.FeatureInfos.Length,
            OutputCount = outputs,
            Trees = Trees(record, outputs, context),
            IterationStarts = IterationStarts(record.Trees.Count / outputs, outputs),
            BaseMargin = new double[outputs],
            Aggregation = Aggregation.SumThenBase,
            TinyIsZero = true,
            AveragesIterations = record.AveragesOutput,
            Transform = transform,
            ClassRule = LightGbmObjective.ClassRule(record),
        };
    }

    private static int CheckOutputs(LightGbmModelRecord record, int fileLength, LoadContext context)
    {
        int outputs = record.ClassCount;
        if (outputs > fileLength)
        {
            throw context.Broken("num_class", $"{outputs} classes", $"fewer than the file's {fileLength} bytes");
        }

        if (record.TreesPerIteration != outputs)
        {
            throw context.Broken("num_tree_per_iteration", $"{record.TreesPerIteration} trees", $"{outputs}, as in the line num_class");
        }

        if (record.Trees.Count % outputs != 0)
        {
            throw context.Broken("end of trees", $"{record.Trees.Count} trees", $"a multiple of {outputs}, the trees of an iteration");
        }

        return outputs;
    }

    private static ForestOrigin Origin(LightGbmModelRecord record, LoadContext context) => new()
    {
        Source = context.Source,
        Format = ModelFormat.LightGbmText,
        Version = record.Version,
        VersionVerified = record.Version == "v4",
        Objective = record.Objective ?? "",
        Booster = record.Boosting ?? (record.AveragesOutput ? "rf" : "gbdt"),
        FeatureNames = record.FeatureNames,
        FeatureTypes = record.FeatureInfos,
        Vocabularies = LightGbmVocabularies.Find(record),
    };

    private static Tree[] Trees(LightGbmModelRecord record, int outputs, LoadContext context)
    {
        List<LightGbmTreeRecord> records = record.Trees;
        Tree[] trees = new Tree[records.Count];
        for (int tree = 0; tree < trees.Length; tree++)
        {
            trees[tree] = LightGbmTreeImporter.Import(records[tree], tree, tree % outputs, context);
        }

        return trees;
    }

    private static int[] IterationStarts(int iterations, int outputs)
    {
        int[] starts = new int[iterations + 1];
        for (int iteration = 0; iteration < starts.Length; iteration++)
        {
            starts[iteration] = iteration * outputs;
        }

        return starts;
    }
}
