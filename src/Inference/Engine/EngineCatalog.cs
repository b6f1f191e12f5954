using Inference.Engine.Walk;
using Inference.Forests;

namespace Inference.Engine;

/// <summary>The engines in the order of preference. The reference can run everything and is last.</summary>
internal static class EngineCatalog
{
    /// <summary>The scorer that runs a forest under the given options.</summary>
    public static Scorer Choose(Forest forest, BoosterOptions options)
    {
        if (options.Engine == EngineKind.Reference)
        {
            return Reference(forest);
        }

        return WalkScorer<float>.CanRun(forest, out string reason)
            ? Walk(forest)
            : Reference(forest, $"the specification, because no faster engine can run it: {reason}");
    }

    private static Scorer Walk(Forest forest) => forest.Precision == ScorePrecision.Single
        ? new WalkScorer<float>(forest)
        : new WalkScorer<double>(forest);

    private static Scorer Reference(Forest forest, string reason = "the specification: one row, one tree, one node at a time") =>
        forest.Precision == ScorePrecision.Single
            ? new ReferenceScorer<float>(forest, reason)
            : new ReferenceScorer<double>(forest, reason);
}
