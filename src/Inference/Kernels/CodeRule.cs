namespace Inference.Kernels;

/// <summary>How a value becomes a category code.</summary>
internal enum CodeRule : byte
{
    /// <summary>What is behind the point is cut off; there are no codes below zero (XGBoost).</summary>
    Whole,

    /// <summary>What is behind the point is cut off, between -1 and 0 too (LightGBM).</summary>
    Truncated,

    /// <summary>Whole numbers alone are codes: sets of values (ONNX).</summary>
    Exact,
}
