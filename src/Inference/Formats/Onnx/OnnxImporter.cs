using System;
using Inference.Forests;

namespace Inference.Formats.Onnx;

/// <summary>From record to meaning: an ONNX file whose graph is a tree ensemble becomes a forest.</summary>
/// <remarks>
/// Margins are the trees' sums with the base values, values what the graph gives as scores. Both, and the choice of the
/// class, are those of ONNX Runtime 1.30 on one thread, which adds tree after tree in the rows' precision.
/// </remarks>
internal static class OnnxImporter
{
    /// <summary>The newest ai.onnx.ml whose tree operators are known.</summary>
    private const long NewestVersion = 5;

    /// <summary>Outputs that no leaf weight names are allowed up to this number.</summary>
    private const int SpareOutputs = 256;

    /// <summary>Reads a model.</summary>
    /// <exception cref="ModelFormatException">The file is broken.</exception>
    /// <exception cref="ModelNotSupportedException">The graph is no tree ensemble, or asks for something unsupported.</exception>
    public static Forest Import(ReadOnlySpan<byte> content, LoadContext context)
    {
        OnnxModelRecord model = OnnxModelReader.Read(content, context);
        OnnxGraph graph = OnnxGraph.Follow(content, model, context);
        long version = model.VersionOf(OnnxNodeRecord.MachineLearning)
            ?? throw context.Broken("opset_import", $"none of {OnnxNodeRecord.MachineLearning}", "the operator set of the tree ensemble");
        if (version is < 1 or > NewestVersion)
        {
            throw context.Unsupported("opset_import", $"{OnnxNodeRecord.MachineLearning} {version}", $"1 to {NewestVersion}");
        }

        OnnxEnsemble ensemble = graph.Ensemble.Operator == "TreeEnsemble"
            ? OnnxEnsembleReader5.Read(content, graph.Ensemble, graph.InDouble, context)
            : OnnxEnsembleReader3.Read(content, graph.Ensemble, graph.InDouble, context);
        OnnxScores scores = ensemble.Classes is null ? OnnxScores.OfRegressor(ensemble, context) : OnnxScores.OfClassifier(ensemble, context);
        (ClassRule? rule, string[] classes) = OnnxLabels.Choose(graph, ensemble, scores, context);
        long columns = graph.Columns ?? ensemble.FeatureBound;
        context.CheckFeatures(columns, "input columns");
        return new Forest
        {
            Origin = new ForestOrigin
            {
                Source = context.Source,
                Format = ModelFormat.Onnx,
                Version = $"{OnnxNodeRecord.MachineLearning} {version}",
                VersionVerified = version is 1 or 3 or 5,
                Booster = graph.Ensemble.Operator,
                FeatureNames = graph.ColumnNames,
                Classes = classes,
            },
            Precision = graph.InDouble ? ScorePrecision.Double : ScorePrecision.Single,
            ContributionRule = ContributionRule.TreeShapByTree,
            FeatureCount = (int)columns,
            OutputCount = scores.OutputCount,
            Trees = BuildTrees(ensemble, scores, context),
            IterationStarts = CountUp(ensemble.Trees.Length),
            BaseMargin = scores.BaseMargin,
            Aggregation = ensemble.Aggregation,
            Transform = scores.Transform with { RoundsToSingle = graph.InDouble && (ensemble.GivesSingle || graph.RoundsScores) },
            ClassRule = rule,
        };
    }

    /// <summary>Refuses an output count that would cost more memory than the file's leaf weights can justify.</summary>
    public static int CheckOutputs(long count, int weights, string path, LoadContext context) =>
        count <= weights + (long)SpareOutputs ? (int)count : throw context.Unsupported(
            path, $"{count} outputs for {weights} leaf weights", $"at most {SpareOutputs} outputs without a weight");

    private static Tree[] BuildTrees(OnnxEnsemble ensemble, OnnxScores scores, LoadContext context)
    {
        OnnxTreeShaper shaper = new(scores.Weights, scores.OutputCount, context);
        Tree[] trees = new Tree[ensemble.Trees.Length];
        for (int tree = 0; tree < trees.Length; tree++)
        {
            trees[tree] = shaper.Shape(ensemble.Trees[tree], ensemble.Sets?[tree] ?? OnnxSets.None, tree);
        }

        return trees;
    }

    private static int[] CountUp(int count)
    {
        int[] starts = new int[count + 1];
        for (int i = 0; i < starts.Length; i++)
        {
            starts[i] = i;
        }

        return starts;
    }
}
