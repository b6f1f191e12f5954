using System;
using System.Collections.Generic;
using System.Globalization;

namespace Inference.Formats.Onnx;

/// <summary>Where a model's class labels come from.</summary>
internal enum OnnxLabelSource
{
    /// <summary>The graph gives no label.</summary>
    None,

    /// <summary>The label output of the tree ensemble classifier.</summary>
    Ensemble,

    /// <summary>The position of the largest score, the first of equals.</summary>
    LargestScore,
}

/// <summary>The way of data through a graph that is a tree ensemble with converters' wrapping around it.</summary>
/// <remarks>
/// Followed from the ensemble back to the graph's inputs and from the graph's outputs back to the ensemble. Each node
/// on the way must leave rows, scores or the choice of the class as they are; any other is refused by name, so that
/// nothing changes a score unnoticed. Nodes on neither way change no output and are ignored.
/// </remarks>
internal sealed class OnnxGraph
{
    /// <summary>What is allowed in place of a general graph.</summary>
    public const string TreesOnly = "a tree ensemble; " + AnyGraph;

    /// <summary>What runs a general graph.</summary>
    public const string AnyGraph = "OnnxSession runs any graph, through ONNX Runtime";

    private static readonly string[] Ensembles = ["TreeEnsemble", "TreeEnsembleClassifier", "TreeEnsembleRegressor"];

    /// <summary>The tree ensemble.</summary>
    public required OnnxNodeRecord Ensemble { get; init; }

    /// <summary>Whether the ensemble takes float64 and so compares and adds in it.</summary>
    public bool InDouble { get; private set; }

    /// <summary>The columns of a row where the file fixes them.</summary>
    public long? Columns { get; private set; }

    /// <summary>The names of the columns where the graph takes each as an input of its own.</summary>
    public string[]? ColumnNames { get; private set; }

    /// <summary>Whether a node rounds float64 scores to float32.</summary>
    public bool RoundsScores { get; private set; }

    /// <summary>Where class labels come from.</summary>
    public OnnxLabelSource Label { get; private set; }

    /// <summary>A table that turns the label into the class's name; null where the label is the name.</summary>
    public string[]? LabelTable { get; private set; }

    /// <summary>Follows the data.</summary>
    /// <exception cref="ModelNotSupportedException">The graph is not a tree ensemble, or a node around it changes what it computes.</exception>
    /// <exception cref="ModelFormatException">The graph is broken.</exception>
    public static OnnxGraph Follow(ReadOnlySpan<byte> content, OnnxModelRecord model, LoadContext context)
    {
        OnnxNodeRecord? ensemble = null;
        foreach (OnnxNodeRecord node in model.Nodes)
        {
            if (node.Domain == OnnxNodeRecord.MachineLearning && Array.IndexOf(Ensembles, node.Operator) >= 0)
            {
                if (ensemble is not null)
                {
                    throw context.Unsupported("graph", "several tree ensembles", "one tree ensemble");
                }

                ensemble = node;
            }
        }

        if (ensemble is null)
        {
            throw context.Unsupported("graph", $"no tree ensemble among the nodes ({Summary(model)})", TreesOnly);
        }

        if (ensemble.Inputs.Length != 1)
        {
            throw context.Broken(ensemble.Operator, $"{ensemble.Inputs.Length} inputs", "one");
        }

        OnnxGraph graph = new() { Ensemble = ensemble };
        graph.FollowInput(content, model, context);
        graph.FollowOutputs(content, model, context);
        return graph;
    }

    private static string Summary(OnnxModelRecord model)
    {
        const int most = 8;
        List<string> operators = [];
        foreach (OnnxNodeRecord node in model.Nodes)
        {
            if (!operators.Contains(node.Operator) && operators.Count <= most)
            {
                operators.Add(operators.Count == most ? "…" : node.Operator);
            }
        }

        return operators.Count == 0 ? "the graph has none" : string.Join(", ", operators);
    }

    private void FollowInput(ReadOnlySpan<byte> content, OnnxModelRecord model, LoadContext context)
    {
        List<OnnxElementType> casts = [];
        string value = Ensemble.Inputs[0];
        OnnxNodeRecord? producer;
        while ((producer = model.FindProducer(value)) is not null && !producer.IsBasic("Concat"))
        {
            if (casts.Count > model.Nodes.Length)
            {
                throw context.Broken($"value '{value}'", "a value that is computed from itself", "a graph without circles");
            }

            if (producer.IsBasic("Cast") && producer.Inputs.Length == 1)
            {
                casts.Add(CastTarget(content, producer, context));
            }
            else if (producer.IsBasic("Identity") && producer.Inputs.Length == 1)
            {
                casts.Add(OnnxElementType.Undefined);
            }
            else
            {
                throw ChangesRows(producer, context);
            }

            value = producer.Inputs[0];
        }

        OnnxElementType type = producer is null
            ? FollowSingleInput(model, value, context)
            : FollowConcat(content, model, producer, context);
        InDouble = type == OnnxElementType.Double;
        for (int i = casts.Count - 1; i >= 0; i--)
        {
            if (casts[i] == OnnxElementType.Undefined)
            {
                continue;
            }

            if (casts[i] is not (OnnxElementType.Single or OnnxElementType.Double) || (casts[i] == OnnxElementType.Double && type == OnnxElementType.Single && i != casts.Count - 1))
            {
                throw context.Unsupported($"Cast before {Ensemble.Operator}", $"a cast to {casts[i]}", "one cast of the rows, to float or double");
            }

            type = casts[i];
            InDouble = type == OnnxElementType.Double;
        }
    }

    private OnnxElementType FollowSingleInput(OnnxModelRecord model, string value, LoadContext context)
    {
        OnnxValueRecord? input = FindInput(model, value)
            ?? throw context.Broken($"{Ensemble.Operator}, input '{value}'", "a value that no node and no input gives", "rows");
        foreach (OnnxValueRecord other in model.Inputs)
        {
            if (other != input && model.FindInitializer(other.Name) is null)
            {
                throw context.Unsupported("graph", $"the inputs '{input.Name}' and '{other.Name}'", "one input, or one for each column that Concat joins");
            }
        }

        if (input.Rank is > 2)
        {
            throw context.Unsupported($"input '{input.Name}'", $"{input.Rank} dimensions", "rows and columns");
        }

        Columns = input.Columns;
        return RowType(input, context);
    }

    private OnnxElementType FollowConcat(ReadOnlySpan<byte> content, OnnxModelRecord model, OnnxNodeRecord concat, LoadContext context)
    {
        long axis = new OnnxAttributes(content, concat, ["axis"], context).Integer("axis", 0);
        if (axis is not (1 or -1))
        {
            throw ChangesRows(concat, context);
        }

        const int mostInputs = 4096;
        if (concat.Inputs.Length is 0 or > mostInputs || model.Inputs.Length > 2 * mostInputs)
        {
            throw context.Unsupported("Concat", $"{concat.Inputs.Length} inputs", $"1 to {mostInputs} columns");
        }

        OnnxElementType? type = null;
        string[] names = new string[concat.Inputs.Length];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = concat.Inputs[i];
            OnnxValueRecord input = FindInput(model, names[i])
                ?? throw context.Unsupported("Concat", $"'{names[i]}', which is no input of the graph", "inputs of the graph alone");
            if (Array.IndexOf(names, names[i], 0, i) >= 0 || input.Columns != 1)
            {
                throw context.Unsupported($"input '{input.Name}'", "a column that Concat takes twice, or a width other than 1", "one column for each input");
            }

            if (type is not null && type != RowType(input, context))
            {
                throw context.Broken("Concat", $"columns of {type} and {input.ElementType}", "one element type");
            }

            type = RowType(input, context);
        }

        Columns = names.Length;
        ColumnNames = names;
        return type!.Value;
    }

    private static OnnxValueRecord? FindInput(OnnxModelRecord model, string name)
    {
        foreach (OnnxValueRecord input in model.Inputs)
        {
            if (input.Name == name)
            {
                return input;
            }
        }

        return null;
    }

    private static OnnxElementType RowType(OnnxValueRecord input, LoadContext context) =>
        input.ElementType is OnnxElementType.Single or OnnxElementType.Double or OnnxElementType.Int32 or OnnxElementType.Int64
            ? input.ElementType.Value
            : throw context.Unsupported($"input '{input.Name}'", input.ElementType is { } type ? $"elements of type {type}" : "no tensor", "float, double, int32 or int64");

    private void FollowOutputs(ReadOnlySpan<byte> content, OnnxModelRecord model, LoadContext context)
    {
        if (model.Outputs.Length == 0)
        {
            throw context.Broken("graph", "no output", "the scores");
        }

        foreach (OnnxValueRecord output in model.Outputs)
        {
            OnnxTrail trail = OnnxTrail.Follow(content, model, this, output.Name, context);
            RoundsScores |= trail.RoundsScores;
            if (trail.Label != OnnxLabelSource.None && Label == OnnxLabelSource.None)
            {
                Label = trail.Label;
                LabelTable = trail.LabelTable;
            }
        }
    }

    /// <summary>The element type that a Cast gives.</summary>
    public static OnnxElementType CastTarget(ReadOnlySpan<byte> content, OnnxNodeRecord cast, LoadContext context)
    {
        OnnxAttributes attributes = new(content, cast, ["to", "saturate", "round_mode"], context);

        // Before operator set 6 the type was written as text.
        long target = attributes.Integer("to", 0);
        return target is > 0 and < int.MaxValue
            ? (OnnxElementType)target
            : throw context.Broken("Cast.to", target.ToString(CultureInfo.InvariantCulture), "the number of an element type");
    }

    private ModelNotSupportedException ChangesRows(OnnxNodeRecord node, LoadContext context) => context.Unsupported(
        $"node {node.Operator}", $"a change of the rows before {Ensemble.Operator}", $"Cast, Identity or Concat of columns; {AnyGraph}");
}
