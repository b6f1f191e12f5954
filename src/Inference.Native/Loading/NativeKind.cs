namespace Inference.Native.Loading;

/// <summary>A native library that this assembly can call.</summary>
internal enum NativeKind
{
    /// <summary>XGBoost, libxgboost.</summary>
    XGBoost,

    /// <summary>LightGBM, lib_lightgbm.</summary>
    LightGbm,

    /// <summary>ONNX Runtime, libonnxruntime.</summary>
    OnnxRuntime,
}
