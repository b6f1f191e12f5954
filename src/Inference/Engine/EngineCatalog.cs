using Inference.Engine.Ranks;
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

        if (Ranks(forest, out string whyNoRanks) is { } ranks)
        {
            return ranks;
        }

        return WalkScorer<float>.CanRun(forest, out string reason)
            ? Walk(forest, whyNoRanks)
            : Reference(forest, $"the specification, because no faster engine can run it: {reason}");
    }

    private static Scorer? Ranks(Forest forest, out string whyNot)
    {
        if (forest.Precision == ScorePrecision.Single)
        {
            return RankCompiler<float>.TryCompile(forest, out whyNot) is { } single ? new RankScorer<float>(forest, single) : null;
        }

        return RankCompiler<double>.TryCompile(forest, out whyNot) is { } real ? new RankScorer<double>(forest, real) : null;
    }

    private static Scorer Walk(Forest forest, string whyNoRanks) => forest.Precision == ScorePrecision.Single
        ? new WalkScorer<float>(forest, whyNoRanks)
        : new WalkScorer<double>(forest, whyNoRanks);

    private static Scorer Reference(Forest forest, string reason = "the specification: one row, one tree, one node at a time") =>
        forest.Precision == ScorePrecision.Single
            ? new ReferenceScorer<float>(forest, reason)
            : new ReferenceScorer<double>(forest, reason);
}
