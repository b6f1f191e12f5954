namespace Inference;

/// <summary>The file formats that the library reads. The content of a file decides, never its extension.</summary>
public enum ModelFormat
{
    /// <summary>XGBoost's JSON, written by 1.0 and later.</summary>
    XGBoostJson,

    /// <summary>XGBoost's UBJSON, written by 1.6 and later.</summary>
    XGBoostUbjson,

    /// <summary>XGBoost's old binary ("deprecated") format, which its releases from 3.1 no longer read.</summary>
    XGBoostBinary,

    /// <summary>LightGBM's text format, versions v2 to v4.</summary>
    LightGbmText,

    /// <summary>An ONNX file whose graph is a tree ensemble.</summary>
    Onnx,
}
