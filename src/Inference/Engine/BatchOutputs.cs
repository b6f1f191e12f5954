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
    public static bool Knows(TransformKind kind, int numbers) => numbers >= FewNumbers && OutputTransforms.IsExponential(kind);

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
            OutputTransforms.ToExponents(transform, part, outputs);
            if (typeof(T) == typeof(float))
            {
                ExpKernel.Run(MemoryMarshal.Cast<T, float>(part));
            }
            else
            {
                ExpKernel.Run(MemoryMarshal.Cast<T, double>(part));
            }

            OutputTransforms.FromExponentials(transform, part, outputs);
        }
    }
}
