using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Inference.Kernels;

// A value's rank is the number of thresholds at or below it (see RankKernel). Of one row, each column is counted for itself:
// a register compares sixteen thresholds at once, the last ones of each block first, which tells how many blocks lie wholly
// below. That is two compares for 255 thresholds, where a search by halves takes eight that wait for each other.
//
// Float64 models compare float64 thresholds, eight in a register, so that it may take three, and only the last ones of the blocks in
// float32, rounded up as DoubleRankKernel says.

/// <summary>Turns one row's values into ranks.</summary>
internal static unsafe class RowRankKernel
{
    /// <summary>Float64 numbers that may be read behind the last threshold; they are NaN.</summary>
    public const int Slack = Block;

    // What a register holds, in float32 and in float64. A head has the last thresholds of one register of blocks.
    private const int Block = 16;
    private const int HalfBlock = 8;

    /// <summary>How a column of a float32 model is searched that has so many levels: up to four in <see cref="RankKernel"/>'s table of 8 or 16 entries, since whoever counts asks for no order.</summary>
    public static RowSearch SearchSingle(int levels) => levels <= 3 ? RowSearch.One : levels == 4 ? RowSearch.Two : RowSearch.Sixteens;

    /// <summary>How a column of a float64 model is searched.</summary>
    public static RowSearch SearchDouble(int thresholds) => thresholds switch
    {
        <= HalfBlock => RowSearch.One,
        <= Block => RowSearch.Two,
        <= Block * HalfBlock => RowSearch.Eights,
        _ => RowSearch.Sixteens,
    };

    /// <summary>The length of a float32 table in blocks: first each block's last threshold, then the blocks.</summary>
    public static int TableLength(int thresholds) => Block + (((thresholds / Block) + 1) * Block);

    /// <summary>Fills a table of <see cref="TableLength"/> from ascending thresholds. Places without one get NaN, which no value reaches.</summary>
    public static void FillTable(ReadOnlySpan<float> thresholds, Span<float> table)
    {
        table.Fill(float.NaN);
        thresholds.CopyTo(table[Block..]);
        for (int last = Block - 1; last < thresholds.Length; last += Block)
        {
            table[last / Block] = thresholds[last];
        }
    }

    /// <summary>The float64 numbers before a column's thresholds: NaN, and where they are in blocks, the last one of each in float32 and NaN again.</summary>
    public static int HeadLength(int thresholds) => SearchDouble(thresholds) < RowSearch.Eights ? 1 : 2 + (Block / 2);

    /// <summary>Fills a head of <see cref="HeadLength"/>.</summary>
    public static void FillHead(ReadOnlySpan<double> thresholds, Span<double> head)
    {
        head.Fill(double.NaN);
        RowSearch search = SearchDouble(thresholds.Length);
        if (search >= RowSearch.Eights)
        {
            int block = search == RowSearch.Eights ? HalfBlock : Block;
            Span<float> lasts = MemoryMarshal.Cast<double, float>(head[1..^1]);
            lasts.Fill(float.NaN);
            for (int last = block - 1; last < thresholds.Length; last += block)
            {
                lasts[last / block] = DoubleRankKernel.RoundUp(thresholds[last]);
            }
        }
    }

    /// <summary>Ranks a row of a float32 model. Nothing is tiny there: LightGBM's models, whose rule that is, are float64.</summary>
    /// <typeparam name="TRow">float or double.</typeparam>
    /// <param name="row">The row.</param>
    /// <param name="features">Its length; what is behind it is missing.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="count">Their number.</param>
    /// <param name="tables">The tables of all columns.</param>
    /// <param name="ranks">Receives ranks, less <see cref="RankKernel.Bias"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill<TRow>(TRow* row, int features, RowColumn* columns, int count, float* tables, sbyte* ranks)
        where TRow : unmanaged
    {
        for (RowColumn* end = columns + count; columns < end; columns++)
        {
            Vector512<float> value = Vector512.Create(columns->Feature >= features ? float.NaN
                : typeof(TRow) == typeof(float) ? ((float*)row)[columns->Feature] : Nearest(((double*)row)[columns->Feature]));
            float* table = tables + columns->Table;
            ulong below = Below(table, value);
            int rank = BitOperations.PopCount(columns->Search == RowSearch.One ? (byte)below : below);
            if (columns->Search == RowSearch.Sixteens)
            {
                rank = (rank * Block) + BitOperations.PopCount(Below(table + Block + (rank * Block), value));
            }

            Store(*columns, rank, float.IsNaN(value.ToScalar()), ranks);
        }
    }

    /// <summary>Ranks a row of a float64 model.</summary>
    /// <typeparam name="TRow">float or double.</typeparam>
    /// <param name="row">The row.</param>
    /// <param name="features">Its length; what is behind it is missing.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="count">Their number.</param>
    /// <param name="thresholds">The thresholds of all columns with their heads, and <see cref="Slack"/>.</param>
    /// <param name="tinyBound">The largest magnitude that LightGBM takes for zero.</param>
    /// <param name="ranks">Receives ranks, less <see cref="RankKernel.Bias"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill<TRow>(TRow* row, int features, RowColumn* columns, int count, double* thresholds, double tinyBound, sbyte* ranks)
        where TRow : unmanaged
    {
        float singleBound = (float)tinyBound;
        for (RowColumn* end = columns + count; columns < end; columns++)
        {
            Vector512<float> single;
            Vector512<double> value;
            if (typeof(TRow) == typeof(float))
            {
                float number = columns->Feature < features ? ((float*)row)[columns->Feature] : float.NaN;
                single = Vector512.Create(columns->Tiny.Fix(number, singleBound));
                value = Vector512.WidenLower(single);
            }
            else
            {
                double number = columns->Feature < features ? ((double*)row)[columns->Feature] : double.NaN;
                number = columns->Tiny.Fix(number, tinyBound);
                single = Vector512.Create(DoubleRankKernel.RoundUp(number));
                value = Vector512.Create(number);
            }

            double* exact = thresholds + columns->Table;
            int rank = 0;
            if (columns->Search >= RowSearch.Eights)
            {
                rank = BitOperations.PopCount(Below((float*)(exact - (Block / 2)), single)) * (columns->Search == RowSearch.Eights ? HalfBlock : Block);
            }

            rank += (columns->Search & RowSearch.Two) == 0 ? CountAscending(exact + 1 + rank, value) : CountAscendingTwice(exact + 1 + rank, value);
            if (typeof(TRow) == typeof(double))
            {
                rank = DoubleRankKernel.Mend(rank, value.ToScalar(), exact);
            }

            Store(*columns, rank, double.IsNaN(value.ToScalar()), ranks);
        }
    }

    /// <summary>Puts a column's rank into its places, less <see cref="RankKernel.Bias"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(in RowColumn column, int rank, bool isMissing, sbyte* ranks)
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

    /// <summary>The nearest float32. A register is converted, since a number waits for what its register held before: the column before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Nearest(double value)
    {
        Vector128<double> register = Vector128.CreateScalarUnsafe(value);
        return Vector128.Narrow(register, register).ToScalar();
    }

    /// <summary>A bit for each of sixteen thresholds that is at or below a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Below(float* thresholds, Vector512<float> value) =>
        Vector512.LessThanOrEqual(Vector512.Load(thresholds), value).ExtractMostSignificantBits();

    /// <summary>Of eight thresholds those at or below a value. They ascend, and NaN stands behind a column's last one: what comes after the first that is not is not asked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CountAscending(double* thresholds, Vector512<double> value) =>
        BitOperations.TrailingZeroCount(~Vector512.LessThanOrEqual(Vector512.Load(thresholds), value).ExtractMostSignificantBits());

    /// <summary>The same of sixteen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CountAscendingTwice(double* thresholds, Vector512<double> value)
    {
        ulong low = Vector512.LessThanOrEqual(Vector512.Load(thresholds), value).ExtractMostSignificantBits();
        ulong high = Vector512.LessThanOrEqual(Vector512.Load(thresholds + HalfBlock), value).ExtractMostSignificantBits();
        return BitOperations.TrailingZeroCount(~(low | (high << HalfBlock)));
    }
}
