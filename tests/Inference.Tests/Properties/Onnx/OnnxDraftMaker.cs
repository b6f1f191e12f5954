using System;
using System.Linq;
using Inference.Tests.Properties.Drafts;

namespace Inference.Tests.Properties.Onnx;

/// <summary>Draws ONNX tree ensembles: modes, missing values, targets, aggregates, float and double.</summary>
internal static class OnnxDraftMaker
{
    private static readonly DraftTest[] Tests = [DraftTest.AtMost, DraftTest.Below, DraftTest.AtLeast, DraftTest.Above, DraftTest.Same, DraftTest.Different];

    private static readonly string[] Aggregates = ["SUM", "SUM", "AVERAGE", "MIN", "MAX"];

    /// <summary>Any model.</summary>
    public static OnnxDraft Draw(Random random, int size)
    {
        int outputs = random.Next(3) == 0 ? random.Next(2, 5) : 1;
        int features = random.Next(1, 8);
        int version = random.Next(2) == 0 ? 1 : 3;
        bool isDouble = version == 3 && random.Next(2) == 0;
        string aggregate = Aggregates[random.Next(Aggregates.Length)];
        DraftTest? everywhere = random.Next(2) == 0 ? Tests[random.Next(Tests.Length)] : null;
        bool hasBase = random.Next(2) == 0;

        // A target that a row meets no leaf for gets no base value from ONNX Runtime; models where that depends on the row are refused.
        bool partial = aggregate is "SUM" or "AVERAGE" && !hasBase;
        int trees = random.Next(1, 3 + (size / 25));
        return new OnnxDraft
        {
            Version = version,
            IsDouble = isDouble,
            Aggregate = aggregate,
            Features = features,
            Outputs = outputs,
            BaseValues = !hasBase ? [] : [.. Enumerable.Range(0, outputs).Select(_ => LeafValue())],
            TreesPerIteration = 1,
            Trees = [.. Enumerable.Range(0, trees).Select(_ => new DraftTree(DraftShapes.Grow(random, DraftShapes.Splits(random, size), Leaf, Split), 0, Layout: DraftShapes.Layout(random)))],
        };

        double LeafValue() => isDouble ? DraftPools.DoubleLeaf(random) : DraftPools.SingleLeaf(random);

        DraftNode Leaf()
        {
            int sure = random.Next(outputs);
            return new DraftNode
            {
                Values = [.. Enumerable.Range(0, outputs).Select(target => partial && target != sure && random.Next(3) == 0 ? double.NaN : LeafValue())],
            };
        }

        DraftNode Split(DraftNode first, DraftNode second) => new()
        {
            Test = everywhere ?? Tests[random.Next(Tests.Length)],
            Feature = random.Next(features),
            Threshold = isDouble ? DraftPools.DoubleThreshold(random) : DraftPools.SingleThreshold(random, infinities: true),
            MissingFirst = random.Next(2) == 0,
            First = first,
            Second = second,
        };
    }
}
