using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

// What float64 values and thresholds decide, float32 nearly tells. A value rounded up is at or above every threshold, rounded up,
// that it was at or above before; it may also have come up to some that stood above it and round to the same float32. These are the
// last ones that were counted, and then it equals them: float32 ranks a column and notes where a value equals a threshold, which in
// most blocks is nowhere, and those are mended one by one.

/// <summary>Ranks of float64 values from those that <see cref="RankKernel"/> finds in float32.</summary>
internal static unsafe class DoubleRankKernel
{
    /// <summary>The smallest float that is not below a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float RoundUp(double value)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.ConvertScalarToVector128Single(Vector128<float>.Zero, Vector128.CreateScalarUnsafe(value), FloatRoundingMode.ToPositiveInfinity).ToScalar();
        }

        // The next float: one more of what its bits count away from zero, one less of what they count towards it.
        float nearest = (float)value;
        int bits = BitConverter.SingleToInt32Bits(nearest);
        return BitConverter.Int32BitsToSingle(bits + (nearest < value ? (bits >> 31) | 1 : 0));
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
}
