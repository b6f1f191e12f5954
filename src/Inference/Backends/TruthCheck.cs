using System;
using System.Runtime.CompilerServices;
using Inference.Forests;

namespace Inference.Backends;

/// <summary>Scores a few rows with a native library and with the managed engine, before anybody relies on the native one.</summary>
/// <remarks>
/// Margins must have the same bits. Values may differ by what the C library's exp and log round otherwise; a transform that
/// another version of the library does otherwise is further away.
/// </remarks>
internal static class TruthCheck
{
    private const int MostRows = 32;
    private const int MostValues = 1 << 18;
    private const long MostUlps = 16;

    /// <summary>One row of missing values.</summary>
    public static void WarmUp<TScore>(Scorer<TScore> scorer)
        where TScore : unmanaged
    {
        float[] row = new float[scorer.Forest.FeatureCount];
        row.AsSpan().Fill(float.NaN);
        scorer.Margins(new RowBlock<float>(row, 1, row.Length, row.Length), All(scorer.Forest), new TScore[scorer.Forest.OutputCount]);
    }

    /// <summary>Compares the two.</summary>
    /// <exception cref="NativeMismatchException">They differ.</exception>
    public static void Compare<TScore>(NativeScorer<TScore> native, Scorer<TScore> managed)
        where TScore : unmanaged
    {
        Forest forest = native.Forest;
        int count = Math.Clamp(MostValues / Math.Max(1, forest.FeatureCount), 1, MostRows);
        float[] rows = new float[count * forest.FeatureCount];
        ProbeRows.Fill<float>(forest, rows, seed: 0);
        if (native.RefusesInfinities)
        {
            foreach (ref float value in rows.AsSpan())
            {
                value = float.IsInfinity(value) ? 0 : value;
            }
        }

        RowBlock<float> block = new(rows, count, forest.FeatureCount, forest.FeatureCount);
        ScoringCall call = All(forest);

        TScore[] margins = new TScore[count * forest.OutputCount];
        TScore[] expected = new TScore[count * forest.OutputCount];
        native.Margins(block, call, margins);
        managed.Margins(block, call, expected);
        Compare<TScore>(native, PredictionKind.Margin, forest.OutputCount, margins, expected, 0);

        TScore[] values = new TScore[count * forest.ValueCount];
        TScore[] expectedValues = new TScore[count * forest.ValueCount];
        if (native.TryValues(block, call, values))
        {
            managed.Transform(count, call, expected, expectedValues);
            Compare<TScore>(native, PredictionKind.Value, forest.ValueCount, values, expectedValues, MostUlps);
        }
    }

    private static void Compare<TScore>(NativeScorer<TScore> native, PredictionKind kind, int width, ReadOnlySpan<TScore> found, ReadOnlySpan<TScore> expected, long mostUlps)
        where TScore : unmanaged
    {
        for (int i = 0; i < found.Length; i++)
        {
            (double mine, double theirs) = (ToDouble(expected[i]), ToDouble(found[i]));
            if (!(double.IsNaN(mine) && double.IsNaN(theirs)) && !IsWithin(Order(expected[i]), Order(found[i]), mostUlps))
            {
                throw native.Mismatch(kind, i / width, i % width, theirs, mine);
            }
        }
    }

    private static ScoringCall All(Forest forest) => new() { FirstTree = 0, EndTree = forest.Trees.Length, Iterations = forest.IterationCount };

    private static bool IsWithin(long a, long b, long ulps) => UInt128.CreateTruncating(Int128.Abs((Int128)a - b)) <= (UInt128)ulps;

    /// <summary>The place of a number among all of its type: neighbours are one apart, and the zeros are two numbers.</summary>
    private static long Order<TScore>(TScore score)
        where TScore : unmanaged
    {
        long bits = Unsafe.SizeOf<TScore>() == sizeof(float) ? Unsafe.BitCast<TScore, int>(score) : Unsafe.BitCast<TScore, long>(score);
        long lowest = Unsafe.SizeOf<TScore>() == sizeof(float) ? int.MinValue : long.MinValue;
        return bits < 0 ? lowest - bits - 1 : bits;
    }

    private static double ToDouble<TScore>(TScore score)
        where TScore : unmanaged => Unsafe.SizeOf<TScore>() == sizeof(float) ? Unsafe.BitCast<TScore, float>(score) : Unsafe.BitCast<TScore, double>(score);
}
