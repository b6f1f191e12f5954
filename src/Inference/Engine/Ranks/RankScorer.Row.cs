using System;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <content>One row at a time: eight trees are walked together.</content>
internal sealed unsafe partial class RankScorer<TScore>
{
    /// <summary>The scratch bytes that a row may take from the stack.</summary>
    private const int StackBytes = 1 << 14;

    /// <summary>A float64 row of a float64 model is walked in float32 by its ranks, where every rank has a float32 that stands for it.</summary>
    private bool CanWalk<TRow>() => typeof(TRow) == typeof(float) || typeof(TScore) == typeof(float) || !_ranks.HasTies;

    private void MarginsOfRow<TRow>(ReadOnlySpan<TRow> row, int index, in ScoringCall call, Span<TScore> margins)
        where TRow : unmanaged, INumberBase<TRow>
    {
        int outputs = margins.Length;
        for (int output = 0; output < outputs; output++)
        {
            margins[output] = Forest.Aggregation != Aggregation.BaseThenSum ? TScore.Zero
                : TScore.CreateTruncating(call.BaseMargin.IsEmpty ? Forest.BaseMargin[output] : call.BaseMargin[(index * outputs) + output]);
        }

        if (_rowBytes <= StackBytes)
        {
            byte* scratch = stackalloc byte[_rowBytes];
            AddTrees(row, call, scratch, margins);
        }
        else
        {
            AlignedArray<byte> scratch = ScratchPool.Rent(LeafKernel.OperandBytes(0) + _rowBytes);
            AddTrees(row, call, scratch.Start + LeafKernel.OperandBytes(0), margins);
            ScratchPool.Return(scratch);
        }

        for (int output = 0; output < outputs; output++)
        {
            margins[output] = Finish(margins[output], index, output, call);
        }

        GC.KeepAlive(_ranks);
    }

    /// <summary>A row's places in float64 and in float32, its category codes, its ranks.</summary>
    private int RowBytes() => checked(
        DecisionKernel.MaxColumns + (_walksRows ? (_ranks.Paths.Columns * (sizeof(float) + (HasDoublePlaces ? sizeof(double) : 0))) + _columns : 0));

    private bool HasDoublePlaces => typeof(TScore) == typeof(double) && _ranks.DeepTrees > 0;

    private void AddTrees<TRow>(ReadOnlySpan<TRow> row, in ScoringCall call, byte* scratch, Span<TScore> margins)
        where TRow : unmanaged, INumberBase<TRow>
    {
        PathForest<TScore> paths = _ranks.Paths;
        bool isExact = typeof(TRow) == typeof(float) || typeof(TScore) == typeof(float);
        sbyte* ranks = (sbyte*)scratch;
        TScore* deepPlaces = (TScore*)(scratch + DecisionKernel.MaxColumns);
        float* places = (float*)(scratch + DecisionKernel.MaxColumns + (HasDoublePlaces ? paths.Columns * sizeof(double) : 0));
        sbyte* codes = (sbyte*)(places + paths.Columns);
        if (_walksRows && isExact)
        {
            paths.Fill(row, places);
        }

        if (_walksRows && typeof(TScore) == typeof(float))
        {
            deepPlaces = (TScore*)places;
        }
        else if (HasDoublePlaces)
        {
            paths.Fill(row, deepPlaces);
        }

        int run = 0;
        foreach (RankGroup group in _ranks.Groups)
        {
            int first = Math.Max(group.FirstTree, call.FirstTree);
            int end = Math.Min(group.EndTree, call.EndTree);
            if (first >= end)
            {
                continue;
            }

            if (_decidesRows)
            {
                RankRow(group, row, ranks);
            }

            if (_walksRows)
            {
                Prepare(group, row, places, codes, isExact);
            }

            for (; first < end; first = _ranks.Runs[run].End)
            {
                while (_ranks.Runs[run].End <= first)
                {
                    run++;
                }

                int stop = Math.Min(end, _ranks.Runs[run].End);
                if (_ranks.Runs[run].Walks)
                {
                    AddTrees(first, stop, places, deepPlaces, codes, margins);
                    continue;
                }

                fixed (TScore* sums = margins)
                {
                    DecisionKernel.Add(_ranks.DecisionTrees.Start + first, stop - first, _ranks.Decisions.Start, _ranks.Values.Start, ranks, group.ByteColumns, sums);
                }
            }
        }
    }

    /// <summary>What walks of a group need beyond the row's own values.</summary>
    private void Prepare<TRow>(RankGroup group, ReadOnlySpan<TRow> row, float* places, sbyte* codes, bool isExact)
        where TRow : unmanaged, INumberBase<TRow>
    {
        if (!isExact)
        {
            PlaceByRanks(group, row, places);
        }

        foreach (ref readonly CodeColumn column in group.Codes.AsSpan())
        {
            SetKernel.StoreCode(codes, 1, column.Codes, SetKernel.CodeOf(Reference.Read(Forest, row, column.Feature), column.Truncates));
        }
    }

    private void RankRow<TRow>(RankGroup group, ReadOnlySpan<TRow> row, sbyte* ranks)
        where TRow : unmanaged, INumberBase<TRow>
    {
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

    private void AddTrees(int first, int end, float* places, TScore* deepPlaces, sbyte* codes, Span<TScore> margins)
    {
        ReadOnlySpan<RankTree> trees = _ranks.Trees;
        PathForest<TScore> paths = _ranks.Paths;
        PathNode<float>** nodes = stackalloc PathNode<float>*[PathKernel.Width];
        for (int index = first; index < end;)
        {
            if (trees[index].IsDeep)
            {
                int number = PathKernel.Run(paths.DeepNodes.Start + trees[index].FirstNode, deepPlaces, paths.ColumnBits)->LeafNumber;
                AddValue(trees[index++], number, margins);
                continue;
            }

            int count = 0;
            int depth = 0;
            while (count < PathKernel.Width && index + count < end && !trees[index + count].IsDeep)
            {
                ref readonly RankTree tree = ref trees[index + count];
                nodes[count++] = paths.Nodes.Start + tree.FirstNode;
                depth = Math.Max(depth, tree.Depth);
                TestSets(tree, places, codes);
            }

            for (int i = count; i < PathKernel.Width; i++)
            {
                nodes[i] = nodes[0];
            }

            PathKernel.Run(nodes, places, depth, paths.ColumnBits);
            for (int i = 0; i < count; i++)
            {
                AddValue(trees[index + i], nodes[i]->LeafNumber, margins);
            }

            index += count;
        }
    }

    private void AddValue(in RankTree tree, int leaf, Span<TScore> margins)
    {
        TScore* values = _ranks.Values.Start + tree.Values + leaf;
        if (tree.Output >= 0)
        {
            margins[tree.Output] += *values;
            return;
        }

        for (int output = 0; output < margins.Length; output++)
        {
            margins[output] += values[output * tree.ValueLength];
        }
    }

    private void TestSets(in RankTree tree, float* places, sbyte* codes)
    {
        for (int index = tree.FirstSet; index < tree.FirstSet + tree.Sets; index++)
        {
            SetStep step = _ranks.SetSteps.Start[index];
            byte* set = _ranks.Sets.Start + ((nint)step.Set * SetKernel.SetBytes);
            bool isIn = (set[(byte)codes[step.Codes]] & (byte)codes[step.Codes + 1]) != 0;
            places[_ranks.Paths.FirstSet + index] = isIn ? float.NegativeInfinity : float.PositiveInfinity;
        }
    }

    /// <summary>Puts into the places, for each value, the largest threshold at or below it, in float32: it passes the same thresholds.</summary>
    private void PlaceByRanks<TRow>(RankGroup group, ReadOnlySpan<TRow> row, float* places)
        where TRow : unmanaged, INumberBase<TRow>
    {
        foreach (ref readonly RankColumn column in group.Columns.AsSpan())
        {
            double value = column.Feature < row.Length ? double.CreateTruncating(row[column.Feature]) : double.NaN;
            if ((column.ZeroIsMissing || column.FixesTiny) && Math.Abs(value) <= Reference.TinyBound)
            {
                value = column.ZeroIsMissing ? double.NaN : 0;
            }

            int rank = RankKernel.Rank(value, _ranks.Doubles.Start + column.Table, column.Levels);
            float place = rank == 0 ? float.NegativeInfinity : _ranks.Singles.Start[column.Table + RankKernel.EntryOf(rank - 1, column.Levels)];
            int key = Array.BinarySearch(_ranks.Paths.Keys, column.Key);
            PathForest<TScore>.Put(places + (2 * key), double.IsNaN(value) ? float.NaN : place);
        }
    }
}
