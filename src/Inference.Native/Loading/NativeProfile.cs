using System;
using System.Collections.Generic;

namespace Inference.Native.Loading;

/// <summary>What is known of a native library before it is loaded.</summary>
internal sealed record NativeProfile
{
    private static readonly NativeProfile[] Profiles =
    [
        new NativeProfile
        {
            Kind = NativeKind.XGBoost,
            Title = "XGBoost",
            ImportName = ImportNames.XGBoost,
            FileNames = Names("xgboost", "libxgboost.so.0"),
            Symbols = ["XGBoostVersion", "XGBGetLastError", "XGBoosterCreate", "XGBoosterFree", "XGBoosterLoadModelFromBuffer", "XGBoosterPredictFromDense", "XGBoosterPredictFromDMatrix"],
            Package = "Debian's libxgboost0, the Python wheel's xgboost/lib, or a build of XGBoost's sources",
            ReadVersion = NativeVersions.XGBoost,
            Oldest = new Version(1, 7),
        },
        new NativeProfile
        {
            Kind = NativeKind.LightGbm,
            Title = "LightGBM",
            ImportName = ImportNames.LightGbm,
            FileNames = OperatingSystem.IsWindows() ? ["lib_lightgbm.dll"] : OperatingSystem.IsMacOS() ? ["lib_lightgbm.dylib", "lib_lightgbm.so"] : ["lib_lightgbm.so"],
            Symbols = ["LGBM_GetLastError", "LGBM_BoosterLoadModelFromString", "LGBM_BoosterFree", "LGBM_BoosterPredictForMat", "LGBM_BoosterPredictForMatSingleRowFastInit", "LGBM_BoosterPredictForMatSingleRowFast", "LGBM_FastConfigFree"],
            Package = "the NuGet package LightGBM, the Python wheel's lightgbm/lib, or a build of LightGBM's sources",
            ReadVersion = NativeVersions.LightGbm,
            Oldest = new Version(3, 0),
        },
        new NativeProfile
        {
            Kind = NativeKind.OnnxRuntime,
            Title = "ONNX Runtime",
            ImportName = ImportNames.OnnxRuntime,
            FileNames = Names("onnxruntime", "libonnxruntime.so.1"),
            Symbols = ["OrtGetApiBase"],
            Package = "the NuGet package Microsoft.ML.OnnxRuntime",
            ReadVersion = NativeVersions.OnnxRuntime,
            Oldest = new Version(1, 16),
        },
    ];

    /// <summary>The library.</summary>
    public required NativeKind Kind { get; init; }

    /// <summary>Its name in messages.</summary>
    public required string Title { get; init; }

    /// <summary>Its name in import declarations, one of <see cref="ImportNames"/>.</summary>
    public required string ImportName { get; init; }

    /// <summary>What its file is called on this system, the likeliest first.</summary>
    public required string[] FileNames { get; init; }

    /// <summary>Functions without which it cannot be used.</summary>
    public required string[] Symbols { get; init; }

    /// <summary>Where a user gets it.</summary>
    public required string Package { get; init; }

    /// <summary>Asks a loaded library for its version; the text is for people.</summary>
    public required Func<nint, (Version Number, string Text)> ReadVersion { get; init; }

    /// <summary>The oldest version that is accepted.</summary>
    public required Version Oldest { get; init; }

    /// <summary>All libraries.</summary>
    public static IReadOnlyList<NativeProfile> All => Profiles;

    /// <summary>The profile of a library.</summary>
    public static NativeProfile Of(NativeKind kind) => Profiles[(int)kind];

    private static string[] Names(string stem, string versioned) =>
        OperatingSystem.IsWindows() ? [stem + ".dll"] : OperatingSystem.IsMacOS() ? [$"lib{stem}.dylib"] : [versioned, $"lib{stem}.so"];
}
