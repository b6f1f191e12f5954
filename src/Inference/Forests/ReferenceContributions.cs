using System;
using System.Numerics;

namespace Inference.Forests;

/// <summary>Exact Shapley values of a forest's margins, path-dependent: an absent feature is averaged over by node covers.</summary>
/// <remarks>
/// In float64 for every model. An output's contributions and bias sum to its margin, up to rounding. The bias holds what
/// is expected without a row: the trees' averages over the training rows, and the base margin, replaced or added to by the
/// call's as in scoring. Raw margins are explained: LightGBM's rf is not divided by its iterations here (LightGBM,
/// src/boosting/gbdt.cpp, PredictContrib, does not either). Any number of threads may call.
/// </remarks>
internal static class ReferenceContributions
{
    /// <summary>Shapley values of the rows, (rows, outputs, features + 1), the bias last.</summary>
    /// <exception cref="ModelNotSupportedException">The model lacks node covers, or its margins are no sum of constant leaves.</exception>
    public static void Compute<TRow>(Forest forest, RowBlock<TRow> rows, in ScoringCall call, Span<double> contributions)
        where TRow : unmanaged, INumberBase<TRow>
    {
        Check(forest, call);
        int columns = forest.FeatureCount + 1;
        int width = forest.OutputCount * columns;
        TreePathWalk<TRow> walk = new(forest);
        try
        {
            for (int row = 0; row < rows.Count; row++)
            {
                Span<double> target = contributions.Slice(row * width, width);
                target.Clear();
                for (int tree = call.FirstTree; tree < call.EndTree; tree++)
                {
                    walk.Start(tree, rows[row]);
                    AddTree(forest, forest.Trees[tree], ref walk, target);
                }

                if (forest.Aggregation == Aggregation.AverageThenBase)
                {
                    foreach (ref double value in target)
                    {
                        value /= call.EndTree - call.FirstTree;
                    }
                }

                if (forest.Linear is { } linear)
                {
                    AddLinear(forest, linear, rows[row], target);
                }

                AddBase(forest, row, call, target);
            }
        }
        finally
        {
            walk.Dispose();
        }
    }

    private static void AddTree<TRow>(Forest forest, Tree tree, ref TreePathWalk<TRow> walk, Span<double> target)
        where TRow : unmanaged, INumberBase<TRow>
    {
        int outputs = forest.OutputCount;
        while (walk.MoveNext())
        {
            ReadOnlySpan<double> weights = walk.Weigh(out double expected);
            ref readonly Node leaf = ref tree.Nodes[walk.Leaf];
            switch (tree.Leaves)
            {
                case LeafShape.Vector:
                    for (int output = 0; output < outputs; output++)
                    {
                        AddLeaf(walk.Players, weights, expected, tree.LeafVectors[(leaf.Index * outputs) + output] * tree.Weight, Of(target, output, outputs));
                    }

                    break;
                case LeafShape.Targets:
                    foreach (LeafTarget part in tree.LeafTargets[leaf.Index])
                    {
                        AddLeaf(walk.Players, weights, expected, part.Value * tree.Weight, Of(target, part.Output, outputs));
                    }

                    break;
                default:
                    AddLeaf(walk.Players, weights, expected, leaf.Value * tree.Weight, Of(target, tree.Output, outputs));
                    break;
            }
        }
    }

    private static void AddLeaf<TRow>(
        ReadOnlySpan<TreePathWalk<TRow>.Player> players, ReadOnlySpan<double> weights, double expected, double value, Span<double> target)
        where TRow : unmanaged, INumberBase<TRow>
    {
        for (int i = 0; i < players.Length; i++)
        {
            target[players[i].Feature] += weights[i] * value;
        }

        target[^1] += expected * value;
    }

    /// <summary>A linear booster's contributions: each term to its feature (XGBoost, src/gbm/gblinear.cc, PredictContribution).</summary>
    private static void AddLinear<TRow>(Forest forest, LinearModel linear, ReadOnlySpan<TRow> row, Span<double> target)
        where TRow : unmanaged, INumberBase<TRow>
    {
        int outputs = forest.OutputCount;
        for (int output = 0; output < outputs; output++)
        {
            Span<double> mine = Of(target, output, outputs);
            for (int feature = 0; feature < forest.FeatureCount; feature++)
            {
                double value = Reference.Read(forest, row, feature);
                mine[feature] += double.IsNaN(value) ? 0 : value * linear.Weights[(feature * outputs) + output];
            }

            mine[^1] += linear.Bias[output];
        }
    }

    private static void AddBase(Forest forest, int row, in ScoringCall call, Span<double> target)
    {
        int outputs = forest.OutputCount;
        for (int output = 0; output < outputs; output++)
        {
            ref double bias = ref Of(target, output, outputs)[^1];
            bool replaced = forest.Aggregation == Aggregation.BaseThenSum && !call.BaseMargin.IsEmpty;
            bias += replaced ? 0 : forest.BaseMargin[output];
            bias += call.BaseMargin.IsEmpty ? 0 : call.BaseMargin[(row * outputs) + output];
        }
    }

    private static Span<double> Of(Span<double> target, int output, int outputs)
    {
        int columns = target.Length / outputs;
        return target.Slice(output * columns, columns);
    }

    private static void Check(Forest forest, in ScoringCall call)
    {
        if (forest.Aggregation is Aggregation.MinThenBase or Aggregation.MaxThenBase)
        {
            throw Unsupported(forest, "", $"trees joined by {forest.Aggregation}", "contributions need a sum or an average of trees");
        }

        for (int index = call.FirstTree; index < call.EndTree; index++)
        {
            Tree tree = forest.Trees[index];
            if (tree.Leaves == LeafShape.Linear)
            {
                throw Unsupported(forest, $"tree {index}", "linear leaves", "contributions need constant leaves");
            }

            if (tree.Statistics is null && !tree.Nodes[0].IsLeaf)
            {
                throw Unsupported(
                    forest,
                    $"tree {index}",
                    $"no node covers, which this {forest.Origin.Format} file does not hold",
                    "contributions need node covers, as XGBoost and LightGBM write them");
            }
        }
    }

    private static ModelNotSupportedException Unsupported(Forest forest, string location, string found, string allowed) =>
        new(forest.Origin.Source, location, found, allowed);
}
