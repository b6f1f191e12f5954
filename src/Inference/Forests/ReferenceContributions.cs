using System;
using System.Buffers;
using System.Numerics;

namespace Inference.Forests;

/// <summary>Contributions of a forest's margins: path-dependent Shapley values, with the bits of the library that wrote the model.</summary>
/// <typeparam name="TScore">The model's precision: every operation is done in it, in the order written.</typeparam>
/// <param name="forest">The model.</param>
/// <param name="frame">What is known of its trees.</param>
/// <remarks>
/// <para>
/// Of each output: the trees in their order, by the forest's <see cref="ContributionRule"/>, the features' parts and the
/// expectation (the bias), which only <see cref="ContributionRule.Quadrature"/> adds up apart; then the base margin is
/// added to the bias, replaced or added to by the call's as in scoring. Parts and bias sum to the margin, up to rounding.
/// </para>
/// <para>
/// Raw margins are explained: LightGBM's rf is not divided by its iterations here (LightGBM, src/boosting/gbdt.cpp,
/// PredictContrib, does not either). Any number of threads may call.
/// </para>
/// </remarks>
internal sealed class ReferenceContributions<TScore>(Forest forest, ContributionFrame<TScore> frame)
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    /// <summary>Shapley values of the rows, (rows, outputs, features + 1), the bias last.</summary>
    /// <exception cref="ModelNotSupportedException">
    /// The model lacks node covers, or its margins are no sum of constant leaves; a tree is deeper than
    /// <see cref="TreeSurvey"/> allows, its covers count no rows, or the arithmetic overflows to a NaN.
    /// </exception>
    public void Compute<TRow>(RowBlock<TRow> rows, in ScoringCall call, Span<double> contributions)
        where TRow : unmanaged, INumberBase<TRow>
    {
        frame.CheckSums();
        int columns = forest.FeatureCount + 1;
        int width = forest.OutputCount * columns;
        TScore[] buffer = ArrayPool<TScore>.Shared.Rent(checked(width + columns));
        TreeShap<TScore> shap = new();
        TreeQuadrature<TScore> quadrature = new(forest.ContributionRule == ContributionRule.Quadrature ? forest.FeatureCount : 0);
        try
        {
            Span<TScore> sums = buffer.AsSpan(0, width);
            Span<TScore> parts = buffer.AsSpan(width, columns);
            parts.Clear();
            for (int row = 0; row < rows.Count; row++)
            {
                sums.Clear();
                for (int tree = call.FirstTree; tree < call.EndTree; tree++)
                {
                    AddTree(tree, rows[row], ref shap, ref quadrature, parts, sums);
                }

                frame.Finish(rows[row], row, call, sums);
                ContributionFrame<TScore>.Widen(sums, contributions.Slice(row * width, width));
            }
        }
        finally
        {
            quadrature.Dispose();
            shap.Dispose();
            ArrayPool<TScore>.Shared.Return(buffer);
        }
    }

    /// <summary>Adds what a tree says to each output that it has.</summary>
    /// <param name="number">The tree's number.</param>
    /// <param name="row">The row.</param>
    /// <param name="shap">The way to explain a tree by TreeSHAP.</param>
    /// <param name="quadrature">The way to explain a tree by an integral.</param>
    /// <param name="parts">Room for one output of one tree, zeros before and after.</param>
    /// <param name="sums">The sums so far, (outputs, features + 1).</param>
    private void AddTree<TRow>(
        int number, ReadOnlySpan<TRow> row, ref TreeShap<TScore> shap, ref TreeQuadrature<TScore> quadrature, Span<TScore> parts, Span<TScore> sums)
        where TRow : unmanaged, INumberBase<TRow>
    {
        Tree tree = forest.Trees[number];
        TreeSurvey survey = frame.Survey(number);
        TScore weight = TScore.CreateTruncating(tree.Weight);
        for (int i = 0; i < survey.Expected.Length; i++)
        {
            int output = tree.Leaves == LeafShape.Scalar ? tree.Output : i;
            Span<TScore> sum = frame.Of(sums, output);
            TreeGame<TRow> game = new() { Forest = forest, Tree = tree, Survey = survey, Row = row, Output = output };
            switch (forest.ContributionRule)
            {
                case ContributionRule.TreeShapByLeaf:
                    sum[^1] += TScore.CreateTruncating(survey.Expected[i]) * weight;
                    shap.Add(game, weight, sum);
                    break;
                case ContributionRule.TreeShapByTree:
                    sum[^1] += TScore.CreateTruncating(survey.Expected[i]) * weight;
                    shap.Add(game, TScore.One, parts);
                    Move(survey.Features, parts, weight, sum);
                    break;
                default:
                    quadrature.Add(game, parts);
                    Move(survey.Features, parts, weight, sum);
                    break;
            }

            Check(number, survey.Features, sum);
        }
    }

    private static void Move(int[] features, Span<TScore> parts, TScore weight, Span<TScore> sum)
    {
        foreach (int feature in features)
        {
            sum[feature] += parts[feature] * weight;
            parts[feature] = TScore.Zero;
        }
    }

    /// <summary>Refuses what has overflowed, as it does in the library.</summary>
    private void Check(int number, int[] features, ReadOnlySpan<TScore> sum)
    {
        bool isNumber = !TScore.IsNaN(sum[^1]);
        foreach (int feature in features)
        {
            isNumber &= !TScore.IsNaN(sum[feature]);
        }

        if (!isNumber)
        {
            throw frame.Overflow($"tree {number}");
        }
    }
}
