using System.Runtime.Intrinsics;

namespace Inference.Kernels;

/// <summary>Copies a row twice: missing values lowest, missing values highest.</summary>
internal static unsafe class MissingKernel
{
    /// <summary>Fills <paramref name="places"/> with the row, NaN as minus infinity, and behind that with the row, NaN as infinity.</summary>
    public static void Fill(float* row, float* places, int features)
    {
        int feature = 0;
        for (; feature + 8 <= features; feature += 8)
        {
            Vector256<float> values = Vector256.Load(row + feature);
            Vector256<float> present = Vector256.Equals(values, values);
            Vector256.ConditionalSelect(present, values, Vector256.Create(float.NegativeInfinity)).Store(places + feature);
            Vector256.ConditionalSelect(present, values, Vector256.Create(float.PositiveInfinity)).Store(places + features + feature);
        }

        for (; feature < features; feature++)
        {
            float value = row[feature];
            places[feature] = float.IsNaN(value) ? float.NegativeInfinity : value;
            places[features + feature] = float.IsNaN(value) ? float.PositiveInfinity : value;
        }
    }
}
