namespace Inference;

/// <summary>How far ONNX Runtime may rewrite a graph before it runs it. The numbers are ONNX Runtime's.</summary>
public enum OnnxGraphOptimization
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>Rewrites that keep the meaning of every operator: constants folded, nodes without effect removed.</summary>
    Basic = 1,

    /// <summary>Operators fused as well.</summary>
    Extended = 2,

    /// <summary>Everything, memory layouts for this processor included.</summary>
    All = 99,
}
