using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

/// <summary>How values of rows become the float32 that they are ranked by.</summary>
/// <typeparam name="TRow">What rows hold.</typeparam>
internal unsafe interface IRowValues<TRow>
    where TRow : unmanaged
{
    /// <summary>One value.</summary>
    public static abstract float One(TRow value);

    /// <summary>Eight values.</summary>
    public static abstract Vector256<float> Eight(TRow* values);

    /// <summary>Sixteen values.</summary>
    public static abstract Vector512<float> Sixteen(TRow* values);
}

/// <summary>Float32, as it is.</summary>
internal readonly unsafe struct SingleValues : IRowValues<float>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float One(float value) => value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Eight(float* values) => Vector256.Load(values);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sixteen(float* values) => Vector512.Load(values);
}

/// <summary>Float64 that a float32 model reads: the nearest float32.</summary>
internal readonly unsafe struct NearestValues : IRowValues<double>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float One(double value) => (float)value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Eight(double* values) => Vector256.Narrow(Vector256.Load(values), Vector256.Load(values + 4));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sixteen(double* values) => Vector512.Narrow(Vector512.Load(values), Vector512.Load(values + 8));
}

/// <summary>Float64 that a float64 model reads: the smallest float32 that is not below it. See <see cref="DoubleRankKernel"/>.</summary>
internal readonly unsafe struct RoundedUpValues : IRowValues<double>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float One(double value) => DoubleRankKernel.RoundUp(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Eight(double* values)
    {
        Vector256<double> lower = Vector256.Load(values);
        Vector256<double> upper = Vector256.Load(values + 4);
        Vector256<float> nearest = Vector256.Narrow(lower, upper);
        (Vector256<double> nearLower, Vector256<double> nearUpper) = Vector256.Widen(nearest);
        Vector256<int> isBelow = Vector256.Narrow(Vector256.LessThan(nearLower, lower).AsInt64(), Vector256.LessThan(nearUpper, upper).AsInt64());

        // As DoubleRankKernel.RoundUp.
        Vector256<int> next = Vector256.ShiftRightArithmetic(nearest.AsInt32(), 31) | Vector256<int>.One;
        return (nearest.AsInt32() + (next & isBelow)).AsSingle();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sixteen(double* values) => Vector512.Create(
        Avx512F.ConvertToVector256Single(Vector512.Load(values), FloatRoundingMode.ToPositiveInfinity),
        Avx512F.ConvertToVector256Single(Vector512.Load(values + 8), FloatRoundingMode.ToPositiveInfinity));
}
