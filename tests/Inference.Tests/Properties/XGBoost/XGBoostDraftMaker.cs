using System;
using System.Linq;
using Inference.Tests.Properties.Drafts;

namespace Inference.Tests.Properties.XGBoost;

/// <summary>Draws XGBoost models: versions, objectives, boosters, forests, classes, targets, categories.</summary>
internal static class XGBoostDraftMaker
{
    private static readonly (int Major, int Minor)[] Versions = [(1, 0), (1, 5), (1, 7), (2, 1), (3, 0), (3, 1), (3, 4)];

    private static readonly string[] Objectives = ["reg:squarederror", "reg:absoluteerror", "binary:logistic", "binary:logitraw", "count:poisson", "rank:ndcg"];

    private static readonly float[] Scores = [0.5f, 0.27f, 0.25f, 0.9f, 1e-3f];

    /// <summary>Any model.</summary>
    public static XGBoostDraft Draw(Random random, int size)
    {
        (int Major, int Minor) version = Versions[random.Next(Versions.Length)];
        bool vectors = version.Major >= 2 && random.Next(5) == 0;
        bool multiClass = !vectors && random.Next(4) == 0;
        bool multiTarget = vectors || (!multiClass && (version.Major > 1 || version.Minor >= 7) && random.Next(5) == 0);
        int outputs = multiClass || multiTarget ? random.Next(2, 5) : 1;
        string objective = multiClass ? "multi:softprob" : multiTarget ? "reg:squarederror" : Objectives[random.Next(Objectives.Length)];
        bool isLinked = objective is "binary:logistic" or "count:poisson" || (objective == "binary:logitraw" && version == (1, 0));
        bool dart = !vectors && random.Next(4) == 0;
        bool categories = !vectors && (version.Major > 1 || version.Minor >= 7) && random.Next(2) == 0;
        int features = random.Next(1, 8);
        int parallel = random.Next(4) == 0 ? random.Next(2, 4) : 1;
        int groups = vectors ? 1 : outputs;
        int iterations = random.Next(1, 2 + (size / 25));
        TreeStyle style = new(features, categories, vectors ? outputs : 1, random.Next(5) == 0);
        return new XGBoostDraft
        {
            Version = version,
            Objective = objective,
            BaseScores = [.. Enumerable.Range(0, (version.Major, version.Minor).CompareTo((3, 1)) >= 0 && random.Next(3) > 0 ? outputs : 1)
                .Select(_ => isLinked || random.Next(2) == 0 ? Scores[random.Next(Scores.Length)] : DraftPools.SingleLeaf(random))],
            Features = features,
            Outputs = outputs,
            HasVectorLeaves = vectors,
            IsDart = dart,
            TreesPerIteration = groups * parallel,
            Trees = [.. Enumerable.Range(0, iterations * groups * parallel).Select(tree => new DraftTree(
                style.Tree(random, size), tree / parallel % groups, dart ? (float)random.NextDouble() : 1, vectors ? 0 : DraftShapes.Layout(random)))],
        };
    }

    /// <summary>A model that XGBoost's old binary format can hold.</summary>
    public static XGBoostDraft DrawForBinary(Random random, int size)
    {
        XGBoostDraft draft;
        do
        {
            draft = Draw(random, size);
        }
        while (draft.HasVectorLeaves || draft.HasCategories || draft.Version.Major != 1);
        return draft;
    }

    private sealed record TreeStyle(int Features, bool Categories, int Values, bool ZeroCovers)
    {
        public DraftNode Tree(Random random, int size) => DraftShapes.Grow(random, DraftShapes.Splits(random, size), () => Leaf(random), (first, second) => Split(random, first, second));

        private DraftNode Leaf(Random random) => new()
        {
            Values = [.. Enumerable.Range(0, Values).Select(_ => (double)DraftPools.SingleLeaf(random))],
            Cover = ZeroCovers && random.Next(4) == 0 ? 0 : (float)(1 + (random.NextDouble() * 100)),
        };

        private DraftNode Split(Random random, DraftNode first, DraftNode second)
        {
            // Features of odd number are the categorical ones.
            int feature = random.Next(Features);
            bool isSet = Categories && feature % 2 == 1;
            return new DraftNode
            {
                Test = isSet ? DraftTest.Codes : DraftTest.Below,
                Feature = feature,
                Threshold = isSet ? 0 : DraftPools.SingleThreshold(random, infinities: true),
                Codes = isSet ? DraftPools.Codes(random, 16777215) : [],
                MissingFirst = random.Next(2) == 0,
                Cover = (float)(first.Cover + second.Cover),
                Gain = (float)random.NextDouble(),
                First = first,
                Second = second,
            };
        }
    }
}
