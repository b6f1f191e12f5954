using System;
using System.Buffers;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <content>One row at a time.</content>
internal sealed unsafe partial class RankScorer<TScore>
{
    /// <summary>Ranks that fit on the stack.</summary>
    private const int StackRanks = 4096;

    private void MarginsOfRow<TRow>(ReadOnlySpan<TRow> row, int index, in ScoringCall call, Span<TScore> margins)
        where TRow : unmanaged, INumberBase<TRow>
    {
        Begin(index, call, margins);
        if (_columns <= StackRanks)
        {
            sbyte* ranks = stackalloc sbyte[_columns + 1];
            AddTrees(row, call, ranks, margins);
        }
        else
        {
            sbyte[] rented = ArrayPool<sbyte>.Shared.Rent(_columns);
            fixed (sbyte* ranks = rented)
            {
                AddTrees(row, call, ranks, margins);
            }

            ArrayPool<sbyte>.Shared.Return(rented);
        }

        for (int output = 0; output < margins.Length; output++)
        {
            margins[output] = Finish(margins[output], index, output, call);
        }

        GC.KeepAlive(_ranks);
    }

    private void Begin(int row, in ScoringCall call, Span<TScore> margins)
    {
        int outputs = margins.Length;
        for (int output = 0; output < outputs; output++)
        {
            margins[output] = Forest.Aggregation != Aggregation.BaseThenSum ? TScore.Zero
                : TScore.CreateTruncating(call.BaseMargin.IsEmpty ? Forest.BaseMargin[output] : call.BaseMargin[(row * outputs) + output]);
        }
    }

    private void AddTrees<TRow>(ReadOnlySpan<TRow> row, in ScoringCall call, sbyte* ranks, Span<TScore> margins)
        where TRow : unmanaged, INumberBase<TRow>
    {
        foreach (RankGroup group in _ranks.Groups)
        {
            int first = Math.Max(group.FirstTree, call.FirstTree);
            int end = Math.Min(group.EndTree, call.EndTree);
            if (first >= end)
            {
                continue;
            }

            RankRow(group, row, ranks);
            if (margins.Length == 1)
            {
                margins[0] = SumOf(first, end, ranks, margins[0]);
                continue;
            }

            for (int index = first; index < end; index++)
            {
                ref readonly RankTree tree = ref _ranks.Trees[index];
                TScore* values = _ranks.Values.Start + tree.Values + FindLeaf(tree, ranks);
                if (tree.Output >= 0)
                {
                    margins[tree.Output] += *values;
                    continue;
                }

                for (int output = 0; output < margins.Length; output++)
                {
                    margins[output] += values[output * tree.ValueLength];
                }
            }
        }
    }

    private TScore SumOf(int first, int end, sbyte* ranks, TScore sum)
    {
        TScore* values = _ranks.Values.Start;
        for (int index = first; index < end; index++)
        {
            ref readonly RankTree tree = ref _ranks.Trees[index];
            sum += values[tree.Values + FindLeaf(tree, ranks)];
        }

        return sum;
    }

    private int FindLeaf(in RankTree tree, sbyte* ranks)
    {
        RowNode* nodes = _ranks.RowNodes.Start + tree.FirstRowNode;
        return tree.Sets == 0
            ? RowKernel.FindLeaf(nodes, tree.Depth, ranks)
            : RowKernel.FindLeaf(nodes, tree.Depth, ranks, _ranks.SetSteps.Start + tree.FirstSet, _ranks.Sets.Start);
    }

    private void RankRow<TRow>(RankGroup group, ReadOnlySpan<TRow> row, sbyte* ranks)
        where TRow : unmanaged, INumberBase<TRow>
    {
        foreach (ref readonly CodeColumn column in group.Codes.AsSpan())
        {
            SetKernel.StoreCode(ranks, 1, column.Codes, SetKernel.CodeOf(Reference.Read(Forest, row, column.Feature), column.Truncates));
        }

        foreach (ref readonly RankColumn column in group.Columns.AsSpan())
        {
            if (typeof(TRow) == typeof(float) || typeof(TScore) == typeof(float))
            {
                float value = column.Feature < row.Length ? float.CreateTruncating(row[column.Feature]) : float.NaN;
                RankValue(column, value, _ranks.Singles.Start, ranks);
            }
            else
            {
                double value = column.Feature < row.Length ? double.CreateTruncating(row[column.Feature]) : double.NaN;
                RankValue(column, value, _ranks.Doubles.Start, ranks);
            }
        }
    }

    private static void RankValue<TValue>(in RankColumn column, TValue value, TValue* tables, sbyte* ranks)
        where TValue : unmanaged, IFloatingPointIeee754<TValue>
    {
        if ((column.ZeroIsMissing || column.FixesTiny) && TValue.Abs(value) <= TValue.CreateTruncating(Reference.TinyBound))
        {
            value = column.ZeroIsMissing ? TValue.NaN : TValue.Zero;
        }

        sbyte rank = (sbyte)(RankKernel.Rank(value, tables + column.Table, column.Levels) - RankKernel.Bias);
        if (column.Low >= 0)
        {
            ranks[column.Low] = rank;
        }

        if (column.High >= 0)
        {
            ranks[column.High] = TValue.IsNaN(value) ? (sbyte)(RankKernel.Highest - RankKernel.Bias) : rank;
        }
    }
}
