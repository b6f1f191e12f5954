using System;
using System.Globalization;

namespace Inference.Formats.Onnx;

/// <summary>The way from one output of a graph back to the tree ensemble, which tells what the output is.</summary>
/// <remarks>Walking back, what stands between the output and ArgMax is about a label, what stands behind it about scores.</remarks>
internal ref struct OnnxTrail
{
    private static readonly string[] Reshapers = ["Flatten", "Reshape", "Squeeze", "Unsqueeze"];

    private readonly ReadOnlySpan<byte> _content;
    private readonly OnnxModelRecord _model;
    private readonly OnnxGraph _graph;
    private readonly LoadContext _context;
    private readonly string _output;
    private bool _picksLargest;
    private bool _castsToSingle;
    private bool _castsToInteger;

    private OnnxTrail(ReadOnlySpan<byte> content, OnnxModelRecord model, OnnxGraph graph, string output, LoadContext context)
    {
        _content = content;
        _model = model;
        _graph = graph;
        _output = output;
        _context = context;
    }

    /// <summary>Where the label comes from, if the output is a label; None for scores.</summary>
    public OnnxLabelSource Label { get; private set; }

    /// <summary>The names that the label picks from; null where it is used as it is.</summary>
    public string[]? LabelTable { get; private set; }

    /// <summary>Whether the output's scores, if they are float64, are rounded to float32.</summary>
    public readonly bool RoundsScores => _castsToSingle && Label == OnnxLabelSource.None;

    /// <summary>Follows an output back.</summary>
    /// <exception cref="ModelNotSupportedException">A node changes scores or labels in a way that is not represented.</exception>
    /// <exception cref="ModelFormatException">The output is computed from itself.</exception>
    public static OnnxTrail Follow(ReadOnlySpan<byte> content, OnnxModelRecord model, OnnxGraph graph, string output, LoadContext context)
    {
        OnnxTrail trail = new(content, model, graph, output, context);
        string value = output;
        for (int steps = 0; steps <= model.Nodes.Length; steps++)
        {
            OnnxNodeRecord node = model.FindProducer(value) ?? throw context.Unsupported(
                $"output '{output}'", $"'{value}', which the tree ensemble does not give", "scores and labels of the tree ensemble");
            if (node == graph.Ensemble)
            {
                trail.Arrive(value);
                return trail;
            }

            value = trail.Step(node);
        }

        throw context.Broken($"output '{output}'", "a value that is computed from itself", "a graph without circles");
    }

    private void Arrive(string value)
    {
        bool label = _graph.Ensemble.Operator == "TreeEnsembleClassifier" && Array.IndexOf(_graph.Ensemble.Outputs, value) == 0;
        if (label ? _picksLargest : !_picksLargest && (_castsToInteger || LabelTable is not null))
        {
            throw _context.Unsupported($"output '{_output}'", label ? "the label used as a score" : "scores used as a label", "scores as scores, labels as labels");
        }

        Label = label ? OnnxLabelSource.Ensemble : _picksLargest ? OnnxLabelSource.LargestScore : OnnxLabelSource.None;
    }

    /// <summary>The input of a node that leaves it as it is.</summary>
    private string Step(OnnxNodeRecord node)
    {
        string[] inputs = node.Inputs;
        switch (node.Operator)
        {
            case "Identity" when node.IsBasic("Identity") && inputs.Length == 1:
            case "ZipMap" when node.IsMachineLearning("ZipMap") && inputs.Length == 1:
                return inputs[0];
            case "Cast" when node.IsBasic("Cast") && inputs.Length == 1:
                Cast(node);
                return inputs[0];
            case "Mul" when node.IsBasic("Mul") && inputs.Length == 2:
                return IsOne(inputs[1]) ? inputs[0] : IsOne(inputs[0]) ? inputs[1] : throw Changes(node);
            case "ArgMax" when node.IsBasic("ArgMax") && inputs.Length == 1 && !_picksLargest:
                PickLargest(node);
                return inputs[0];
            case "ArrayFeatureExtractor" when node.IsMachineLearning("ArrayFeatureExtractor") && inputs.Length == 2:
                ReadTable(node);
                return inputs[1];
            case "Gather" when node.IsBasic("Gather") && inputs.Length == 2 && new OnnxAttributes(_content, node, ["axis"], _context).Integer("axis", 0) == 0:
                ReadTable(node);
                return inputs[1];
            default:
                return inputs.Length > 0 && node.Domain.Length == 0 && Array.IndexOf(Reshapers, node.Operator) >= 0 ? inputs[0] : throw Changes(node);
        }
    }

    /// <summary>
    /// A score stays what it is in float and double, but for float64 scores that float rounds: those may be an output,
    /// not the input of ArgMax. A label stays what it is in every type that holds it.
    /// </summary>
    private void Cast(OnnxNodeRecord node)
    {
        switch (OnnxGraph.CastTarget(_content, node, _context))
        {
            case OnnxElementType.Double:
                break;
            case OnnxElementType.Single when !(_picksLargest && _graph.InDouble):
                _castsToSingle = true;
                break;
            case OnnxElementType.Int32 or OnnxElementType.Int64 or OnnxElementType.String or OnnxElementType.Boolean when !_picksLargest:
                _castsToInteger = true;
                break;
            default:
                throw Changes(node);
        }
    }

    private void PickLargest(OnnxNodeRecord node)
    {
        OnnxAttributes attributes = new(_content, node, ["axis", "keepdims", "select_last_index"], _context);
        if (attributes.Integer("axis", 0) is not (1 or -1) || attributes.Integer("select_last_index", 0) != 0)
        {
            throw Changes(node);
        }

        _picksLargest = true;
        _castsToInteger = _castsToSingle = false;
    }

    private readonly bool IsOne(string name)
    {
        if (_model.FindInitializer(name) is not { } constant)
        {
            return false;
        }

        OnnxTensor tensor = new(_content, constant.Tensor, $"initializer '{name}'", _context);
        return tensor.Length == 1 && tensor.Type is OnnxElementType.Single or OnnxElementType.Double && tensor.ReadReals()[0] == 1;
    }

    private void ReadTable(OnnxNodeRecord node)
    {
        string name = node.Inputs[0];
        if (_picksLargest || LabelTable is not null || _model.FindInitializer(name) is not { } constant)
        {
            throw Changes(node);
        }

        OnnxTensor tensor = new(_content, constant.Tensor, $"initializer '{name}'", _context);
        LabelTable = tensor.Type == OnnxElementType.String
            ? tensor.ReadTexts()
            : Array.ConvertAll(tensor.ReadIntegers(), number => number.ToString(CultureInfo.InvariantCulture));
    }

    private readonly ModelNotSupportedException Changes(OnnxNodeRecord node) => _context.Unsupported(
        $"node {node.Operator}",
        $"a change of output '{_output}' after {_graph.Ensemble.Operator}",
        $"Identity, Cast, ZipMap, a change of shape, or Mul by 1; {OnnxGraph.AnyGraph}");
}
