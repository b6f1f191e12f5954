using System;
using Inference.Forests;

namespace Inference.Formats.Onnx;

/// <summary>Reads TreeEnsemble, ai.onnx.ml 5.</summary>
/// <remarks>
/// Splits and leaves have lists of their own; a child is an entry of one or the other, as nodes_trueleafs and
/// nodes_falseleafs say. There are no base values. A tree of one leaf is a split with that leaf on both sides.
/// Of post_transform, 1 and 2 mean LOGISTIC and SOFTMAX as in ONNX Runtime up to 1.30 (the order of POST_EVAL_TRANSFORM
/// in ml_common.h); the text of the specification has them the other way round.
/// </remarks>
internal static class OnnxEnsembleReader5
{
    private static readonly string[] Known =
    [
        "aggregate_function", "leaf_targetids", "leaf_weights", "membership_values", "n_targets", "nodes_falseleafs",
        "nodes_falsenodeids", "nodes_featureids", "nodes_hitrates", "nodes_missing_value_tracks_true", "nodes_modes",
        "nodes_splits", "nodes_trueleafs", "nodes_truenodeids", "post_transform", "tree_roots",
    ];

    /// <summary>Reads the operator.</summary>
    /// <exception cref="ModelFormatException">The lists do not fit together.</exception>
    /// <exception cref="ModelNotSupportedException">An attribute asks for something unsupported.</exception>
    public static OnnxEnsemble Read(ReadOnlySpan<byte> content, OnnxNodeRecord node, bool inDouble, LoadContext context)
    {
        OnnxAttributes attributes = new(content, node, Known, context);
        OnnxElementType type = inDouble ? OnnxElementType.Double : OnnxElementType.Single;
        int[] targets = attributes.Integers("leaf_targetids");
        double[] values = Reals(content, attributes, "leaf_weights", type, context) ?? throw context.Broken(attributes.Path("leaf_weights"), "nothing", "the leaves' values");
        Check(values.Length, targets.Length, "leaf_weights", attributes, context);
        int[] features = attributes.Integers("nodes_featureids");
        context.CheckNodes(features.Length + (long)targets.Length, attributes.Path("nodes_featureids"));
        long outputs = attributes.Integer("n_targets", 0);
        if (outputs < 1)
        {
            throw context.Broken(attributes.Path("n_targets"), $"{outputs} outputs", "at least one");
        }

        int outputCount = OnnxImporter.CheckOutputs(outputs, targets.Length, attributes.Path("n_targets"), context);
        int[] starts = new int[targets.Length + 1];
        for (int i = 0; i < targets.Length; i++)
        {
            starts[i + 1] = i + 1;
            if ((uint)targets[i] >= (uint)outputCount)
            {
                throw context.Broken($"{attributes.Path("leaf_targetids")}[{i}]", $"{targets[i]}", $"0 to {outputCount - 1}");
            }
        }

        OnnxSplits5 splits = new(content, attributes, features, targets.Length, type, context);
        (Node[][] trees, OnnxSets[]? sets) = splits.BuildTrees(attributes.Integers("tree_roots"));
        return new OnnxEnsemble
        {
            OutputCount = outputCount,
            Aggregation = attributes.Integer("aggregate_function", 1) switch
            {
                0 => Aggregation.AverageThenBase,
                1 => Aggregation.SumThenBase,
                2 => Aggregation.MinThenBase,
                3 => Aggregation.MaxThenBase,
                long other => throw context.Broken(attributes.Path("aggregate_function"), $"{other}", "0 to 3"),
            },
            PostTransform = attributes.Integer("post_transform", 0) switch
            {
                0 => OnnxPostTransform.None,
                1 => OnnxPostTransform.Logistic,
                2 => OnnxPostTransform.Softmax,
                3 => OnnxPostTransform.SoftmaxZero,
                4 => OnnxPostTransform.Probit,
                long other => throw context.Broken(attributes.Path("post_transform"), $"{other}", "0 to 4"),
            },
            Trees = trees,
            Sets = sets,
            Weights = new OnnxLeafWeights(starts, targets, values),
            FeatureBound = splits.FeatureBound,
            GivesSingle = false,
        };
    }

    /// <summary>A tensor of reals; null where the operator leaves it out.</summary>
    internal static double[]? Reals(ReadOnlySpan<byte> content, OnnxAttributes attributes, string name, OnnxElementType type, LoadContext context)
    {
        if (attributes.Tensor(name) is not { } body)
        {
            return null;
        }

        OnnxTensor tensor = new(content, body, attributes.Path(name), context);
        return tensor.Type == type ? tensor.ReadReals() : throw context.Unsupported(
            attributes.Path(name), $"a tensor of element type {tensor.Type}", $"{type}, the type of the rows");
    }

    internal static void Check(int found, int count, string name, OnnxAttributes attributes, LoadContext context)
    {
        if (found != count)
        {
            throw context.Broken(attributes.Path(name), $"{found} entries", $"{count}, as many as the lists beside it");
        }
    }

    internal static int[] Same(OnnxAttributes attributes, string name, int count, LoadContext context)
    {
        int[] list = attributes.Integers(name);
        Check(list.Length, count, name, attributes, context);
        return list;
    }
}
