using System;

namespace Inference.Formats.Onnx;

/// <summary>What an ONNX file writes down, before anybody asks what it means. Attributes and tensors stay undecoded.</summary>
/// <remarks>Source: onnx.proto of the ONNX project (ModelProto, GraphProto). Names of fields below are its names.</remarks>
internal sealed class OnnxModelRecord
{
    /// <summary>The version of ONNX's own file layout.</summary>
    public required long IrVersion { get; init; }

    /// <summary>The operator sets that the graph imports.</summary>
    public required OnnxOperatorSet[] OperatorSets { get; init; }

    /// <summary>The graph's nodes in the order of the file.</summary>
    public required OnnxNodeRecord[] Nodes { get; init; }

    /// <summary>The graph's constant tensors.</summary>
    public required OnnxInitializerRecord[] Initializers { get; init; }

    /// <summary>What the graph takes. In files before IR version 4 this names the initializers too.</summary>
    public required OnnxValueRecord[] Inputs { get; init; }

    /// <summary>What the graph gives.</summary>
    public required OnnxValueRecord[] Outputs { get; init; }

    /// <summary>The imported version of an operator set; null where the file imports none.</summary>
    public long? VersionOf(string domain)
    {
        foreach (OnnxOperatorSet set in OperatorSets)
        {
            if (set.Domain == domain)
            {
                return set.Version;
            }
        }

        return null;
    }

    /// <summary>The constant tensor of a name; null where there is none.</summary>
    public OnnxInitializerRecord? FindInitializer(string name)
    {
        foreach (OnnxInitializerRecord initializer in Initializers)
        {
            if (initializer.Name == name)
            {
                return initializer;
            }
        }

        return null;
    }

    /// <summary>The node that computes a value; null where none does.</summary>
    public OnnxNodeRecord? FindProducer(string value)
    {
        foreach (OnnxNodeRecord node in Nodes)
        {
            if (Array.IndexOf(node.Outputs, value) >= 0)
            {
                return node;
            }
        }

        return null;
    }
}

/// <summary>An imported operator set.</summary>
/// <param name="Domain">"" for ONNX's own, "ai.onnx.ml" for the one with trees.</param>
/// <param name="Version">The version.</param>
internal readonly record struct OnnxOperatorSet(string Domain, long Version);

/// <summary>One node of the graph.</summary>
/// <param name="Operator">The operator's name.</param>
/// <param name="Domain">The operator set; "" for ONNX's own ("ai.onnx" is written so too).</param>
/// <param name="Inputs">The values that it takes; "" for an optional one that is left out.</param>
/// <param name="Outputs">The values that it gives; "" for one that is left out.</param>
/// <param name="Body">The NodeProto, where the attributes are.</param>
internal sealed record OnnxNodeRecord(string Operator, string Domain, string[] Inputs, string[] Outputs, ByteRange Body)
{
    /// <summary>The domain of tree ensembles, ZipMap and ArrayFeatureExtractor.</summary>
    public const string MachineLearning = "ai.onnx.ml";

    /// <summary>Whether this is the named operator of ONNX's own set.</summary>
    public bool IsBasic(string name) => Domain.Length == 0 && Operator == name;

    /// <summary>Whether this is the named operator of ai.onnx.ml.</summary>
    public bool IsMachineLearning(string name) => Domain == MachineLearning && Operator == name;
}

/// <summary>A named constant tensor.</summary>
/// <param name="Name">The name.</param>
/// <param name="Tensor">The TensorProto.</param>
internal sealed record OnnxInitializerRecord(string Name, ByteRange Tensor);

/// <summary>A named input or output of the graph.</summary>
/// <param name="Name">The name.</param>
/// <param name="ElementType">The tensor's element type; null for a value that is no tensor (ZipMap's maps).</param>
/// <param name="Columns">The last of two dimensions where the file fixes it; null elsewhere.</param>
/// <param name="Rank">The number of dimensions; null where the file leaves the shape open.</param>
internal sealed record OnnxValueRecord(string Name, OnnxElementType? ElementType, long? Columns, int? Rank);
