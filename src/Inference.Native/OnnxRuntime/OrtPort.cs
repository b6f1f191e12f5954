using System.Collections.Generic;

namespace Inference.Native.OnnxRuntime;

/// <summary>An input or output of a graph, as the library describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">ONNXType: 1 tensor, 2 sequence, 3 map.</param>
/// <param name="ElementType">ONNXTensorElementDataType of a tensor, or of the values of a map or of a sequence of maps; 0 elsewhere.</param>
/// <param name="KeyType">ONNXTensorElementDataType of the keys of a map or of a sequence of maps; 0 elsewhere.</param>
/// <param name="Dimensions">The lengths of a tensor's dimensions; -1 where the model leaves one open.</param>
/// <param name="Symbols">The names of open dimensions; empty texts for the others.</param>
internal sealed record OrtPort(string Name, int Kind, int ElementType, int KeyType, IReadOnlyList<long> Dimensions, IReadOnlyList<string> Symbols)
{
    /// <summary>ONNX_TYPE_TENSOR.</summary>
    public const int Tensor = 1;

    /// <summary>ONNX_TYPE_SEQUENCE.</summary>
    public const int Sequence = 2;

    /// <summary>ONNX_TYPE_MAP.</summary>
    public const int Map = 3;
}
