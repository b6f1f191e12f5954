using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

/// <summary>Puts a row's values into the places that walks read: each value twice, missing ones as minus infinity and as infinity.</summary>
internal static unsafe class PlaceKernel
{
    /// <summary>Fills places, as many eights of keys as there are.</summary>
    /// <param name="row">The row.</param>
    /// <param name="features">Its length; what is behind it is missing.</param>
    /// <param name="keys">2 f for feature f, 2 f + 1 for feature f where zero is missing.</param>
    /// <param name="count">The number of keys.</param>
    /// <param name="mapsTiny">Whether what LightGBM takes for zero is made zero.</param>
    /// <param name="tinyBound">The largest magnitude of that.</param>
    /// <param name="places">Receives two values for each key.</param>
    /// <returns>The number of keys done; the caller does the others.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Fill(float* row, int features, int* keys, int count, bool mapsTiny, float tinyBound, float* places)
    {
        if (!Avx2.IsSupported)
        {
            return 0;
        }

        int done = 0;
        for (; done + Vector256<int>.Count <= count; done += Vector256<int>.Count)
        {
            Vector256<int> key = Vector256.Load(keys + done);
            Vector256<int> feature = key >>> 1;
            Vector256<float> isThere = Vector256.LessThan(feature, Vector256.Create(features)).AsSingle();
            Vector256<float> x = Avx2.GatherMaskVector256(Vector256.Create(float.NaN), row, feature, isThere, sizeof(float));
            Vector256<float> isTiny = Vector256.LessThanOrEqual(Vector256.Abs(x), Vector256.Create(tinyBound));
            Vector256<float> zeroIsMissing = Vector256.Equals(key & Vector256<int>.One, Vector256<int>.One).AsSingle();
            Vector256<float> fixedUp = Vector256.ConditionalSelect(zeroIsMissing, Vector256.Create(float.NaN), mapsTiny ? Vector256<float>.Zero : x);
            x = Vector256.ConditionalSelect(isTiny, fixedUp, x);
            Vector256<float> isNumber = Vector256.Equals(x, x);
            Vector256<float> low = Vector256.ConditionalSelect(isNumber, x, Vector256.Create(float.NegativeInfinity));
            Vector256<float> high = Vector256.ConditionalSelect(isNumber, x, Vector256.Create(float.PositiveInfinity));

            // Pairs of 0 1 4 5 and of 2 3 6 7.
            Vector256<float> outer = Avx.UnpackLow(low, high);
            Vector256<float> inner = Avx.UnpackHigh(low, high);
            Avx.Permute2x128(outer, inner, 0x20).Store(places + (2 * done));
            Avx.Permute2x128(outer, inner, 0x31).Store(places + (2 * done) + Vector256<float>.Count);
        }

        return done;
    }
}
