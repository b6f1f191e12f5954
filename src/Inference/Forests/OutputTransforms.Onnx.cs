using System;
using System.Numerics;
using Inference.Numerics;

namespace Inference.Forests;

/// <content>ONNX's transforms, in float32 whatever the margins are, as ONNX Runtime computes them.</content>
/// <remarks>Source: ONNX Runtime 1.30, onnxruntime/core/providers/cpu/ml/ml_common.h.</remarks>
internal static partial class OutputTransforms
{
    private static void ApplyOnnx<TScore>(OutputTransform transform, ReadOnlySpan<TScore> margins, Span<TScore> values)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        Expand(transform.Expansion, margins, values);
        switch (transform.Kind)
        {
            case TransformKind.OnnxLogistic:
                foreach (ref TScore value in values)
                {
                    value = TScore.CreateTruncating(OnnxLogistic(float.CreateTruncating(value)));
                }

                break;
            case TransformKind.OnnxProbit:
                foreach (ref TScore value in values)
                {
                    value = TScore.CreateTruncating(OnnxProbit(float.CreateTruncating(value)));
                }

                break;
            case TransformKind.OnnxSoftmax:
                OnnxSoftmax(values);
                break;
            case TransformKind.OnnxSoftmaxZero:
                OnnxSoftmaxZero(values);
                break;
        }

        if (transform.RoundsToSingle)
        {
            foreach (ref TScore value in values)
            {
                value = TScore.CreateTruncating(float.CreateTruncating(value));
            }
        }
    }

    private static void Expand<TScore>(RowExpansion expansion, ReadOnlySpan<TScore> margins, Span<TScore> values)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        switch (expansion)
        {
            case RowExpansion.Complement:
                (values[0], values[1]) = (TScore.One - margins[0], margins[0]);
                break;
            case RowExpansion.Negative:
                (values[0], values[1]) = (-margins[0], margins[0]);
                break;
            default:
                margins.CopyTo(values);
                break;
        }
    }

    private static float OnnxLogistic(float x)
    {
        float upper = 1 / (1 + PortableMath.Exp(-MathF.Abs(x)));
        return x < 0 ? 1 - upper : upper;
    }

    /// <summary>sqrt(2) times an approximate inverse error function of 2x - 1 (Winitzki's, with a = 0.147).</summary>
    private static float OnnxProbit(float x)
    {
        float y = (2 * x) - 1;
        float log = PortableMath.Log((1 - y) * (1 + y));
        float a = (2 / (MathF.PI * 0.147f)) + (0.5f * log);
        float b = 1 / 0.147f * log;
        float root = MathF.Sqrt(-a + MathF.Sqrt((a * a) - b));
        return 1.41421356f * ((y < 0 ? -1f : 1f) * root);
    }

    private static void OnnxSoftmax<TScore>(Span<TScore> values)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        float max = LargestSingle(values);
        float sum = 0;
        foreach (ref TScore value in values)
        {
            float exp = PortableMath.Exp(float.CreateTruncating(value) - max);
            value = TScore.CreateTruncating(exp);
            sum += exp;
        }

        foreach (ref TScore value in values)
        {
            value = TScore.CreateTruncating(float.CreateTruncating(value) / sum);
        }
    }

    /// <summary>Softmax that keeps scores around zero near zero: they are scaled and stay out of the sum.</summary>
    private static void OnnxSoftmaxZero<TScore>(Span<TScore> values)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        float max = LargestSingle(values);
        TScore scale = TScore.CreateTruncating(PortableMath.Exp(-max));
        float sum = 0;
        foreach (ref TScore value in values)
        {
            float single = float.CreateTruncating(value);
            if (single is > 0.0000001f or < -0.0000001f)
            {
                float exp = PortableMath.Exp(single - max);
                value = TScore.CreateTruncating(exp);
                sum += exp;
            }
            else
            {
                value *= scale;
            }
        }

        foreach (ref TScore value in values)
        {
            value /= TScore.CreateTruncating(sum);
        }
    }

    private static float LargestSingle<TScore>(ReadOnlySpan<TScore> values)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        float max = float.MinValue;
        foreach (TScore value in values)
        {
            float single = float.CreateTruncating(value);
            max = single > max ? single : max;
        }

        return max;
    }
}
