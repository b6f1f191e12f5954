using Inference.Forests;

namespace Inference.Engine;

/// <summary>The engines in the order of preference. The reference can run everything and is last.</summary>
internal static class EngineCatalog
{
    /// <summary>The scorer that runs a forest under the given options.</summary>
    public static Scorer Choose(Forest forest, BoosterOptions options) => Reference(forest);

    private static Scorer Reference(Forest forest) => forest.Precision == ScorePrecision.Single
        ? new ReferenceScorer<float>(forest)
        : new ReferenceScorer<double>(forest);
}
