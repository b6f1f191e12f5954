using System;
using System.Collections.Generic;
using System.Linq;
using Inference.Forests;
using Inference.Tests.Properties.Drafts;

namespace Inference.Tests.Properties.Onnx;

/// <summary>A drafted tree ensemble of ONNX, and what ONNX Runtime makes of it with one thread.</summary>
/// <remarks>
/// A leaf's values are one for each target; NaN where the leaf says nothing of a target. Sources: the operator
/// TreeEnsembleRegressor of ai.onnx.ml; ONNX Runtime, tree_ensemble_common.h and tree_ensemble_aggregator.h, for the
/// order of additions.
/// </remarks>
internal sealed record OnnxDraft : Draft
{
    /// <summary>The version of ai.onnx.ml: 1 or 3 for TreeEnsembleRegressor, 5 for TreeEnsemble.</summary>
    public required int Version { get; init; }

    /// <summary>Whether rows, thresholds and sums are double; possible from version 3.</summary>
    public required bool IsDouble { get; init; }

    /// <summary>SUM, AVERAGE, MIN or MAX.</summary>
    public required string Aggregate { get; init; }

    /// <summary>None, or one for each target.</summary>
    public required double[] BaseValues { get; init; }

    public override bool IsSingle => !IsDouble;

    public override bool ScoresInSingle => Version < 5 || !IsDouble;

    public override bool HasCovers => false;

    public override IEnumerable<DraftFile> Write() => OnnxDraftWriter.Write(this);

    public override double[] Margins(ReadOnlySpan<double> row, int first, int end, double[]? start = null)
    {
        double[] scores = new double[Outputs];
        bool[] has = new bool[Outputs];
        foreach (DraftTree tree in Trees[(first * TreesPerIteration)..(end * TreesPerIteration)])
        {
            DraftNode leaf = Walk(tree.Root, row);
            for (int target = 0; target < Outputs; target++)
            {
                double value = leaf.Values[target];
                if (!double.IsNaN(value))
                {
                    scores[target] = Aggregate switch
                    {
                        "MIN" => !has[target] || value < scores[target] ? value : scores[target],
                        "MAX" => !has[target] || value > scores[target] ? value : scores[target],
                        _ => Round(scores[target] + value),
                    };
                    has[target] = true;
                }
            }
        }

        for (int target = 0; target < Outputs; target++)
        {
            if (Aggregate == "AVERAGE")
            {
                scores[target] = Round(scores[target] / ((end - first) * TreesPerIteration));
            }

            scores[target] = Round(scores[target] + (BaseValues.Length == 0 ? 0 : BaseValues[target]));
            scores[target] = start is null ? scores[target] : Round(scores[target] + Round(start[target]));
        }

        return ScoresInSingle ? [.. scores.Select(score => (double)(float)score)] : scores;
    }

    public override int Leaf(ReadOnlySpan<double> row, int tree)
    {
        DraftNode leaf = Walk(Trees[tree].Root, row);
        return Version == 5 ? OnnxEntries.Of(this).Leaves[leaf] : OnnxLayout.Of(Trees[tree]).Ids[leaf];
    }

    public override Forest Canonical() => new()
    {
        Origin = Origin(ModelFormat.Onnx),
        Precision = IsDouble ? ScorePrecision.Double : ScorePrecision.Single,
        ContributionRule = ContributionRule.TreeShapByTree,
        FeatureCount = Features,
        OutputCount = Outputs,
        BaseMargin = BaseValues.Length == 0 ? new double[Outputs] : BaseValues,
        Aggregation = Aggregate switch
        {
            "AVERAGE" => Aggregation.AverageThenBase,
            "MIN" => Aggregation.MinThenBase,
            "MAX" => Aggregation.MaxThenBase,
            _ => Aggregation.SumThenBase,
        },
        IterationStarts = [0, Trees.Length],
        Trees = [.. Enumerable.Range(0, Trees.Length).Select(Canonical)],
    };

    public override IEnumerable<Draft> Smaller()
    {
        if (BaseValues.Length > 0)
        {
            yield return this with { BaseValues = [] };
        }

        foreach (Draft draft in base.Smaller())
        {
            yield return draft;
        }
    }

    /// <summary>Whether ONNX Runtime tests a set by equality; in larger sets it looks for the value without its fraction.</summary>
    /// <remarks>ONNX Runtime, tree_ensemble_attribute.h: fewer than 31 members, none above 30.</remarks>
    private static bool IsSmall(int[] codes) => codes.Length < 31 && codes[^1] <= 30;

    private double Round(double value) => IsDouble ? value : (float)value;

    private DraftNode Walk(DraftNode node, ReadOnlySpan<double> row)
    {
        while (!node.IsLeaf)
        {
            double value = Round(row[node.Feature]);
            bool holds = node.Test switch
            {
                DraftTest.AtMost => value <= node.Threshold,
                DraftTest.Below => value < node.Threshold,
                DraftTest.AtLeast => value >= node.Threshold,
                DraftTest.Above => value > node.Threshold,
                DraftTest.Same => value == node.Threshold,
                DraftTest.Codes => Array.Exists(node.Codes, code => code == (IsSmall(node.Codes) ? value : Math.Truncate(value))),
                _ => value != node.Threshold,
            };
            node = (holds || (node.MissingFirst && double.IsNaN(value)) ? node.First : node.Second)!;
        }

        return node;
    }

    private Tree Canonical(int index)
    {
        OnnxLayout layout = OnnxLayout.Of(Trees[index]);
        Dictionary<DraftNode, int> places = DraftNode.Number(layout.Order);
        Dictionary<DraftNode, int>? entries = Version == 5 ? OnnxEntries.Of(this).Leaves : null;
        List<LeafTarget[]> targets = [];
        List<double[]> values = [];
        List<CategorySet> codes = [];
        Node[] nodes = new Node[layout.Order.Length];
        for (int place = 0; place < nodes.Length; place++)
        {
            DraftNode node = layout.Order[place];
            if (node.IsLeaf)
            {
                nodes[place] = new Node { Index = targets.Count, Id = (entries ?? layout.Ids)[node] };
                targets.Add([.. node.Values.Select((value, target) => new LeafTarget(target, value)).Where(target => !double.IsNaN(target.Value))]);
                continue;
            }

            // The canonical test is the one of a pair that a missing value fails; NaN passes != whatever the node says of it.
            bool isTurned = node.Test is DraftTest.AtLeast or DraftTest.Above or DraftTest.Different;
            bool missingFirst = node.MissingFirst || node.Test == DraftTest.Different;
            nodes[place] = new Node
            {
                Test = node.Test switch
                {
                    DraftTest.AtMost or DraftTest.Above => NodeTest.LessOrEqual,
                    DraftTest.Below or DraftTest.AtLeast => NodeTest.Less,
                    DraftTest.Codes => IsSmall(node.Codes) ? NodeTest.ValueInSet : NodeTest.TruncatedCodeInSet,
                    _ => NodeTest.Equal,
                },
                Feature = node.Feature,
                Value = node.Threshold,
                Left = places[isTurned ? node.Second! : node.First!],
                Right = places[isTurned ? node.First! : node.Second!],
                DefaultLeft = missingFirst != isTurned,
                Index = values.Count,
            };

            // Each split has a set of both kinds, of which its test reads one.
            values.Add(Array.ConvertAll(node.Codes, code => (double)code));
            codes.Add(CategorySet.FromCodes(node.Codes));
        }

        return new Tree { Nodes = nodes, Leaves = LeafShape.Targets, LeafTargets = [.. targets], ValueSets = [.. values], CategorySets = [.. codes] };
    }
}
