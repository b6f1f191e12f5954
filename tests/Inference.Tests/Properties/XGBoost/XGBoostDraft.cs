using System;
using System.Collections.Generic;
using System.Linq;
using Inference.Forests;
using Inference.Tests.Properties.Drafts;

namespace Inference.Tests.Properties.XGBoost;

/// <summary>A drafted XGBoost model, and what XGBoost's published rules make of it.</summary>
internal sealed record XGBoostDraft : Draft
{
    /// <summary>The library's version.</summary>
    public required (int Major, int Minor) Version { get; init; }

    public required string Objective { get; init; }

    /// <summary>As in the file, before the objective's link: one for all outputs, or one for each.</summary>
    public required float[] BaseScores { get; init; }

    /// <summary>Whether each leaf holds a value for every output.</summary>
    public bool HasVectorLeaves { get; init; }

    public bool IsDart { get; init; }

    public override bool IsSingle => true;

    public override bool HasCovers => !HasVectorLeaves;

    public bool HasCategories => Trees.Any(tree => tree.Root.DepthFirst().Any(node => node.Test == DraftTest.Codes));

    /// <summary>Whether several outputs are classes of one target.</summary>
    public bool IsMultiClass => Objective.StartsWith("multi:", StringComparison.Ordinal);

    public override IEnumerable<DraftFile> Write() => XGBoostDraftWriter.Write(this);

    public override double[] Margins(ReadOnlySpan<double> row, int first, int end, double[]? start = null)
    {
        float[] sums = new float[Outputs];
        for (int output = 0; output < Outputs; output++)
        {
            sums[output] = start is null ? Link(BaseScores[BaseScores.Length == 1 ? 0 : output]) : (float)start[output];
        }

        foreach (DraftTree tree in Trees[(first * TreesPerIteration)..(end * TreesPerIteration)])
        {
            DraftNode leaf = Walk(tree.Root, row);
            for (int i = 0; i < leaf.Values.Length; i++)
            {
                float value = LeafValue(leaf, i) * tree.Weight;
                sums[HasVectorLeaves ? i : tree.Output] += value;
            }
        }

        return [.. sums.Select(sum => (double)sum)];
    }

    public override int Leaf(ReadOnlySpan<double> row, int tree) => XGBoostLayout.Of(Trees[tree]).Numbers[Walk(Trees[tree].Root, row)];

    public override Forest Canonical() => new()
    {
        Origin = Origin(ModelFormat.XGBoostJson),
        Precision = ScorePrecision.Single,
        ContributionRule = Version.CompareTo((3, 3)) >= 0 ? ContributionRule.Quadrature : ContributionRule.TreeShapByTree,
        FeatureCount = Features,
        OutputCount = Outputs,
        BaseMargin = [.. Enumerable.Range(0, Outputs).Select(output => (double)Link(BaseScores[BaseScores.Length == 1 ? 0 : output]))],
        Aggregation = Aggregation.BaseThenSum,
        IterationStarts = [.. Enumerable.Range(0, Iterations + 1).Select(iteration => iteration * TreesPerIteration)],
        Trees = [.. Enumerable.Range(0, Trees.Length).Select(Canonical)],
    };

    public override IEnumerable<Draft> Smaller()
    {
        if (BaseScores is not [0.5f])
        {
            yield return this with { BaseScores = [0.5f] };
        }

        foreach (Draft draft in base.Smaller())
        {
            yield return draft;
        }
    }

    /// <summary>Until 3.2 dart adds each leaf to zero before it weights it.</summary>
    private float LeafValue(DraftNode leaf, int output) => IsDart && Version.CompareTo((3, 3)) < 0 ? 0f + (float)leaf.Values[output] : (float)leaf.Values[output];

    /// <summary>The margin that a base score stands for: the inverse of the objective's link.</summary>
    private float Link(float score) => Objective switch
    {
        // Until 1.3.0 the base score of raw logits was a probability.
        "binary:logitraw" when Version == (1, 0) => -MathF.Log((1f / score) - 1f),
        "binary:logistic" or "reg:logistic" => -MathF.Log((1f / score) - 1f),
        "count:poisson" or "reg:gamma" or "reg:tweedie" => MathF.Log(score),
        _ => score,
    };

    private static DraftNode Walk(DraftNode node, ReadOnlySpan<double> row)
    {
        while (!node.IsLeaf)
        {
            float value = (float)row[node.Feature];
            bool first = float.IsNaN(value) ? node.MissingFirst
                : node.Test == DraftTest.Codes ? !(value >= 0f && value < 16777216f && node.Codes.Contains((int)value))
                : value < (float)node.Threshold;
            node = (first ? node.First : node.Second)!;
        }

        return node;
    }

    private Tree Canonical(int index)
    {
        DraftTree draft = Trees[index];
        XGBoostLayout layout = XGBoostLayout.Of(Trees[index]);
        Node[] nodes = [.. Enumerable.Repeat(Node.Leaf(0, 0), layout.Slots)];
        NodeStatistics[] statistics = new NodeStatistics[layout.Slots];
        List<CategorySet> sets = [];
        List<double> vectors = [];
        foreach ((DraftNode node, int number) in layout.Numbers.OrderBy(pair => pair.Value))
        {
            statistics[number] = new NodeStatistics((float)node.Cover, (float)node.Gain);
            if (node.IsLeaf)
            {
                nodes[number] = new Node { Value = LeafValue(node, 0), Id = number, Index = HasVectorLeaves ? vectors.Count / Outputs : 0 };
                vectors.AddRange(HasVectorLeaves ? node.Values : []);
                continue;
            }

            int first = layout.Numbers[node.First!], second = layout.Numbers[node.Second!];
            bool isSet = node.Test == DraftTest.Codes;
            nodes[number] = new Node
            {
                Test = isSet ? NodeTest.CodeInSet : NodeTest.Less,
                Feature = node.Feature,
                Value = isSet ? 0 : (float)node.Threshold,
                Index = isSet ? sets.Count : 0,
                Left = isSet ? second : first,
                Right = isSet ? first : second,
                DefaultLeft = node.MissingFirst != isSet,
                Id = number,
            };
            if (isSet)
            {
                sets.Add(CategorySet.FromCodes(node.Codes));
            }
        }

        return new Tree
        {
            Nodes = nodes,
            Statistics = HasCovers ? statistics : null,
            Output = draft.Output,
            Weight = draft.Weight,
            Leaves = HasVectorLeaves ? LeafShape.Vector : LeafShape.Scalar,
            LeafVectors = [.. vectors],
            CategorySets = [.. sets],
        };
    }
}
