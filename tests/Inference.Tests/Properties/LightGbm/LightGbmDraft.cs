using System;
using System.Collections.Generic;
using System.Linq;
using Inference.Forests;
using Inference.Tests.Properties.Drafts;

namespace Inference.Tests.Properties.LightGbm;

/// <summary>A drafted LightGBM model, and what LightGBM's published rules make of it.</summary>
internal sealed record LightGbmDraft : Draft
{
    /// <summary>LightGBM's zero threshold is a float constant.</summary>
    private const double Tiny = 1e-35f;

    /// <summary>The version that the text names: v2, v3 or v4.</summary>
    public required string Version { get; init; }

    /// <summary>Whether values are divided by the number of iterations, as random forests do.</summary>
    public bool Averages { get; init; }

    public override bool IsSingle => false;

    public override bool HasCovers => !HasLinearLeaves;

    public bool HasLinearLeaves => Trees.Any(tree => tree.Root.DepthFirst().Any(node => node.Linear is not null));

    public override IEnumerable<DraftFile> Write() => LightGbmTextWriter.Write(this);

    public override double[] Margins(ReadOnlySpan<double> row, int first, int end, double[]? start = null)
    {
        double[] seen = Seen(row);
        double[] sums = new double[Outputs];
        foreach (DraftTree tree in Trees[(first * TreesPerIteration)..(end * TreesPerIteration)])
        {
            DraftNode leaf = Walk(tree.Root, seen);
            double value = leaf.Values[0];
            if (leaf.Linear is { } linear && linear.Features.All(feature => !double.IsNaN(seen[feature])))
            {
                value = linear.Constant;
                for (int i = 0; i < linear.Features.Length; i++)
                {
                    value += linear.Coefficients[i] * seen[linear.Features[i]];
                }
            }

            sums[tree.Output] += value;
        }

        return start is null ? sums : [.. sums.Zip(start, (sum, margin) => sum + margin)];
    }

    public override int Leaf(ReadOnlySpan<double> row, int tree) => LightGbmLayout.Of(Trees[tree]).Leaves[Walk(Trees[tree].Root, Seen(row))];

    public override Forest Canonical() => new()
    {
        Origin = Origin(ModelFormat.LightGbmText),
        Precision = ScorePrecision.Double,
        ContributionRule = ContributionRule.TreeShapByLeaf,
        FeatureCount = Features,
        OutputCount = Outputs,
        BaseMargin = new double[Outputs],
        Aggregation = Aggregation.SumThenBase,
        TinyIsZero = true,
        AveragesIterations = Averages,
        IterationStarts = [.. Enumerable.Range(0, Iterations + 1).Select(iteration => iteration * TreesPerIteration)],
        Trees = [.. Enumerable.Range(0, Trees.Length).Select(Canonical)],
    };

    /// <summary>A row as the library's C interface hands it on: tiny values are zeros.</summary>
    private static double[] Seen(ReadOnlySpan<double> row) => Array.ConvertAll(row.ToArray(), value => Math.Abs(value) <= Tiny ? 0 : value);

    private static DraftNode Walk(DraftNode node, double[] row)
    {
        while (!node.IsLeaf)
        {
            node = (node.Test == DraftTest.Codes ? IsInSet(node, row[node.Feature]) : GoesLeft(node, row[node.Feature])) ? node.First! : node.Second!;
        }

        return node;
    }

    private static bool IsInSet(DraftNode node, double value) =>
        !double.IsNaN(value) && value is > -2147483648d and < 2147483648d && node.Codes.Contains((int)value);

    private static bool GoesLeft(DraftNode node, double value)
    {
        if (double.IsNaN(value) && node.Missing != DraftMissing.NaN)
        {
            value = 0;
        }

        bool isMissing = (node.Missing == DraftMissing.Zero && Math.Abs(value) <= Tiny) || (node.Missing == DraftMissing.NaN && double.IsNaN(value));
        return isMissing ? node.MissingFirst : value <= node.Threshold;
    }

    private Tree Canonical(int index)
    {
        LightGbmLayout layout = LightGbmLayout.Of(Trees[index]);
        int splits = layout.Splits.Count;
        Node[] nodes = new Node[splits + layout.Leaves.Count];
        NodeStatistics[] statistics = new NodeStatistics[nodes.Length];
        CategorySet[] sets = [.. layout.SplitNodes().Where(node => node.Test == DraftTest.Codes).Select(node => CategorySet.FromCodes(node.Codes))];
        int nextSet = 0;
        foreach (DraftNode node in layout.SplitNodes())
        {
            bool isSet = node.Test == DraftTest.Codes;
            int number = layout.Splits[node];
            nodes[number] = new Node
            {
                Test = isSet ? NodeTest.TruncatedCodeInSet : NodeTest.LessOrEqual,
                Missing = isSet ? MissingRule.NaNGoesDefault : node.Missing switch
                {
                    DraftMissing.None => MissingRule.NaNIsZero,
                    DraftMissing.Zero => MissingRule.ZeroGoesDefault,
                    _ => MissingRule.NaNGoesDefault,
                },
                DefaultLeft = !isSet && node.MissingFirst,
                Feature = node.Feature,
                Value = isSet ? 0 : node.Threshold,
                Index = isSet ? nextSet++ : 0,
                Left = Slot(node.First!),
                Right = Slot(node.Second!),
            };
            statistics[number] = new NodeStatistics(node.Cover, node.Gain);
        }

        DraftNode[] leaves = layout.LeafNodes();
        for (int leaf = 0; leaf < leaves.Length; leaf++)
        {
            nodes[splits + leaf] = new Node { Value = leaves[leaf].Values[0], Id = leaf, Index = leaf };
            statistics[splits + leaf] = new NodeStatistics(leaves[leaf].Cover, 0);
        }

        bool linear = leaves.Any(leaf => leaf.Linear is not null);
        return new Tree
        {
            Nodes = nodes,
            Statistics = statistics,
            Output = Trees[index].Output,
            Leaves = linear ? LeafShape.Linear : LeafShape.Scalar,
            LinearLeaves = linear
                ? [.. leaves.Select(leaf => leaf.Linear is { } part ? new LinearLeaf(part.Constant, part.Features, part.Coefficients) : new LinearLeaf(leaf.Values[0], [], []))]
                : [],
            CategorySets = sets,
        };

        // A tree of splits and leaves in one array: splits first, as the root must be first.
        int Slot(DraftNode node) => node.IsLeaf ? splits + layout.Leaves[node] : layout.Splits[node];
    }
}
