using System;
using System.Buffers;
using System.Numerics;
using System.Threading;

namespace Inference.Forests;

/// <summary>Contributions of a forest's margins: path-dependent Shapley values, with the bits of the library that wrote the model.</summary>
/// <typeparam name="TScore">The model's precision: every operation is done in it, in the order written.</typeparam>
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
internal sealed class ReferenceContributions<TScore>(Forest forest)
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    /// <summary>What is known of each tree, surveyed when it is first asked for: two threads may do so at once, and find the same.</summary>
    private TreeSurvey?[]? _surveys;

    /// <summary>Shapley values of the rows, (rows, outputs, features + 1), the bias last.</summary>
    /// <exception cref="ModelNotSupportedException">
    /// The model lacks node covers, or its margins are no sum of constant leaves; a tree is deeper than
    /// <see cref="TreeSurvey"/> allows, its covers count no rows, or the arithmetic overflows to a NaN.
    /// </exception>
    public void Compute<TRow>(RowBlock<TRow> rows, in ScoringCall call, Span<double> contributions)
        where TRow : unmanaged, INumberBase<TRow>
    {
        if (forest.Aggregation is Aggregation.MinThenBase or Aggregation.MaxThenBase)
        {
            throw TreeSurvey.Unsupported(forest, "", $"trees joined by {forest.Aggregation}", "contributions need a sum or an average of trees");
        }

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

                Finish(rows[row], row, call, sums);
                Widen(sums, contributions.Slice(row * width, width));
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
        TreeSurvey survey = Survey(number);
        TScore weight = TScore.CreateTruncating(tree.Weight);
        for (int i = 0; i < survey.Expected.Length; i++)
        {
            int output = tree.Leaves == LeafShape.Scalar ? tree.Output : i;
            Span<TScore> sum = Of(sums, output);
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

    private TreeSurvey Survey(int number)
    {
        TreeSurvey?[]? surveys = Volatile.Read(ref _surveys);
        if (surveys is null)
        {
            Interlocked.CompareExchange(ref _surveys, new TreeSurvey?[forest.Trees.Length], null);
            surveys = _surveys;
        }

        TreeSurvey? survey = Volatile.Read(ref surveys[number]);
        if (survey is null)
        {
            survey = TreeSurvey.Of<TScore>(forest, number);
            Volatile.Write(ref surveys[number], survey);
        }

        return survey;
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
            throw Overflow($"tree {number}");
        }
    }

    private ModelNotSupportedException Overflow(string location) => TreeSurvey.Unsupported(
        forest,
        location,
        $"leaves or covers from which {forest.ContributionRule} in {forest.Precision} precision gets no number",
        "contributions need values that its sums, products and quotients hold");

    private void Finish<TRow>(ReadOnlySpan<TRow> row, int rowNumber, in ScoringCall call, Span<TScore> sums)
        where TRow : unmanaged, INumberBase<TRow>
    {
        for (int output = 0; output < forest.OutputCount; output++)
        {
            Span<TScore> sum = Of(sums, output);
            if (forest.ContributionRule == ContributionRule.Quadrature)
            {
                sum[^1] += TScore.CreateTruncating(SumOfExpectations(call, output));
                if (TScore.IsNaN(sum[^1]))
                {
                    throw Overflow($"output {output}");
                }
            }

            if (forest.Aggregation == Aggregation.AverageThenBase)
            {
                foreach (ref TScore value in sum)
                {
                    value /= TScore.CreateTruncating(call.EndTree - call.FirstTree);
                }
            }

            if (forest.Linear is { } linear)
            {
                SetTerms(linear, row, output, sum);
            }

            bool replaced = forest.Aggregation == Aggregation.BaseThenSum && !call.BaseMargin.IsEmpty;
            if (!replaced)
            {
                sum[^1] += TScore.CreateTruncating(forest.BaseMargin[output]);
            }

            if (!call.BaseMargin.IsEmpty)
            {
                sum[^1] += TScore.CreateTruncating(call.BaseMargin[(rowNumber * forest.OutputCount) + output]);
            }
        }
    }

    private double SumOfExpectations(in ScoringCall call, int output)
    {
        double sum = 0;
        for (int number = call.FirstTree; number < call.EndTree; number++)
        {
            Tree tree = forest.Trees[number];
            if (tree.Leaves != LeafShape.Scalar)
            {
                sum += Survey(number).Expected[output] * tree.Weight;
            }
            else if (tree.Output == output)
            {
                sum += Survey(number).Expected[0] * tree.Weight;
            }
        }

        return sum;
    }

    /// <summary>A linear booster's contributions: each term to its feature, nothing of a missing one (XGBoost, src/gbm/gblinear.cc, PredictContribution).</summary>
    private void SetTerms<TRow>(LinearModel linear, ReadOnlySpan<TRow> row, int output, Span<TScore> sum)
        where TRow : unmanaged, INumberBase<TRow>
    {
        for (int feature = 0; feature < forest.FeatureCount; feature++)
        {
            double value = Reference.Read(forest, row, feature);
            if (!double.IsNaN(value))
            {
                sum[feature] = TScore.CreateTruncating(value) * TScore.CreateTruncating(linear.Weights[(feature * forest.OutputCount) + output]);
            }
        }

        sum[^1] = TScore.CreateTruncating(linear.Bias[output]);
    }

    private Span<TScore> Of(Span<TScore> sums, int output)
    {
        int columns = forest.FeatureCount + 1;
        return sums.Slice(output * columns, columns);
    }

    private static void Widen(ReadOnlySpan<TScore> from, Span<double> to)
    {
        for (int i = 0; i < from.Length; i++)
        {
            to[i] = double.CreateTruncating(from[i]);
        }
    }
}
