namespace Inference;

/// <summary>A native library that this package can call. None is needed for tree models; ONNX graphs need ONNX Runtime.</summary>
public enum NativeLibraryKind
{
    /// <summary>XGBoost (libxgboost), 1.7 or later.</summary>
    XGBoost,

    /// <summary>LightGBM (lib_lightgbm), 3.0 or later.</summary>
    LightGbm,

    /// <summary>ONNX Runtime (libonnxruntime), 1.16 or later.</summary>
    OnnxRuntime,
}
