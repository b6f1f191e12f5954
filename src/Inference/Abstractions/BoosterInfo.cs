using System.Collections.Generic;

namespace Inference;

/// <summary>What a loaded model is, and what runs it. Immutable.</summary>
public sealed record BoosterInfo
{
    internal BoosterInfo()
    {
    }

    /// <summary>The path of the file, or a description of where its bytes came from.</summary>
    public required string Source { get; init; }

    /// <summary>The format found in the content.</summary>
    public required ModelFormat Format { get; init; }

    /// <summary>The version that the file names: "1.7.4" for XGBoost, "v4" for LightGBM's text, "ai.onnx.ml 3" for ONNX.</summary>
    public required string Version { get; init; }

    /// <summary>Whether answers of that version's library are among this library's tests; otherwise the file is read by the published rules alone.</summary>
    public required bool VersionVerified { get; init; }

    /// <summary>The booster: "gbtree", "dart", "gblinear", "gbdt", "rf", "TreeEnsembleClassifier" …</summary>
    public required string Booster { get; init; }

    /// <summary>The objective as the file spells it; empty where it has none.</summary>
    public required string Objective { get; init; }

    /// <summary>The features, one for each column of a row.</summary>
    public required IReadOnlyList<FeatureInfo> Features { get; init; }

    /// <summary>Whether the file names its features.</summary>
    public required bool HasFeatureNames { get; init; }

    /// <summary>The margins of a row.</summary>
    public required int OutputCount { get; init; }

    /// <summary>The values of a row; differs from <see cref="OutputCount"/> where the transform picks (a class index) or adds columns.</summary>
    public required int ValueCount { get; init; }

    /// <summary>Whether the model scores in float64 (LightGBM) and not in float32 (XGBoost, ONNX).</summary>
    public required bool ScoresInDouble { get; init; }

    /// <summary>The class labels in the order of the outputs; empty where the file has none.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The trees.</summary>
    public required int TreeCount { get; init; }

    /// <summary>The nodes of all trees, leaves included.</summary>
    public required long NodeCount { get; init; }

    /// <summary>The boosting iterations.</summary>
    public required int IterationCount { get; init; }

    /// <summary>The best iteration, zero-based, that early stopping wrote into the file; <see langword="null"/> where it has none.</summary>
    public required int? BestIteration { get; init; }

    /// <summary>The engine that runs the model.</summary>
    public required EngineKind Engine { get; init; }

    /// <summary>What does the work inside the engine.</summary>
    public required string Kernel { get; init; }

    /// <summary>Why this engine and kernel run the model, in one sentence.</summary>
    public required string EngineReason { get; init; }

    /// <summary>
    /// The bytes that the engine laid out for batches and single rows, beside the model's nodes; 0 where it reads the nodes
    /// themselves, and for the native engine, whose memory is the library's. Depends on the processor.
    /// </summary>
    public required long EngineBytes { get; init; }
}
