namespace Inference;

/// <summary>Where a native library was found and what it is, or why it cannot be used.</summary>
public sealed record NativeLibraryInfo
{
    internal NativeLibraryInfo()
    {
    }

    /// <value>The library.</value>
    public required NativeLibraryKind Library { get; init; }

    /// <value>Whether the process has loaded it.</value>
    public required bool IsLoaded { get; init; }

    /// <value>Its file, or the name that the system's loader resolved; empty where it is not loaded.</value>
    public string Path { get; init; } = "";

    /// <value>The step of the search that found it: "options", "INFERENCE_NATIVE_PATH", "application" or "system"; empty where it is not loaded.</value>
    public string Source { get; init; } = "";

    /// <value>Its version. LightGBM's functions tell none: there it is bounded by the functions that are present. Empty where it is not loaded.</value>
    public string Version { get; init; } = "";

    /// <value>The OpenMP runtime that it is linked with, as the file names it; empty for none.</value>
    public string OpenMp { get; init; } = "";

    /// <value>Why it is not loaded; empty where it is.</value>
    public string Reason { get; init; } = "";
}
