using System;
using System.Linq;
using Inference.Tests.Properties.Drafts;

namespace Inference.Tests.Properties.LightGbm;

/// <summary>Draws LightGBM models: versions, forests, classes, missing types, category sets, linear leaves.</summary>
internal static class LightGbmDraftMaker
{
    /// <summary>Any model.</summary>
    public static LightGbmDraft Draw(Random random, int size)
    {
        int outputs = random.Next(4) == 0 ? random.Next(2, 5) : 1;
        int features = random.Next(1, 8);
        bool categories = random.Next(2) == 0;
        bool linear = !categories && random.Next(4) == 0;
        string version = linear || categories ? "v4" : random.Next(4) switch
        {
            0 => "v2",
            1 => "v3",
            _ => "v4",
        };
        return new LightGbmDraft
        {
            Version = version,
            Features = features,
            Outputs = outputs,
            // What a random forest of v2 with a link means is not in the file, and such files are refused.
            Averages = random.Next(6) == 0 && (version != "v2" || outputs == 1),
            TreesPerIteration = outputs,
            Trees = [.. Enumerable.Range(0, random.Next(1, 2 + (size / 25)) * outputs).Select(tree => new DraftTree(
                DraftShapes.Grow(random, DraftShapes.Splits(random, size), () => Leaf(random, linear, features), (first, second) => Split(random, features, categories, first, second)),
                tree % outputs, Layout: DraftShapes.Layout(random)))],
        };
    }

    private static DraftNode Leaf(Random random, bool linear, int features)
    {
        int[] used = linear ? [.. Enumerable.Range(0, features).Where(_ => random.Next(3) == 0)] : [];
        return new DraftNode
        {
            Values = [DraftPools.DoubleLeaf(random)],
            Cover = random.Next(1, 1000),
            Linear = linear ? new DraftLinear(DraftPools.DoubleLeaf(random), used, [.. used.Select(_ => DraftPools.DoubleLeaf(random))]) : null,
        };
    }

    private static DraftNode Split(Random random, int features, bool categories, DraftNode first, DraftNode second)
    {
        // Features of odd number are the categorical ones. They miss nothing or NaN: LightGBM writes no other kind for them.
        int feature = random.Next(features);
        bool isSet = categories && feature % 2 == 1;
        return new DraftNode
        {
            Test = isSet ? DraftTest.Codes : DraftTest.AtMost,
            Feature = feature,
            Threshold = isSet ? 0 : DraftPools.DoubleThreshold(random),
            Codes = isSet ? DraftPools.Codes(random, 3000) : [],
            Missing = isSet ? (random.Next(2) == 0 ? DraftMissing.None : DraftMissing.NaN) : (DraftMissing)random.Next(3),
            MissingFirst = !isSet && random.Next(2) == 0,
            Cover = first.Cover + second.Cover,
            Gain = random.Next(1, 100000) / 64.0,
            First = first,
            Second = second,
        };
    }
}
