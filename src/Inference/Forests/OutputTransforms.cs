using System;
using System.Numerics;
using Inference.Numerics;

namespace Inference.Forests;

/// <summary>The specification of every <see cref="TransformKind"/>.</summary>
/// <remarks>
/// Each operation is done in the model's own precision and in the order of the library's source, with <see cref="PortableMath"/>
/// in place of the C library. NaN and infinite margins take no special way: what the same operations make of them is the answer.
/// </remarks>
internal static partial class OutputTransforms
{
    /// <summary>The values of one row. The spans may be the same memory where both widths are equal.</summary>
    public static void Apply<TScore>(Forest forest, int iterations, ReadOnlySpan<TScore> margins, Span<TScore> values)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        if (forest.Transform.Kind == TransformKind.ArgMax)
        {
            values[0] = TScore.CreateTruncating(IndexOfMax(margins));
            return;
        }

        if (forest.Transform.Kind is >= TransformKind.OnnxNone and <= TransformKind.OnnxProbit)
        {
            ApplyOnnx(forest.Transform, margins, values);
            return;
        }

        margins.CopyTo(values);
        if (forest.AveragesIterations)
        {
            // LightGBM, src/boosting/gbdt_prediction.cpp, GBDT::Predict.
            TScore divisor = TScore.CreateTruncating(iterations);
            foreach (ref TScore value in values)
            {
                value /= divisor;
            }
        }

        ApplyInPlace(forest.Transform, values);
    }

    private static void ApplyInPlace<TScore>(OutputTransform transform, Span<TScore> row)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        if (IsExponential(transform.Kind))
        {
            ToExponents(transform, row, row.Length);
            foreach (ref TScore value in row)
            {
                value = Exp(value);
            }

            FromExponentials(transform, row, row.Length);
            return;
        }

        switch (transform.Kind)
        {
            case TransformKind.Identity:
                break;
            case TransformKind.Ascending:
                Sort(row);
                break;
            case TransformKind.ExpectileIncrements:
                AddIncrements(row);
                break;
            default:
                foreach (ref TScore value in row)
                {
                    value = OfOne(transform, value);
                }

                break;
        }
    }

    private static TScore OfOne<TScore>(OutputTransform transform, TScore x)
        where TScore : unmanaged, IFloatingPointIeee754<TScore> => transform.Kind switch
        {
            TransformKind.Hinge => x > TScore.Zero ? TScore.One : TScore.Zero,
            TransformKind.LogOnePlusExp => Log1p(Exp(x)),
            TransformKind.SignedSquare => TScore.CreateTruncating((x > TScore.Zero ? 1 : 0) - (x < TScore.Zero ? 1 : 0)) * x * x,
            _ => throw new InvalidOperationException($"{transform.Kind} is no function of one margin"),
        };

    /// <remarks>XGBoost, src/objective/quantile_obj.cu: an insertion sort, which moves nothing past a NaN.</remarks>
    private static void Sort<TScore>(Span<TScore> row)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        for (int i = 1; i < row.Length; i++)
        {
            TScore value = row[i];
            int place = i;
            for (; place > 0 && row[place - 1] > value; place--)
            {
                row[place] = row[place - 1];
            }

            row[place] = value;
        }
    }

    /// <remarks>XGBoost, src/objective/regression_obj.cu, ExpectileRegression::PredTransform; kRtEps is 1e-6f.</remarks>
    private static void AddIncrements<TScore>(Span<TScore> row)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        for (int i = 1; i < row.Length; i++)
        {
            row[i] = row[i - 1] + (TScore.CreateTruncating(1e-6f) + SoftPlus(row[i]));
        }
    }

    /// <remarks>XGBoost, src/common/math.h, SoftPlus: log(1 + e^x) without overflow.</remarks>
    private static TScore SoftPlus<TScore>(TScore x)
        where TScore : unmanaged, IFloatingPointIeee754<TScore> => x > TScore.Zero ? x + Log1p(Exp(-x)) : Log1p(Exp(x));

    /// <remarks>XGBoost, src/common/math.h, FindMaxIndex: the first of equals; nothing is greater than a leading NaN.</remarks>
    private static int IndexOfMax<TScore>(ReadOnlySpan<TScore> row)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        int index = 0;
        for (int i = 1; i < row.Length; i++)
        {
            index = row[i] > row[index] ? i : index;
        }

        return index;
    }

    private static TScore Exp<TScore>(TScore x)
        where TScore : unmanaged, IFloatingPointIeee754<TScore> => typeof(TScore) == typeof(float)
            ? TScore.CreateTruncating(PortableMath.Exp(float.CreateTruncating(x)))
            : TScore.CreateTruncating(PortableMath.Exp(double.CreateTruncating(x)));

    private static TScore Log1p<TScore>(TScore x)
        where TScore : unmanaged, IFloatingPointIeee754<TScore> => typeof(TScore) == typeof(float)
            ? TScore.CreateTruncating(PortableMath.Log1p(float.CreateTruncating(x)))
            : TScore.CreateTruncating(PortableMath.Log1p(double.CreateTruncating(x)));
}
