using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

// A value's rank is the number of thresholds at or below it. A split "x < threshold number k" then reads "rank <= k": the
// same outcome for every x, NaN included, which has rank 0.
//
// The search descends a complete tree of thresholds stored by levels (Eytzinger's order, entry 1 the root): e becomes 2e or
// 2e + 1, and after all levels e less their count is the rank. With AVX-512 sixteen rows descend together, and the levels
// are registers: 255 thresholds fill sixteen of them, so that no level needs a gather from memory.

/// <summary>Turns values into ranks.</summary>
internal static unsafe class RankKernel
{
    /// <summary>Values come in multiples of this.</summary>
    public const int RowUnit = 64;

    /// <summary>The most thresholds of a column: ranks are bytes.</summary>
    public const int MaxThresholds = 255;

    /// <summary>Single rows' ranks are stored less this, because processors compare signed bytes.</summary>
    public const int Bias = 128;

    /// <summary>The rank that is above every threshold: where a missing value goes right.</summary>
    public const int Highest = 255;

    /// <summary>The levels of a search among so many thresholds.</summary>
    public static int LevelsFor(int thresholds) => 32 - BitOperations.LeadingZeroCount((uint)thresholds);

    /// <summary>Entries that a descent may read behind a table: registers are read whole.</summary>
    public const int Slack = 48;

    /// <summary>Entries of a table of so many thresholds, the unused entry 0 included: as far as a descent comes in the last level, rounded up to 16; 8 of up to three levels.</summary>
    public static int TableLength(int thresholds)
    {
        int levels = LevelsFor(thresholds);
        return levels <= 3 ? 8 : ((1 << (levels - 1)) + (thresholds / 2) + 16) & ~15;
    }

    /// <summary>Fills a table from ascending thresholds. Places without a threshold get NaN, which no value reaches.</summary>
    public static void FillTable(ReadOnlySpan<float> thresholds, int levels, Span<float> table)
    {
        table.Fill(float.NaN);
        for (int level = 0; level < levels; level++)
        {
            int span = 1 << (levels - level);
            for (int rank = (span / 2) - 1, entry = 1 << level; rank < thresholds.Length; rank += span, entry++)
            {
                table[entry] = thresholds[rank];
            }
        }
    }

    /// <summary>The entry of a threshold, by its number from the lowest, 0.</summary>
    public static int EntryOf(int number, int levels)
    {
        int zeros = BitOperations.TrailingZeroCount(number + 1);
        return (1 << (levels - 1 - zeros)) + ((number + 1) >> (zeros + 1));
    }

    /// <summary>The rank of one value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Rank(float value, float* table, int levels)
    {
        int entry = 1;
        for (int level = 0; level < levels; level++)
        {
            entry = (entry * 2) + (table[entry] <= value ? 1 : 0);
        }

        return entry - (1 << levels);
    }

    /// <summary>Where row r of a unit of 64 has its byte: 4 * (r mod 16) + r / 16, so that four registers of ranks are packed by shifts alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PlaceOf(int row) => ((row & 15) << 2) | ((row >> 4) & 3) | (row & ~63);

    /// <summary>Ranks of one column's values, a multiple of <see cref="RowUnit"/>, into bytes.</summary>
    /// <param name="values">The values.</param>
    /// <param name="table">The column's table.</param>
    /// <param name="levels">Its levels, 1 to 8.</param>
    /// <param name="low">Receives the ranks with missing values lowest, or null.</param>
    /// <param name="high">Receives the ranks with missing values highest, or null.</param>
    /// <param name="rows">The number of values.</param>
    public static void Fill(float* values, float* table, int levels, byte* low, byte* high, int rows)
    {
        if (Avx512F.IsSupported)
        {
            Fill512(values, table, levels, low, high, rows);
        }
        else if (Avx2.IsSupported)
        {
            Fill256(values, table, levels, low, high, rows);
        }
        else
        {
            FillScalar(values, table, levels, low, high, rows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FillScalar(float* values, float* table, int levels, byte* low, byte* high, int rows)
    {
        for (int row = 0; row < rows; row++)
        {
            int place = PlaceOf(row);
            byte rank = (byte)Rank(values[row], table, levels);
            if (low != null)
            {
                low[place] = rank;
            }

            if (high != null)
            {
                high[place] = float.IsNaN(values[row]) ? (byte)Highest : rank;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fill512(float* values, float* table, int levels, byte* low, byte* high, int rows)
    {
        for (int row = 0; row < rows; row += 64)
        {
            Vector512<float> x0 = Vector512.Load(values + row);
            Vector512<float> x1 = Vector512.Load(values + row + 16);
            Vector512<float> x2 = Vector512.Load(values + row + 32);
            Vector512<float> x3 = Vector512.Load(values + row + 48);
            Vector512<int> ranks = Search(x0, table, levels)
                | (Search(x1, table, levels) << 8)
                | (Search(x2, table, levels) << 16)
                | (Search(x3, table, levels) << 24);
            if (low != null)
            {
                ranks.AsByte().Store(low + row);
            }

            if (high != null)
            {
                Vector512<int> missing = (Missing(x0) & Vector512.Create(0xff))
                    | (Missing(x1) & Vector512.Create(0xff00))
                    | (Missing(x2) & Vector512.Create(0xff0000))
                    | (Missing(x3) & Vector512.Create(unchecked((int)0xff000000)));
                (ranks | missing).AsByte().Store(high + row);
            }
        }
    }

    /// <summary>Eight rows descend together: three levels are one register, the others are gathered.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fill256(float* values, float* table, int levels, byte* low, byte* high, int rows)
    {
        for (int row = 0; row < rows; row += (row & 8) == 0 ? 8 : 56)
        {
            // Of a unit's 64 places these 32 hold rows r to r + 7 of each sixteen.
            int place = (row & ~63) + ((row & 8) << 2);
            Vector256<int> ranks = Vector256<int>.Zero;
            Vector256<int> missing = Vector256<int>.Zero;
            for (int quarter = 0; quarter < 4; quarter++)
            {
                Vector256<float> x = Vector256.Load(values + row + (16 * quarter));
                ranks |= Search(x, table, levels) << (8 * quarter);
                missing |= (~Vector256.Equals(x, x)).AsInt32() & Vector256.Create(0xff << (8 * quarter));
            }

            if (low != null)
            {
                ranks.AsByte().Store(low + place);
            }

            if (high != null)
            {
                (ranks | missing).AsByte().Store(high + place);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Search(Vector256<float> x, float* table, int levels)
    {
        Vector256<float> first = Vector256.Load(table);
        Vector256<int> entry = Vector256<int>.One;
        int level = 0;
        for (; level < Math.Min(levels, 3); level++)
        {
            entry = Descend(entry, Avx2.PermuteVar8x32(first, entry), x);
        }

        for (; level < levels; level++)
        {
            entry = Descend(entry, Avx2.GatherVector256(table, entry, sizeof(float)), x);
        }

        return entry - Vector256.Create(1 << levels);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Descend(Vector256<int> entry, Vector256<float> threshold, Vector256<float> x) =>
        entry + entry - Vector256.LessThanOrEqual(threshold, x).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Missing(Vector512<float> x) => (~Vector512.Equals(x, x)).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Search(Vector512<float> x, float* table, int levels)
    {
        Vector512<float> first = Vector512.Load(table);
        Vector512<float> second = Vector512.Load(table + 16);
        Vector512<int> entry = Vector512<int>.One;
        int level = 0;
        for (; level < Math.Min(levels, 5); level++)
        {
            entry = Descend(entry, Avx512F.PermuteVar16x32x2(first, entry, second), x);
        }

        if (levels > 5)
        {
            entry = Descend(entry, Lookup512.Pick32(table + 32, entry), x);
            if (levels > 6)
            {
                entry = Descend(entry, Lookup512.Pick64(table + 64, entry), x);
                if (levels > 7)
                {
                    entry = Descend(entry, Lookup512.Pick128(table + 128, entry), x);
                }
            }
        }

        return entry - Vector512.Create(1 << levels);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Descend(Vector512<int> entry, Vector512<float> threshold, Vector512<float> x) =>
        entry + entry - Vector512.LessThanOrEqual(threshold, x).AsInt32();
}
