namespace Inference.Native.Loading;

/// <summary>The names that import declarations use; <see cref="NativeLoader"/> resolves them to what it loaded.</summary>
internal static class ImportNames
{
    /// <summary>XGBoost.</summary>
    public const string XGBoost = "inference-xgboost";

    /// <summary>LightGBM.</summary>
    public const string LightGbm = "inference-lightgbm";

    /// <summary>ONNX Runtime.</summary>
    public const string OnnxRuntime = "inference-onnxruntime";
}
