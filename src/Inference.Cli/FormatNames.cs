namespace Inference.Cli;

/// <summary>The names of formats, engines and libraries in reports.</summary>
internal static class FormatNames
{
    /// <summary>A format for readers.</summary>
    public static string Text(ModelFormat format) => format switch
    {
        ModelFormat.XGBoostJson => "XGBoost JSON",
        ModelFormat.XGBoostUbjson => "XGBoost UBJSON",
        ModelFormat.XGBoostBinary => "XGBoost binary",
        ModelFormat.LightGbmText => "LightGBM text",
        ModelFormat.Onnx => "ONNX",
        _ => format.ToString(),
    };

    /// <summary>A format for programs.</summary>
    public static string Key(ModelFormat format) => Text(format).ToLowerInvariant().Replace(' ', '_');

    /// <summary>An engine as options spell it.</summary>
    public static string Key(EngineKind engine) => engine.ToString().ToLowerInvariant();

    /// <summary>A native library as reports spell it.</summary>
    public static string Key(NativeLibraryKind library) => library.ToString().ToLowerInvariant();

    /// <summary>The number type of a model's scores.</summary>
    public static string Scores(BoosterInfo info) => info.ScoresInDouble ? "float64" : "float32";
}
