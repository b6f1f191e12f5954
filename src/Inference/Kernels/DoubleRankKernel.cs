using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Inference.Kernels;

// What float64 values and thresholds decide, float32 nearly tells. A value rounded up is at or above every threshold, rounded up,
// that it was at or above before; it may also have come up to some that stood above it and round to the same float32. These are the
// last ones that were counted, and in most models there is none: float32 ranks a column, and one compare of each value mends it.

/// <summary>Ranks of float64 values from those that <see cref="RankKernel"/> finds in float32.</summary>
internal static unsafe class DoubleRankKernel
{
    /// <summary>What can be read behind the start of a column's thresholds, whatever rank a byte holds.</summary>
    public const int Readable = 256;

    /// <summary>The smallest float that is not below a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float RoundUp(double value)
    {
        float nearest = (float)value;
        return nearest < value ? float.BitIncrement(nearest) : nearest;
    }

    /// <summary>Values rounded up.</summary>
    /// <param name="values">The values.</param>
    /// <param name="rounded">Receives the smallest float that is not below each.</param>
    /// <param name="count">Their number, a multiple of four.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RoundUp(double* values, float* rounded, int count)
    {
        for (int i = 0; i < count; i += Vector128<float>.Count)
        {
            Vector128<double> lower = Vector128.Load(values + i);
            Vector128<double> upper = Vector128.Load(values + i + Vector128<double>.Count);
            Vector128<float> nearest = Vector128.Narrow(lower, upper);
            (Vector128<double> nearLower, Vector128<double> nearUpper) = Vector128.Widen(nearest);
            Vector128<int> isBelow = Vector128.Narrow(Vector128.LessThan(nearLower, lower).AsInt64(), Vector128.LessThan(nearUpper, upper).AsInt64());

            // The next float: one more of what its bits count away from zero, one less of what they count towards it.
            Vector128<int> next = nearest.AsInt32() + (Vector128.ShiftRightArithmetic(nearest.AsInt32(), 31) | Vector128<int>.One);
            Vector128.ConditionalSelect(isBelow, next, nearest.AsInt32()).AsSingle().Store(rounded + i);
        }
    }

    /// <summary>A value's rank.</summary>
    /// <param name="rank">The rank of the value rounded up, among thresholds rounded up.</param>
    /// <param name="value">The value.</param>
    /// <param name="thresholds">NaN, and behind it the column's thresholds, ascending.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Mend(int rank, double value, double* thresholds)
    {
        while (thresholds[rank] > value)
        {
            rank--;
        }

        return rank;
    }

    /// <summary>The ranks of a column's values. Those of missing values stay as they are.</summary>
    /// <param name="values">The values.</param>
    /// <param name="thresholds">NaN, and behind it the column's thresholds, ascending; <see cref="Readable"/> can be read.</param>
    /// <param name="ranks">The ranks of the values rounded up, by places. Overwritten.</param>
    /// <param name="count">The number of values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mend(double* values, double* thresholds, byte* ranks, int count)
    {
        for (int row = 0; row < count; row++)
        {
            byte* rank = ranks + RankKernel.PlaceOf(row);
            *rank = (byte)Mend(*rank, values[row], thresholds);
        }
    }
}
