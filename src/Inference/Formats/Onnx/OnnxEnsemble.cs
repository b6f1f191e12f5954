using Inference.Forests;

namespace Inference.Formats.Onnx;

/// <summary>The transforms that tree ensembles name.</summary>
internal enum OnnxPostTransform
{
    /// <summary>NONE.</summary>
    None,

    /// <summary>SOFTMAX.</summary>
    Softmax,

    /// <summary>LOGISTIC.</summary>
    Logistic,

    /// <summary>SOFTMAX_ZERO.</summary>
    SoftmaxZero,

    /// <summary>PROBIT.</summary>
    Probit,
}

/// <summary>A tree ensemble operator, whichever version wrote it: its trees, and what becomes of their sum.</summary>
internal sealed class OnnxEnsemble
{
    /// <summary>The targets of a regressor or the classes of a classifier.</summary>
    public required int OutputCount { get; init; }

    /// <summary>The class labels of a classifier; null for a regressor.</summary>
    public string[]? Classes { get; init; }

    /// <summary>How the trees' answers become a score.</summary>
    public required Aggregation Aggregation { get; init; }

    /// <summary>What becomes of the scores.</summary>
    public required OnnxPostTransform PostTransform { get; init; }

    /// <summary>The base values as the file writes them; empty for none.</summary>
    public double[] BaseValues { get; init; } = [];

    /// <summary>The nodes of each tree in the order in which the trees are added. A leaf's Index is its entry in <see cref="Weights"/>.</summary>
    public required Node[][] Trees { get; init; }

    /// <summary>The sets that each tree's splits test; null where no tree has any.</summary>
    public OnnxSets[]? Sets { get; init; }

    /// <summary>What the leaves add.</summary>
    public required OnnxLeafWeights Weights { get; init; }

    /// <summary>One more than the largest feature that a split tests.</summary>
    public required int FeatureBound { get; init; }

    /// <summary>Whether all weights of the file, also those that no leaf uses, are for one class.</summary>
    public bool WeightsOneClass { get; init; }

    /// <summary>Whether none of the file's weights, also of those that no leaf uses, is negative.</summary>
    public bool WeightsArePositive { get; init; }

    /// <summary>Whether scores in float64 leave the operator as float32.</summary>
    public required bool GivesSingle { get; init; }
}

/// <summary>The sets that a tree's splits test.</summary>
/// <param name="Values">Sets of exact values, each ascending.</param>
/// <param name="Codes">Sets of category codes.</param>
internal sealed record OnnxSets(double[][] Values, CategorySet[] Codes)
{
    /// <summary>No sets.</summary>
    public static OnnxSets None { get; } = new([], []);
}
