using Inference.Forests;

namespace Inference.Tests.Support;

/// <summary>Boosters made in memory, for laws that need no file.</summary>
internal static class SmallModel
{
    /// <summary>A model whose margin is <c>sum over features f of (x[f] &lt; 0.5 ? 1 : 2) * 10^f</c>.</summary>
    public static Booster Load(
        int features,
        string[]? names = null,
        BoosterOptions? options = null,
        ModelFormat format = ModelFormat.XGBoostJson,
        ScorePrecision precision = ScorePrecision.Single)
    {
        Tree[] trees = new Tree[features];
        int[] starts = new int[features + 1];
        double scale = 1;
        for (int feature = 0; feature < features; feature++, scale *= 10)
        {
            trees[feature] = new Tree
            {
                Nodes =
                [
                    new Node { Test = NodeTest.Less, Feature = feature, Value = 0.5, Left = 1, Right = 2, DefaultLeft = true },
                    Node.Leaf(scale, 1),
                    Node.Leaf(2 * scale, 2),
                ],
                Statistics = [new(10, 3), new(6, 0), new(4, 0)],
            };
            starts[feature + 1] = feature + 1;
        }

        return Booster.Create(
            new Forest
            {
                Origin = new ForestOrigin
                {
                    Source = "small",
                    Format = format,
                    Version = "1.0.0",
                    VersionVerified = false,
                    FeatureNames = names,
                    Booster = "gbtree",
                },
                Precision = precision,
                ContributionRule = ContributionRule.TreeShapByTree,
                FeatureCount = features,
                OutputCount = 1,
                BaseMargin = [0],
                Trees = trees,
                IterationStarts = starts,
            },
            options);
    }
}
