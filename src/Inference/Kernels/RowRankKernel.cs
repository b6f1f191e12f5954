using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Inference.Kernels;

// A value's rank is the number of thresholds at or below it (see RankKernel). Of one row, each column is counted for itself:
// a register compares sixteen thresholds at once, the last ones of each sixteen first, which tells how many sixteens lie
// wholly below. That is two loads for 255 thresholds, where a search by halves takes eight that wait for each other.

/// <summary>Turns one row's values into ranks.</summary>
internal static unsafe class RowRankKernel
{
    /// <summary>The thresholds of a block.</summary>
    public const int Block = 16;

    /// <summary>The length of the table of so many thresholds: where they are more than a block, first each block's last one.</summary>
    public static int TableLength(int thresholds) => thresholds <= Block ? Block : Block + (((thresholds / Block) + 1) * Block);

    /// <summary>Fills a table of <see cref="TableLength"/> from ascending thresholds. Places without one get NaN, which no value reaches.</summary>
    public static void FillTable(ReadOnlySpan<float> thresholds, Span<float> table)
    {
        table.Fill(float.NaN);
        if (thresholds.Length <= Block)
        {
            thresholds.CopyTo(table);
            return;
        }

        thresholds.CopyTo(table[Block..]);
        for (int last = Block - 1; last < thresholds.Length; last += Block)
        {
            table[last / Block] = thresholds[last];
        }
    }

    /// <summary>Ranks a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="features">Its length; what is behind it is missing.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="count">Their number.</param>
    /// <param name="tables">The tables of all columns.</param>
    /// <param name="tinyBound">The largest magnitude that LightGBM takes for zero.</param>
    /// <param name="ranks">Receives ranks, less <see cref="RankKernel.Bias"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(float* row, int features, RowColumn* columns, int count, float* tables, float tinyBound, sbyte* ranks)
    {
        for (RowColumn* end = columns + count; columns < end; columns++)
        {
            float value = columns->Feature < features ? row[columns->Feature] : float.NaN;
            value = columns->Tiny.Fix(value, tinyBound);
            Store(*columns, Rank(*columns, value, tables), float.IsNaN(value), ranks);
        }
    }

    /// <summary>The rank of a column's value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Rank(in RowColumn column, float value, float* tables)
    {
        float* table = tables + column.Table;
        int rank = CountBelow(table, value);
        return column.HasBlocks ? (rank * Block) + CountBelow(table + Block + (rank * Block), value) : rank;
    }

    /// <summary>Puts a column's rank into its places, less <see cref="RankKernel.Bias"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(in RowColumn column, int rank, bool isMissing, sbyte* ranks)
    {
        if (column.Low >= 0)
        {
            ranks[column.Low] = (sbyte)(rank - RankKernel.Bias);
        }

        if (column.High >= 0)
        {
            ranks[column.High] = (sbyte)((isMissing ? RankKernel.Highest : rank) - RankKernel.Bias);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CountBelow(float* thresholds, float value) =>
        BitOperations.PopCount(Vector512.LessThanOrEqual(Vector512.Load(thresholds), Vector512.Create(value)).ExtractMostSignificantBits());
}
