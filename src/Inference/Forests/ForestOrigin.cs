using System.Collections.Generic;

namespace Inference.Forests;

/// <summary>What a model file says of itself beyond what prediction needs.</summary>
internal sealed record ForestOrigin
{
    /// <summary>The path or description of the file.</summary>
    public required string Source { get; init; }

    /// <summary>The format found in the content.</summary>
    public required ModelFormat Format { get; init; }

    /// <summary>The version that the file names: "1.7.4" for XGBoost, "v4" for LightGBM's text, "ai.onnx.ml 3" for ONNX.</summary>
    public required string Version { get; init; }

    /// <summary>Whether goldens of this version are among the library's tests; otherwise it is read by the published rules alone.</summary>
    public required bool VersionVerified { get; init; }

    /// <summary>The objective as the file spells it, for example "binary:logistic"; empty where the file has none.</summary>
    public string Objective { get; init; } = "";

    /// <summary>The booster: "gbtree", "dart", "gblinear", "gbdt", "rf", "TreeEnsembleClassifier" …</summary>
    public string Booster { get; init; } = "";

    /// <summary>The features' names, one for each; <see langword="null"/> where the file has none or only generated ones.</summary>
    public string[]? FeatureNames { get; init; }

    /// <summary>The features' types as the file spells them ("q", "c", "float", "[-1.5:2.25]"); <see langword="null"/> where it has none.</summary>
    public string[]? FeatureTypes { get; init; }

    /// <summary>The vocabularies of categorical features by feature; <see langword="null"/> where the file has none.</summary>
    public IReadOnlyDictionary<int, CategoryVocabulary>? Vocabularies { get; init; }

    /// <summary>The class labels in the order of the value columns; empty where the file has none.</summary>
    public string[] Classes { get; init; } = [];

    /// <summary>The best iteration, zero-based, that early stopping wrote into the file.</summary>
    public int? BestIteration { get; init; }
}
