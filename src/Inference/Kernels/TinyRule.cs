using System;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Kernels;

/// <summary>What becomes of a value that LightGBM takes for zero.</summary>
internal enum TinyRule : byte
{
    /// <summary>Nothing.</summary>
    Keep,

    /// <summary>It is made zero.</summary>
    Zero,

    /// <summary>It is missing.</summary>
    Missing,
}

/// <summary>What a <see cref="TinyRule"/> does to values; the bound is the largest magnitude that LightGBM takes for zero.</summary>
internal static class TinyRules
{
    /// <summary>A value as the rule leaves it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Fix<T>(this TinyRule rule, T value, T bound)
        where T : unmanaged, IFloatingPointIeee754<T> =>
            rule != TinyRule.Keep && T.Abs(value) <= bound ? rule.Substitute<T>() : value;

    /// <summary>Leaves values as the rule does, asked once for all of them.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="values">The values.</param>
    /// <param name="least">The smallest that is taken for zero.</param>
    /// <param name="most">The largest.</param>
    public static void Fix(this TinyRule rule, Span<float> values, float least, float most)
    {
        if (rule == TinyRule.Keep)
        {
            return;
        }

        float substitute = rule.Substitute<float>();
        foreach (ref float value in values)
        {
            value = value >= least && value <= most ? substitute : value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Substitute<T>(this TinyRule rule)
        where T : unmanaged, IFloatingPointIeee754<T> => rule == TinyRule.Zero ? T.Zero : T.NaN;
}
