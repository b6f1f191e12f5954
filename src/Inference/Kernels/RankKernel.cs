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

    /// <summary>Entries that a descent of so many levels reads, behind the table too: registers are read whole.</summary>
    public static int ReadLength(int levels) => Math.Max(32, 1 << levels);

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
    public static void Fill(float* values, float* table, int levels, byte* low, byte* high, int rows) =>
        Fill<NotesNothing>(values, table, levels, low, high, rows, float.NaN, null);

    /// <summary>The same, and notes the values that equal a threshold.</summary>
    /// <param name="values">The values.</param>
    /// <param name="table">The column's table.</param>
    /// <param name="levels">Its levels, 1 to 8.</param>
    /// <param name="low">Receives the ranks with missing values lowest, or null.</param>
    /// <param name="high">Receives the ranks with missing values highest, or null.</param>
    /// <param name="rows">The number of values.</param>
    /// <param name="noted">Another number whose equals are noted, or NaN.</param>
    /// <param name="equal">Receives, for each <see cref="RowUnit"/> of values, the bits of those noted.</param>
    public static void Fill(float* values, float* table, int levels, byte* low, byte* high, int rows, float noted, ulong* equal) =>
        Fill<NotesEqual>(values, table, levels, low, high, rows, noted, equal);

    private static void Fill<TNotes>(float* values, float* table, int levels, byte* low, byte* high, int rows, float noted, ulong* equal)
        where TNotes : struct
    {
        if (Avx512F.IsSupported)
        {
            Fill512<TNotes>(values, table, levels, low, high, rows, noted, equal);
        }
        else if (Avx2.IsSupported)
        {
            Fill256<TNotes>(values, table, levels, low, high, rows, noted, equal);
        }
        else
        {
            FillScalar<TNotes>(values, table, levels, low, high, rows, noted, equal);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FillScalar<TNotes>(float* values, float* table, int levels, byte* low, byte* high, int rows, float noted, ulong* equal)
        where TNotes : struct
    {
        for (int row = 0; row < rows; row++)
        {
            int place = PlaceOf(row);
            byte rank = (byte)Rank(values[row], table, levels);
            if (typeof(TNotes) == typeof(NotesEqual))
            {
                ulong isEqual = values[row] == noted || (rank > 0 && table[EntryOf(rank - 1, levels)] == values[row]) ? 1UL : 0;
                equal[row / RowUnit] = (row % RowUnit == 0 ? 0 : equal[row / RowUnit]) | (isEqual << row);
            }

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
    private static void Fill512<TNotes>(float* values, float* table, int levels, byte* low, byte* high, int rows, float noted, ulong* equal)
        where TNotes : struct
    {
        for (int row = 0; row < rows; row += 64)
        {
            Vector512<float> x0 = Vector512.Load(values + row);
            Vector512<float> x1 = Vector512.Load(values + row + 16);
            Vector512<float> x2 = Vector512.Load(values + row + 32);
            Vector512<float> x3 = Vector512.Load(values + row + 48);
            Vector512<float> tie = Vector512.Create(noted);
            Vector512<float> equal0 = Vector512.Equals(x0, tie);
            Vector512<float> equal1 = Vector512.Equals(x1, tie);
            Vector512<float> equal2 = Vector512.Equals(x2, tie);
            Vector512<float> equal3 = Vector512.Equals(x3, tie);
            Vector512<int> ranks = Search<TNotes>(x0, table, levels, ref equal0)
                | (Search<TNotes>(x1, table, levels, ref equal1) << 8)
                | (Search<TNotes>(x2, table, levels, ref equal2) << 16)
                | (Search<TNotes>(x3, table, levels, ref equal3) << 24);
            if (typeof(TNotes) == typeof(NotesEqual))
            {
                equal[row / RowUnit] = equal0.ExtractMostSignificantBits() | (equal1.ExtractMostSignificantBits() << 16)
                    | (equal2.ExtractMostSignificantBits() << 32) | (equal3.ExtractMostSignificantBits() << 48);
            }

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
    private static void Fill256<TNotes>(float* values, float* table, int levels, byte* low, byte* high, int rows, float noted, ulong* equal)
        where TNotes : struct
    {
        for (int row = 0; row < rows; row += (row & 8) == 0 ? 8 : 56)
        {
            // Of a unit's 64 places these 32 hold rows r to r + 7 of each sixteen.
            int place = (row & ~63) + ((row & 8) << 2);
            Vector256<int> ranks = Vector256<int>.Zero;
            Vector256<int> missing = Vector256<int>.Zero;
            ulong equals = 0;
            for (int quarter = 0; quarter < 4; quarter++)
            {
                Vector256<float> x = Vector256.Load(values + row + (16 * quarter));
                Vector256<float> isEqual = Vector256.Equals(x, Vector256.Create(noted));
                ranks |= Search<TNotes>(x, table, levels, ref isEqual) << (8 * quarter);
                equals |= (ulong)isEqual.ExtractMostSignificantBits() << ((row & 8) + (16 * quarter));
                missing |= (~Vector256.Equals(x, x)).AsInt32() & Vector256.Create(0xff << (8 * quarter));
            }

            if (typeof(TNotes) == typeof(NotesEqual))
            {
                equal[row / RowUnit] = equals | ((row & 8) == 0 ? 0 : equal[row / RowUnit]);
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
    private static Vector256<int> Search<TNotes>(Vector256<float> x, float* table, int levels, ref Vector256<float> equal)
        where TNotes : struct
    {
        Vector256<float> first = Vector256.Load(table);
        Vector256<int> entry = Vector256<int>.One;
        int level = 0;
        for (; level < Math.Min(levels, 3); level++)
        {
            entry = Descend<TNotes>(entry, Avx2.PermuteVar8x32(first, entry), x, ref equal);
        }

        for (; level < levels; level++)
        {
            entry = Descend<TNotes>(entry, Avx2.GatherVector256(table, entry, sizeof(float)), x, ref equal);
        }

        return entry - Vector256.Create(1 << levels);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Descend<TNotes>(Vector256<int> entry, Vector256<float> threshold, Vector256<float> x, ref Vector256<float> equal)
        where TNotes : struct
    {
        if (typeof(TNotes) == typeof(NotesEqual))
        {
            equal |= Vector256.Equals(threshold, x);
        }

        return entry + entry - Vector256.LessThanOrEqual(threshold, x).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Missing(Vector512<float> x) => (~Vector512.Equals(x, x)).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Search<TNotes>(Vector512<float> x, float* table, int levels, ref Vector512<float> equal)
        where TNotes : struct
    {
        Vector512<float> first = Vector512.Load(table);
        Vector512<float> second = Vector512.Load(table + 16);
        Vector512<int> entry = Vector512<int>.One;
        int level = 0;
        for (; level < Math.Min(levels, 5); level++)
        {
            entry = Descend<TNotes>(entry, Avx512F.PermuteVar16x32x2(first, entry, second), x, ref equal);
        }

        if (levels > 5)
        {
            entry = Descend<TNotes>(entry, Lookup512.Pick32(table + 32, entry), x, ref equal);
            if (levels > 6)
            {
                entry = Descend<TNotes>(entry, Lookup512.Pick64(table + 64, entry), x, ref equal);
                if (levels > 7)
                {
                    entry = Descend<TNotes>(entry, Lookup512.Pick128(table + 128, entry), x, ref equal);
                }
            }
        }

        return entry - Vector512.Create(1 << levels);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Descend<TNotes>(Vector512<int> entry, Vector512<float> threshold, Vector512<float> x, ref Vector512<float> equal)
        where TNotes : struct
    {
        if (typeof(TNotes) == typeof(NotesEqual))
        {
            equal |= Vector512.Equals(threshold, x);
        }

        return entry + entry - Vector512.LessThanOrEqual(threshold, x).AsInt32();
    }

    /// <summary>Ranks alone.</summary>
    private struct NotesNothing;

    /// <summary>Equal thresholds too: the largest that a value is at or above is met on its way, since the way ends beside it.</summary>
    private struct NotesEqual;
}
