using System;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Inference.Forests;

namespace Inference.Formats.Onnx;

/// <summary>Reads TreeEnsembleClassifier and TreeEnsembleRegressor, ai.onnx.ml 1 and 3.</summary>
/// <remarks>
/// Both write parallel lists: one entry for each node, keyed by tree and node id, and one for each weight of a leaf.
/// Version 3 adds "…_as_tensor" twins of the number lists for models in float64. The order of addition, the first
/// node of a tree as its root and the weights that are passed over are those of ONNX Runtime 1.30
/// (onnxruntime/core/providers/cpu/ml/tree_ensemble_common.h).
/// </remarks>
internal static class OnnxEnsembleReader3
{
    private static readonly string[] NodeAttributes =
    [
        "base_values", "base_values_as_tensor", "nodes_falsenodeids", "nodes_featureids",
        "nodes_hitrates", "nodes_hitrates_as_tensor", "nodes_missing_value_tracks_true", "nodes_modes", "nodes_nodeids",
        "nodes_treeids", "nodes_truenodeids", "nodes_values", "nodes_values_as_tensor", "post_transform",
    ];

    private static readonly string[] Regressor =
        [.. NodeAttributes, "aggregate_function", "n_targets", "target_ids", "target_nodeids", "target_treeids", "target_weights", "target_weights_as_tensor"];

    private static readonly string[] Classifier =
    [
        .. NodeAttributes, "class_ids", "class_nodeids", "class_treeids", "class_weights", "class_weights_as_tensor",
        "classlabels_int64s", "classlabels_strings",
    ];

    /// <summary>Reads the operator.</summary>
    /// <exception cref="ModelFormatException">The lists do not fit together.</exception>
    /// <exception cref="ModelNotSupportedException">An attribute asks for something unsupported.</exception>
    public static OnnxEnsemble Read(ReadOnlySpan<byte> content, OnnxNodeRecord node, bool inDouble, LoadContext context)
    {
        bool classifies = node.Operator == "TreeEnsembleClassifier";
        string of = classifies ? "class" : "target";
        OnnxAttributes attributes = new(content, node, classifies ? Classifier : Regressor, context);
        string[]? classes = classifies ? Classes(content, attributes, context) : null;
        int[] trees = attributes.Integers("nodes_treeids");
        context.CheckNodes(trees.Length, attributes.Path("nodes_treeids"));
        if (trees.Length == 0)
        {
            throw context.Broken(attributes.Path("nodes_treeids"), "no nodes", "at least one");
        }

        OnnxNodeIndex index = new(trees, Same(attributes.Integers("nodes_nodeids"), "nodes_nodeids", trees.Length, attributes, context), node.Operator, context);
        OnnxNodeMode[] modes = Modes(content, attributes, trees.Length, context);
        int[] outputs = attributes.Integers(of + "_ids");
        double[] values = Reals(content, attributes, of + "_weights", inDouble, outputs.Length, context);
        int outputCount = OutputCount(classes, attributes, outputs.Length, context);
        double[] thresholds = Reals(content, attributes, "nodes_values", inDouble, trees.Length, context);
        OnnxLeafWeights weights = outputCount == 1
            ? SingleWeights(index, modes, outputs, values, thresholds, of, attributes, context)
            : Weights(index, modes, outputs, values, outputCount, of, attributes, context);
        Node[][] nodes = Nodes(index, modes, thresholds, attributes, context, out int featureBound);
        return new OnnxEnsemble
        {
            OutputCount = outputCount,
            Classes = classes,
            Aggregation = classifies ? Aggregation.SumThenBase : ParseAggregation(attributes.Text("aggregate_function", "SUM"), attributes, context),
            PostTransform = ParseTransform(attributes.Text("post_transform", "NONE"), attributes, context),
            BaseValues = Reals(content, attributes, "base_values", inDouble, null, context),
            Trees = nodes,
            Weights = weights,
            FeatureBound = featureBound,
            WeightsOneClass = outputs.Length > 0 && outputs.AsSpan().IndexOfAnyExcept(outputs[0]) < 0,
            WeightsArePositive = !Array.Exists(values, value => value < 0),
            GivesSingle = inDouble,
        };
    }

    private static string[] Classes(ReadOnlySpan<byte> content, OnnxAttributes attributes, LoadContext context)
    {
        ByteRange[] texts = attributes.Texts("classlabels_strings");
        if (texts.Length == 0)
        {
            return Array.ConvertAll(attributes.Longs("classlabels_int64s"), label => label.ToString(CultureInfo.InvariantCulture));
        }

        if (attributes.Has("classlabels_int64s") && attributes.Longs("classlabels_int64s").Length > 0)
        {
            throw context.Broken(attributes.Path("classlabels_strings"), "labels in classlabels_int64s too", "one kind of labels");
        }

        string[] classes = new string[texts.Length];
        for (int i = 0; i < classes.Length; i++)
        {
            classes[i] = Encoding.UTF8.GetString(texts[i].Of(content));
        }

        return classes;
    }

    private static int OutputCount(string[]? classes, OnnxAttributes attributes, int weights, LoadContext context)
    {
        long count = classes?.Length ?? attributes.Integer("n_targets", 0);
        string path = attributes.Path(classes is null ? "n_targets" : "classlabels");
        return count < 1
            ? throw context.Broken(path, $"{count} outputs", "at least one")
            : OnnxImporter.CheckOutputs(count, weights, path, context);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static OnnxNodeMode[] Modes(ReadOnlySpan<byte> content, OnnxAttributes attributes, int count, LoadContext context)
    {
        ByteRange[] texts = Same(attributes.Texts("nodes_modes"), "nodes_modes", count, attributes, context);
        OnnxNodeMode[] modes = new OnnxNodeMode[count];
        for (int i = 0; i < count; i++)
        {
            modes[i] = OnnxNodeModes.Parse(texts[i].Of(content)) ?? throw context.Broken(
                $"{attributes.Path("nodes_modes")}[{i}]",
                $"'{Encoding.UTF8.GetString(texts[i].Of(content))}'",
                "LEAF, BRANCH_LEQ, BRANCH_LT, BRANCH_GTE, BRANCH_GT, BRANCH_EQ or BRANCH_NEQ");
        }

        return modes;
    }

    /// <summary>The leaves of a model with several outputs: any number of weights each, in the order of the file.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static OnnxLeafWeights Weights(
        OnnxNodeIndex index, OnnxNodeMode[] modes, int[] outputs, double[] values, int outputCount, string of, OnnxAttributes attributes, LoadContext context)
    {
        int[] leaves = Leaves(index, modes, outputs, outputCount, of, attributes, context);
        int[] starts = new int[modes.Length + 1];
        foreach (int leaf in leaves)
        {
            if (leaf >= 0)
            {
                starts[leaf + 1]++;
            }
        }

        for (int i = 0; i < modes.Length; i++)
        {
            starts[i + 1] += starts[i];
        }

        int[] next = starts[..^1];
        int[] placedOutputs = new int[starts[^1]];
        double[] placedValues = new double[starts[^1]];
        for (int i = 0; i < outputs.Length; i++)
        {
            if (leaves[i] >= 0)
            {
                int place = next[leaves[i]]++;
                placedOutputs[place] = outputs[i];
                placedValues[place] = values[i];
            }
        }

        return new OnnxLeafWeights(starts, placedOutputs, placedValues);
    }

    /// <summary>The leaves of a model with one output: one weight each. ONNX Runtime keeps the first, and the node's own value where there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static OnnxLeafWeights SingleWeights(
        OnnxNodeIndex index, OnnxNodeMode[] modes, int[] outputs, double[] values, double[] nodeValues, string of, OnnxAttributes attributes, LoadContext context)
    {
        int[] leaves = Leaves(index, modes, outputs, 1, of, attributes, context);
        int[] starts = new int[modes.Length + 1];
        for (int i = 0; i < starts.Length; i++)
        {
            starts[i] = i;
        }

        double[] placed = [.. nodeValues];
        for (int i = leaves.Length - 1; i >= 0; i--)
        {
            if (leaves[i] >= 0)
            {
                placed[leaves[i]] = values[i];
            }
        }

        return new OnnxLeafWeights(starts, new int[modes.Length], placed);
    }

    /// <summary>The leaf of each weight; -1 for a weight of a split. Old converters wrote those, and ONNX Runtime passes over them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int[] Leaves(
        OnnxNodeIndex index, OnnxNodeMode[] modes, int[] outputs, int outputCount, string of, OnnxAttributes attributes, LoadContext context)
    {
        int[] trees = Same(attributes.Integers(of + "_treeids"), of + "_treeids", outputs.Length, attributes, context);
        int[] nodes = Same(attributes.Integers(of + "_nodeids"), of + "_nodeids", outputs.Length, attributes, context);
        for (int i = 0; i < outputs.Length; i++)
        {
            if ((uint)outputs[i] >= (uint)outputCount)
            {
                throw context.Broken($"{attributes.Path(of + "_ids")}[{i}]", $"{outputs[i]}", $"0 to {outputCount - 1}");
            }

            int node = index.Find(trees[i], nodes[i]);
            if (node < 0)
            {
                throw context.Broken($"{attributes.Path(of + "_nodeids")}[{i}]", $"node {nodes[i]} of tree {trees[i]}, which is not there", "a leaf");
            }

            trees[i] = modes[node] == OnnxNodeMode.Leaf ? node : -1;
        }

        return trees;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Node[][] Nodes(
        OnnxNodeIndex index, OnnxNodeMode[] modes, double[] thresholds, OnnxAttributes attributes, LoadContext context, out int featureBound)
    {
        int count = modes.Length;
        int[] features = Same(attributes.Integers("nodes_featureids"), "nodes_featureids", count, attributes, context);
        int[] yes = Same(attributes.Integers("nodes_truenodeids"), "nodes_truenodeids", count, attributes, context);
        int[] no = Same(attributes.Integers("nodes_falsenodeids"), "nodes_falsenodeids", count, attributes, context);
        int[] missing = attributes.Integers("nodes_missing_value_tracks_true");
        Node[][] trees = new Node[index.TreeCount][];
        NodePlaces places = new();
        featureBound = 0;
        for (int tree = 0; tree < trees.Length; tree++)
        {
            int start = index.StartOf(tree);
            Node[] nodes = trees[tree] = new Node[index.StartOf(tree + 1) - start];
            places.Begin(nodes.Length, modes.AsSpan(start, nodes.Length).Count(OnnxNodeMode.Leaf));
            foreach (OnnxNodeMode mode in modes.AsSpan(start, nodes.Length))
            {
                places.Add(mode == OnnxNodeMode.Leaf);
            }

            for (int i = 0; i < nodes.Length; i++)
            {
                int at = start + i;
                if (modes[at] == OnnxNodeMode.Leaf)
                {
                    nodes[places.Of(i)] = new Node { Index = at, Id = index.NodeIds[at] };
                    continue;
                }

                if ((uint)features[at] >= int.MaxValue)
                {
                    throw context.Broken($"{attributes.Path("nodes_featureids")}[{at}]", $"feature {features[at]}", "0 or more");
                }

                featureBound = Math.Max(featureBound, features[at] + 1);
                nodes[places.Of(i)] = OnnxNodeModes.Split(
                    modes[at],
                    features[at],
                    thresholds[at],
                    Child(yes[at], "nodes_truenodeids"),
                    Child(no[at], "nodes_falsenodeids"),
                    at < missing.Length && missing[at] == 1,
                    index.NodeIds[at]);

                int Child(int id, string list)
                {
                    int child = index.FindInTree(tree, id);
                    return child >= 0 ? places.Of(child - start) : throw context.Broken(
                        $"tree {index.TreeIds[tree]}, node {index.NodeIds[at]}", $"a child {id} in {list}, which is not in the tree", "a node of the tree");
                }
            }
        }

        return trees;
    }

    private static T[] Same<T>(T[] list, string name, int count, OnnxAttributes attributes, LoadContext context) =>
        list.Length == count ? list : throw context.Broken(attributes.Path(name), $"{list.Length} entries", $"{count}, as many as the lists beside it");

    /// <summary>A list of floats or its twin, a tensor of the precision in which the model works.</summary>
    private static double[] Reals(ReadOnlySpan<byte> content, OnnxAttributes attributes, string name, bool inDouble, int? count, LoadContext context)
    {
        double[] values = attributes.Reals(name);
        string twin = name + "_as_tensor";
        if (attributes.Tensor(twin) is { } body)
        {
            OnnxTensor tensor = new(content, body, attributes.Path(twin), context);
            if (values.Length > 0 && tensor.Length > 0)
            {
                throw context.Broken(attributes.Path(twin), $"values beside those of {name}", "one of the two");
            }

            OnnxElementType type = inDouble ? OnnxElementType.Double : OnnxElementType.Single;
            if (tensor.Type != type)
            {
                throw context.Unsupported(attributes.Path(twin), $"a tensor of element type {tensor.Type}", $"{type}, the type of the rows");
            }

            values = tensor.Length > 0 ? tensor.ReadReals() : values;
        }

        return count is null ? values : Same(values, name, count.Value, attributes, context);
    }

    private static Aggregation ParseAggregation(string text, OnnxAttributes attributes, LoadContext context) => text switch
    {
        "SUM" => Aggregation.SumThenBase,
        "AVERAGE" => Aggregation.AverageThenBase,
        "MIN" => Aggregation.MinThenBase,
        "MAX" => Aggregation.MaxThenBase,
        _ => throw context.Broken(attributes.Path("aggregate_function"), $"'{text}'", "SUM, AVERAGE, MIN or MAX"),
    };

    private static OnnxPostTransform ParseTransform(string text, OnnxAttributes attributes, LoadContext context) => text switch
    {
        "NONE" => OnnxPostTransform.None,
        "SOFTMAX" => OnnxPostTransform.Softmax,
        "LOGISTIC" => OnnxPostTransform.Logistic,
        "SOFTMAX_ZERO" => OnnxPostTransform.SoftmaxZero,
        "PROBIT" => OnnxPostTransform.Probit,
        _ => throw context.Broken(attributes.Path("post_transform"), $"'{text}'", "NONE, SOFTMAX, LOGISTIC, SOFTMAX_ZERO or PROBIT"),
    };
}
