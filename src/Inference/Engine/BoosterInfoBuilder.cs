using System.Linq;
using Inference.Forests;

namespace Inference.Engine;

/// <summary>Describes a model and the scorer that runs it.</summary>
internal static class BoosterInfoBuilder
{
    /// <summary>The public description of a scorer and its forest.</summary>
    public static BoosterInfo Build(Scorer scorer)
    {
        Forest forest = scorer.Forest;
        ForestOrigin origin = forest.Origin;
        return new BoosterInfo
        {
            Source = origin.Source,
            Format = origin.Format,
            Version = origin.Version,
            VersionVerified = origin.VersionVerified,
            Booster = origin.Booster,
            Objective = origin.Objective,
            Features = new FeatureList(forest),
            HasFeatureNames = origin.FeatureNames is not null,
            OutputCount = forest.OutputCount,
            ValueCount = forest.ValueCount,
            ScoresInDouble = forest.Precision == ScorePrecision.Double,
            Classes = origin.Classes,
            TreeCount = forest.Trees.Length,
            NodeCount = forest.NodeCount,
            IterationCount = forest.IterationCount,
            BestIteration = origin.BestIteration,
            Engine = scorer.Engine,
            Kernel = scorer.Kernel,
            EngineReason = scorer.IsForced ? $"{EngineCatalog.Variable} asks for it; {scorer.Reason}" : scorer.Reason,
            EngineBytes = scorer.Layouts.Sum(layout => layout.Bytes),
        };
    }
}
