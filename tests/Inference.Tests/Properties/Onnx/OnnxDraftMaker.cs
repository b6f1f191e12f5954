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
        int version = random.Next(3) switch
        {
            0 => 1,
            1 => 3,
            _ => 5,
        };
        bool isDouble = version > 1 && random.Next(2) == 0;

        // What a minimum is of no values at all is nowhere written; leaves of version 5 speak of one target each.
        string aggregate = Aggregates[random.Next(version == 5 && outputs > 1 ? 3 : Aggregates.Length)];
        bool hasBase = version < 5 && random.Next(2) == 0;

        // A target that a row meets no leaf for gets no base value from ONNX Runtime; models where that depends on the row are refused.
        bool partial = aggregate is "SUM" or "AVERAGE" && !hasBase;
        DraftTest? everywhere = random.Next(2) == 0 ? Tests[random.Next(Tests.Length)] : null;
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

        double Threshold() => isDouble ? DraftPools.DoubleThreshold(random) : DraftPools.SingleThreshold(random, infinities: true);

        DraftNode Leaf()
        {
            int sure = random.Next(outputs);
            return new DraftNode
            {
                Values = [.. Enumerable.Range(0, outputs).Select(target => target != sure && (version == 5 || (partial && random.Next(3) == 0)) ? double.NaN : LeafValue())],
            };
        }

        DraftNode Split(DraftNode first, DraftNode second)
        {
            int feature = random.Next(features);
            DraftTest test = version == 5 && random.Next(4) == 0 ? DraftTest.Codes : everywhere ?? Tests[random.Next(Tests.Length)];
            bool missingFirst = random.Next(2) == 0;
            DraftNode node = Test(test, feature, missingFirst, first, second);

            // "One of a, b, c" before version 5: a chain of tests whose true children are one node, under one rule for missing values.
            while (version < 5 && test == DraftTest.Same && random.Next(3) == 0)
            {
                node = Test(test, feature, missingFirst, first, node);
            }

            return node;
        }

        DraftNode Test(DraftTest test, int feature, bool missingFirst, DraftNode first, DraftNode second) => new()
        {
            Test = test,
            Feature = feature,
            Threshold = Threshold(),
            Codes = test == DraftTest.Codes ? DraftPools.Codes(random, 1000) : [],
            MissingFirst = missingFirst,
            First = first,
            Second = second,
        };
    }
}
