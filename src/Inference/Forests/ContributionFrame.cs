using System;
using System.Numerics;
using System.Threading;

namespace Inference.Forests;

/// <summary>What is around the trees' parts in a forest's contributions, whoever adds up the parts: surveys before them, bias and averages after them.</summary>
/// <typeparam name="TScore">The model's precision.</typeparam>
/// <remarks>Any number of threads may call.</remarks>
internal sealed class ContributionFrame<TScore>(Forest forest)
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    /// <summary>What is known of each tree, surveyed when it is first asked for: two threads may do so at once, and find the same.</summary>
    private TreeSurvey?[]? _surveys;

    /// <summary>Refuses a model whose margins are no sums.</summary>
    /// <exception cref="ModelNotSupportedException">They are minima or maxima.</exception>
    public void CheckSums()
    {
        if (forest.Aggregation is Aggregation.MinThenBase or Aggregation.MaxThenBase)
        {
            throw TreeSurvey.Unsupported(forest, "", $"trees joined by {forest.Aggregation}", "contributions need a sum or an average of trees");
        }
    }

    /// <summary>What is known of a tree.</summary>
    /// <exception cref="ModelNotSupportedException">It cannot be explained.</exception>
    public TreeSurvey Survey(int number)
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

    /// <summary>The refusal of a tree or output whose arithmetic ends in no number.</summary>
    public ModelNotSupportedException Overflow(string location) => TreeSurvey.Unsupported(
        forest,
        location,
        $"leaves or covers from which {forest.ContributionRule} in {forest.Precision} precision gets no number",
        "contributions need values that its sums, products and quotients hold");

    /// <summary>Turns a row's sums over trees into its contributions.</summary>
    /// <param name="row">The row.</param>
    /// <param name="rowNumber">Its number in the call.</param>
    /// <param name="call">The call.</param>
    /// <param name="sums">The sums, (outputs, features + 1).</param>
    /// <exception cref="ModelNotSupportedException">The expectations overflow to a NaN.</exception>
    public void Finish<TRow>(ReadOnlySpan<TRow> row, int rowNumber, in ScoringCall call, Span<TScore> sums)
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

    /// <summary>An output's part of a row's sums.</summary>
    public Span<TScore> Of(Span<TScore> sums, int output)
    {
        int columns = forest.FeatureCount + 1;
        return sums.Slice(output * columns, columns);
    }

    /// <summary>Sums as the caller gets them.</summary>
    public static void Widen(ReadOnlySpan<TScore> from, Span<double> to)
    {
        for (int i = 0; i < from.Length; i++)
        {
            to[i] = double.CreateTruncating(from[i]);
        }
    }
}
