using System;
using System.Numerics;

namespace Inference.Forests;

/// <content>The transforms that take one exponential of each margin.</content>
/// <remarks>In two halves, what it is taken of and what becomes of it: whoever has many rows takes all exponentials at once.</remarks>
internal static partial class OutputTransforms
{
    /// <summary>Whether a transform is one exponential of each margin, with <see cref="ToExponents"/> before it and <see cref="FromExponentials"/> behind.</summary>
    public static bool IsExponential(TransformKind kind) =>
        kind is TransformKind.Exp or TransformKind.XGBoostSigmoid or TransformKind.Sigmoid or TransformKind.XGBoostSoftmax or TransformKind.Softmax;

    /// <summary>Puts, in the place of margins, what the exponentials are taken of.</summary>
    /// <param name="transform">The transform.</param>
    /// <param name="rows">The margins of whole rows.</param>
    /// <param name="outputs">The margins of a row.</param>
    public static void ToExponents<TScore>(OutputTransform transform, Span<TScore> rows, int outputs)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        switch (transform.Kind)
        {
            case TransformKind.XGBoostSigmoid:
                // XGBoost, src/common/math.h, Sigmoid: the order of the minimum's arguments lets NaN through.
                TScore limit = TScore.CreateTruncating(88.7f);
                foreach (ref TScore value in rows)
                {
                    value = limit < -value ? limit : -value;
                }

                break;
            case TransformKind.Sigmoid:
                TScore factor = -TScore.CreateTruncating(transform.Parameter);
                foreach (ref TScore value in rows)
                {
                    value = factor * value;
                }

                break;
            case TransformKind.XGBoostSoftmax or TransformKind.Softmax:
                for (int start = 0; start < rows.Length; start += outputs)
                {
                    Span<TScore> row = rows.Slice(start, outputs);
                    TScore max = transform.Kind == TransformKind.Softmax ? LightGbmMax(row) : XGBoostMax(row);
                    foreach (ref TScore value in row)
                    {
                        value -= max;
                    }
                }

                break;
        }
    }

    /// <summary>Puts the values of rows in the place of exponentials.</summary>
    /// <param name="transform">The transform.</param>
    /// <param name="rows">The exponentials of whole rows.</param>
    /// <param name="outputs">The exponentials of a row.</param>
    public static void FromExponentials<TScore>(OutputTransform transform, Span<TScore> rows, int outputs)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        switch (transform.Kind)
        {
            case TransformKind.XGBoostSigmoid:
                TScore small = TScore.CreateTruncating(1e-16f);
                foreach (ref TScore value in rows)
                {
                    value = TScore.One / (value + TScore.One + small);
                }

                break;
            case TransformKind.Sigmoid:
                foreach (ref TScore value in rows)
                {
                    value = TScore.One / (TScore.One + value);
                }

                break;
            case TransformKind.XGBoostSoftmax or TransformKind.Softmax:
                for (int start = 0; start < rows.Length; start += outputs)
                {
                    Span<TScore> row = rows.Slice(start, outputs);
                    TScore sum = transform.Kind == TransformKind.Softmax ? LightGbmSum(row) : XGBoostSum(row);
                    foreach (ref TScore value in row)
                    {
                        value /= sum;
                    }
                }

                break;
        }
    }

    /// <remarks>XGBoost, src/common/math.h, Softmax: NaN does not count for the maximum.</remarks>
    private static TScore XGBoostMax<TScore>(Span<TScore> row)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        TScore max = row[0];
        foreach (TScore value in row)
        {
            max = TScore.MaxNumber(value, max);
        }

        return max;
    }

    /// <remarks>XGBoost, src/common/math.h, Softmax: the sum is in float64.</remarks>
    private static TScore XGBoostSum<TScore>(Span<TScore> row)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        double sum = 0;
        foreach (TScore value in row)
        {
            sum += double.CreateTruncating(value);
        }

        return TScore.CreateTruncating(sum);
    }

    /// <remarks>LightGBM, include/LightGBM/utils/common.h, Softmax.</remarks>
    private static TScore LightGbmMax<TScore>(Span<TScore> row)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        TScore max = row[0];
        foreach (TScore value in row)
        {
            max = value < max ? max : value;
        }

        return max;
    }

    /// <remarks>LightGBM, include/LightGBM/utils/common.h, Softmax.</remarks>
    private static TScore LightGbmSum<TScore>(Span<TScore> row)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        TScore sum = TScore.Zero;
        foreach (TScore value in row)
        {
            sum += value;
        }

        return sum;
    }
}
