using System;
using System.Collections.Generic;
using Inference.Engine.Ranks;
using Inference.Engine.Walk;
using Inference.Forests;

namespace Inference.Engine;

/// <summary>The engines in the order of preference. The reference can run everything and is last.</summary>
internal static class EngineCatalog
{
    /// <summary>The environment variable that names the kernel, in the place of a choice.</summary>
    public const string Variable = "INFERENCE_KERNEL";

    /// <summary>The scorer that runs a forest under the given options.</summary>
    /// <exception cref="KernelNotAvailableException">The environment asks for a kernel that is none, or cannot run the forest.</exception>
    public static Scorer Choose(Forest forest, BoosterOptions options)
    {
        // Options that ask for the specification mean it, whatever the environment says.
        if (options.Engine == EngineKind.Reference)
        {
            return Reference(forest);
        }

        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } kernel)
        {
            return Force(forest, kernel);
        }

        if (Ranks(forest, false, out string whyNoRanks) is { } ranks)
        {
            return ranks;
        }

        return Walk(forest, whyNoRanks, false, out string whyNoWalk)
            ?? Reference(forest, $"the specification, because no faster engine can run it: {whyNoWalk}");
    }

    private static Scorer Force(Forest forest, string kernel)
    {
        string whyNot = "";
        Scorer? scorer = kernel switch
        {
            KernelNames.ByteRanks => Ranks(forest, true, out whyNot),
            KernelNames.PackedWalk => Walk(forest, "", true, out whyNot),
            KernelNames.NodeWalk => Reference(forest, isForced: true),
            _ => null,
        };
        return scorer ?? throw new KernelNotAvailableException(
            forest.Origin.Source, Variable, kernel, whyNot.Length == 0 ? "which is no kernel" : $"but {whyNot}", Allowed(forest));
    }

    private static string[] Allowed(Forest forest)
    {
        List<string> allowed = [];
        if (Ranks(forest, true, out _) is not null)
        {
            allowed.Add(KernelNames.ByteRanks);
        }

        if (WalkScorer<float>.CanRun(forest, out _))
        {
            allowed.Add(KernelNames.PackedWalk);
        }

        return [.. allowed, KernelNames.NodeWalk];
    }

    private static Scorer? Ranks(Forest forest, bool isForced, out string whyNot)
    {
        if (forest.Precision == ScorePrecision.Single)
        {
            return RankCompiler<float>.TryCompile(forest, out whyNot) is { } single ? new RankScorer<float>(forest, single) { IsForced = isForced } : null;
        }

        return RankCompiler<double>.TryCompile(forest, out whyNot) is { } real ? new RankScorer<double>(forest, real) { IsForced = isForced } : null;
    }

    private static Scorer? Walk(Forest forest, string whyNoRanks, bool isForced, out string whyNot)
    {
        if (!WalkScorer<float>.CanRun(forest, out whyNot))
        {
            return null;
        }

        return forest.Precision == ScorePrecision.Single
            ? new WalkScorer<float>(forest, whyNoRanks) { IsForced = isForced }
            : new WalkScorer<double>(forest, whyNoRanks) { IsForced = isForced };
    }

    private static Scorer Reference(Forest forest, string reason = "the specification: one row, one tree, one node at a time", bool isForced = false) =>
        forest.Precision == ScorePrecision.Single
            ? new ReferenceScorer<float>(forest, reason) { IsForced = isForced }
            : new ReferenceScorer<double>(forest, reason) { IsForced = isForced };
}
