namespace Inference;

/// <summary>What an input or output of an ONNX graph is.</summary>
public enum OnnxValueKind
{
    /// <summary>A tensor.</summary>
    Tensor,

    /// <summary>A list of maps, one for each row, as scikit-learn's converters write class probabilities (ZipMap).</summary>
    Maps,

    /// <summary>Something that this version neither sets nor reads: a sequence of tensors, a sparse tensor, an optional value.</summary>
    Other,
}
