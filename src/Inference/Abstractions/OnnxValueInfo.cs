using System.Collections.Generic;

namespace Inference;

/// <summary>An input or output of an ONNX graph.</summary>
public sealed record OnnxValueInfo
{
    internal OnnxValueInfo()
    {
    }

    /// <value>Its name.</value>
    public required string Name { get; init; }

    /// <value>What it is.</value>
    public required OnnxValueKind Kind { get; init; }

    /// <value>The type of a tensor's elements or of the maps' values.</value>
    public required OnnxElementType ElementType { get; init; }

    /// <value>The type of the maps' keys, <see cref="OnnxElementType.Int64"/> or <see cref="OnnxElementType.String"/>.</value>
    public OnnxElementType KeyType { get; init; }

    /// <value>A tensor's dimensions. Empty for a single number, and where the model does not say the shape.</value>
    public required IReadOnlyList<OnnxDimension> Dimensions { get; init; }

    /// <summary>Name, type and dimensions: "ids: Int64 [rows, 3]".</summary>
    public override string ToString() => Kind switch
    {
        OnnxValueKind.Tensor => $"{Name}: {ElementType} [{string.Join(", ", Dimensions)}]",
        OnnxValueKind.Maps => $"{Name}: maps of {KeyType} to {ElementType}",
        _ => $"{Name}: neither a tensor nor maps",
    };
}
