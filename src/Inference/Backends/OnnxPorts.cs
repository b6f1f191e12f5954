using System;
using System.Collections.Generic;
using System.Linq;
using Inference.Native.OnnxRuntime;

namespace Inference.Backends;

/// <summary>Turns what ONNX Runtime says of inputs and outputs into what users read.</summary>
internal static class OnnxPorts
{
    /// <summary>The inputs or outputs.</summary>
    public static IReadOnlyList<OnnxValueInfo> Describe(IEnumerable<OrtPort> ports) => [.. ports.Select(Describe)];

    /// <summary>ONNX Runtime's number of a type where .NET has a type for it.</summary>
    public static OnnxElementType ElementType(int type) =>
        Enum.IsDefined((OnnxElementType)type) ? (OnnxElementType)type : OnnxElementType.Undefined;

    private static OnnxValueInfo Describe(OrtPort port) => new()
    {
        Name = port.Name,
        Kind = port.Kind switch
        {
            OrtPort.Tensor => OnnxValueKind.Tensor,
            OrtPort.Sequence when port.KeyType != 0 => OnnxValueKind.Maps,
            _ => OnnxValueKind.Other,
        },
        ElementType = ElementType(port.ElementType),
        KeyType = ElementType(port.KeyType),
        Dimensions = [.. port.Dimensions.Zip(port.Symbols, Dimension)],
    };

    private static OnnxDimension Dimension(long length, string symbol) =>
        new(length is >= 0 and <= int.MaxValue ? (int)length : null, symbol.Length == 0 ? null : symbol);
}
