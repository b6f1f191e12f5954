using System;
using System.Numerics;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine;

/// <summary>The values of many rows at once, for the transforms that are exponentials: the bits of <see cref="OutputTransforms"/>.</summary>
/// <remarks>What comes before the exponential, the exponential, and what comes after it are loops of their own, over numbers that stay in the first-level cache.</remarks>
internal static class BatchOutputs
{
    /// <summary>Fewer numbers than this are not worth the loops.</summary>
    private const int FewNumbers = 8;

    /// <summary>Numbers that stay in the first-level cache from one loop to the next.</summary>
    private const int NearNumbers = 2048;

    /// <summary>Whether it knows a transform, and so many numbers are worth it.</summary>
    public static bool Knows(TransformKind kind, int numbers) => numbers >= FewNumbers
        && kind is (TransformKind.Exp or TransformKind.XGBoostSigmoid or TransformKind.Sigmoid or TransformKind.XGBoostSoftmax or TransformKind.Softmax);

    /// <summary>Turns margins into values, in place.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="transform">A transform that it knows.</param>
    /// <param name="values">The margins of rows.</param>
    /// <param name="outputs">The margins of a row.</param>
    public static void Apply<T>(OutputTransform transform, Span<T> values, int outputs)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int most = Math.Max(1, NearNumbers / outputs) * outputs;
        for (int start = 0; start < values.Length; start += most)
        {
            Span<T> part = values.Slice(start, Math.Min(most, values.Length - start));
            switch (transform.Kind)
            {
                case TransformKind.Exp:
                    Exp(part);
                    break;
                case TransformKind.XGBoostSigmoid:
                    XGBoostSigmoid(part);
                    break;
                case TransformKind.Sigmoid:
                    Sigmoid(part, T.CreateTruncating(transform.Parameter));
                    break;
                case TransformKind.XGBoostSoftmax:
                    XGBoostSoftmax(part, outputs);
                    break;
                default:
                    Softmax(part, outputs);
                    break;
            }
        }
    }

    private static void Exp<T>(Span<T> values)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            ExpKernel.Run(MemoryMarshal.Cast<T, float>(values));
        }
        else
        {
            ExpKernel.Run(MemoryMarshal.Cast<T, double>(values));
        }
    }

    private static void XGBoostSigmoid<T>(Span<T> values)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T limit = T.CreateTruncating(88.7f);
        foreach (ref T value in values)
        {
            value = limit < -value ? limit : -value;
        }

        Exp(values);
        T small = T.CreateTruncating(1e-16f);
        foreach (ref T value in values)
        {
            value = T.One / (value + T.One + small);
        }
    }

    private static void Sigmoid<T>(Span<T> values, T steepness)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach (ref T value in values)
        {
            value = -steepness * value;
        }

        Exp(values);
        foreach (ref T value in values)
        {
            value = T.One / (T.One + value);
        }
    }

    private static void XGBoostSoftmax<T>(Span<T> values, int outputs)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int start = 0; start < values.Length; start += outputs)
        {
            Span<T> row = values.Slice(start, outputs);
            T max = row[0];
            foreach (T value in row)
            {
                max = T.MaxNumber(value, max);
            }

            foreach (ref T value in row)
            {
                value -= max;
            }
        }

        Exp(values);
        for (int start = 0; start < values.Length; start += outputs)
        {
            Span<T> row = values.Slice(start, outputs);
            double sum = 0;
            foreach (T value in row)
            {
                sum += double.CreateTruncating(value);
            }

            T divisor = T.CreateTruncating(sum);
            foreach (ref T value in row)
            {
                value /= divisor;
            }
        }
    }

    private static void Softmax<T>(Span<T> values, int outputs)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int start = 0; start < values.Length; start += outputs)
        {
            Span<T> row = values.Slice(start, outputs);
            T max = row[0];
            foreach (T value in row)
            {
                max = value < max ? max : value;
            }

            foreach (ref T value in row)
            {
                value -= max;
            }
        }

        Exp(values);
        for (int start = 0; start < values.Length; start += outputs)
        {
            Span<T> row = values.Slice(start, outputs);
            T sum = T.Zero;
            foreach (T value in row)
            {
                sum += value;
            }

            foreach (ref T value in row)
            {
                value /= sum;
            }
        }
    }
}
