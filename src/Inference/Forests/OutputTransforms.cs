using System;
using System.Numerics;

namespace Inference.Forests;

/// <summary>The specification of every <see cref="TransformKind"/>.</summary>
internal static partial class OutputTransforms
{
    /// <summary>The values of one row. The spans may be the same memory where both widths are equal.</summary>
    public static void Apply<TScore>(Forest forest, int iterations, ReadOnlySpan<TScore> margins, Span<TScore> values)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        if (forest.Transform.Kind is >= TransformKind.OnnxNone and <= TransformKind.OnnxProbit)
        {
            ApplyOnnx(forest.Transform, margins, values);
            return;
        }

        margins.CopyTo(values);
    }
}
