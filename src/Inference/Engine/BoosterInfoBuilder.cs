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
            Features = Features(forest),
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
            EngineReason = scorer.Reason,
        };
    }

    private static FeatureInfo[] Features(Forest forest)
    {
        (int Splits, double Gain, double Cover)[] totals = new (int, double, double)[forest.FeatureCount];
        foreach (Tree tree in forest.Trees)
        {
            for (int index = 0; index < tree.Nodes.Length; index++)
            {
                if (!tree.Nodes[index].IsLeaf)
                {
                    ref (int Splits, double Gain, double Cover) total = ref totals[tree.Nodes[index].Feature];
                    NodeStatistics statistics = tree.Statistics?[index] ?? default;
                    total = (total.Splits + 1, total.Gain + statistics.Gain, total.Cover + statistics.Cover);
                }
            }
        }

        FeatureInfo[] features = new FeatureInfo[forest.FeatureCount];
        for (int feature = 0; feature < features.Length; feature++)
        {
            CategoryVocabulary? vocabulary = null;
            forest.Origin.Vocabularies?.TryGetValue(feature, out vocabulary);
            features[feature] = new FeatureInfo(
                feature,
                forest.Origin.FeatureNames?[feature],
                forest.Origin.FeatureTypes?[feature],
                vocabulary,
                totals[feature].Splits,
                totals[feature].Gain,
                totals[feature].Cover);
        }

        return features;
    }
}
