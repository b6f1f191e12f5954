using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <content>One row at a time: trees are decided at once where they can be, else walked, eight together.</content>
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
        BeginRow(index, call, margins);
        fixed (TScore* sums = margins)
        {
            if (_ranks.Linear is { } linear)
            {
                Scratch scratch = ScratchPool.Rent(Math.Max(linear.Features.Length, 1) * sizeof(double));
                linear.Fill(Forest, row, (double*)scratch.Start);
                LinearSink sink = new(this, linear, (double*)scratch.Start, sums);
                Run(row, call, ref sink);
                ScratchPool.Return(scratch);
            }
            else
            {
                MarginSink sink = new(this, sums, outputs);
                Run(row, call, ref sink);
            }
        }

        FinishRow(index, call, margins);
        GC.KeepAlive(_ranks);
    }

    /// <summary>A row's sums before the first tree.</summary>
    private void BeginRow(int index, in ScoringCall call, Span<TScore> sums)
    {
        for (int output = 0; output < sums.Length; output++)
        {
            sums[output] = Forest.Aggregation != Aggregation.BaseThenSum ? TScore.Zero
                : TScore.CreateTruncating(call.BaseMargin.IsEmpty ? Forest.BaseMargin[output] : call.BaseMargin[(index * sums.Length) + output]);
        }
    }

    /// <summary>What comes after the last tree.</summary>
    private void FinishRow(int index, in ScoringCall call, Span<TScore> sums)
    {
        for (int output = 0; output < sums.Length; output++)
        {
            sums[output] = Finish(sums[output], index, output, call);
        }
    }

    /// <summary>The leaf ids of a row, as training libraries report them.</summary>
    private void LeavesOfRow<TRow>(ReadOnlySpan<TRow> row, in ScoringCall call, LeafIds ids, Span<int> leaves)
        where TRow : unmanaged, INumberBase<TRow>
    {
        fixed (int* places = leaves)
        {
            LeafSink sink = new(this, ids, places, call.FirstTree);
            Run(row, call, ref sink);
        }
    }

    private void Run<TRow, TSink>(ReadOnlySpan<TRow> row, in ScoringCall call, ref TSink sink)
        where TRow : unmanaged, INumberBase<TRow>
        where TSink : struct, IRowSink
    {
        if (_rowBytes <= StackBytes)
        {
            byte* scratch = stackalloc byte[_rowBytes];
            MeetTrees(row, call, scratch, ref sink);
        }
        else
        {
            Scratch scratch = ScratchPool.Rent(_rowBytes);
            MeetTrees(row, call, scratch.Start, ref sink);
            ScratchPool.Return(scratch);
        }
    }

    /// <summary>A row's places in float64 and in float32, its categories, its ranks.</summary>
    private int RowBytes() => checked(
        DecisionKernel.MaxColumns + (_walksRows ? PlaceBytes : 0) + (_codeColumns * sizeof(byte*)));

    /// <summary>Rounded up, because pointers follow.</summary>
    private int PlaceBytes => ((_ranks.Paths.Columns * sizeof(float)) + (HasDoublePlaces ? _ranks.Paths.FirstSet * sizeof(double) : 0) + 7) & ~7;

    private bool HasDoublePlaces => typeof(TScore) == typeof(double) && _ranks.DeepTrees > 0;

    private void MeetTrees<TRow, TSink>(ReadOnlySpan<TRow> row, in ScoringCall call, byte* scratch, ref TSink sink)
        where TRow : unmanaged, INumberBase<TRow>
        where TSink : struct, IRowSink
    {
        PathForest<TScore> paths = _ranks.Paths;
        bool isExact = typeof(TRow) == typeof(float) || typeof(TScore) == typeof(float);
        sbyte* ranks = (sbyte*)scratch;
        TScore* deepPlaces = (TScore*)(scratch + DecisionKernel.MaxColumns);
        float* places = (float*)(scratch + DecisionKernel.MaxColumns + (HasDoublePlaces ? paths.FirstSet * sizeof(double) : 0));
        byte** categories = (byte**)(scratch + DecisionKernel.MaxColumns + (_walksRows ? PlaceBytes : 0));
        if (_walksRows && isExact)
        {
            paths.Fill(row, places);
        }
        else if (_walksRows)
        {
            // The groups put their values there.
            paths.FillMissing<TRow, double, float>(row, places);
        }

        if (_walksRows && typeof(TScore) == typeof(float))
        {
            deepPlaces = (TScore*)places;
        }
        else if (HasDoublePlaces)
        {
            paths.Fill(row, deepPlaces);
        }

        DecisionForest<TScore> decisions = new(_ranks.Decisions.Start, _ranks.Blocks.Start, _ranks.Values.Start, _ranks.RowSets.Start, _ranks.Doublings, _slotEnds);
        int run = 0;
        foreach (RankGroup group in _ranks.Groups)
        {
            int first = Math.Max(group.FirstTree, call.FirstTree);
            int end = Math.Min(group.EndTree, call.EndTree);
            if (first >= end)
            {
                continue;
            }

            if (group.DecidesRows)
            {
                RankRow(group, row, ranks);
            }

            if (group.WalksRows && !isExact)
            {
                PlaceByRanks(group, row, places);
            }

            for (int column = 0; column < group.Codes.Length; column++)
            {
                CodeColumn codeColumn = group.Codes[column];
                int code = codeColumn.CodeOf(Reference.Read(Forest, row, codeColumn.Feature));
                ref readonly CategoryTable table = ref group.Categories[column];
                int number = SetKernel.ClassOf(table, code, codeColumn.Bound, _ranks.Classes.Start, _ranks.Categories.Start);
                categories[column] = _ranks.Answers.Start + table.FirstByte + (number * table.Pitch);
            }

            if (group.WalksSets)
            {
                TestSets(group, places, categories);
            }

            for (; first < end; first = _ranks.Runs[run].End)
            {
                while (_ranks.Runs[run].End <= first)
                {
                    run++;
                }

                int stop = Math.Min(end, _ranks.Runs[run].End);
                RowForm form = _ranks.Runs[run].Form;
                if (form == RowForm.Path)
                {
                    WalkTrees(first, stop, places, deepPlaces, ref sink);
                    continue;
                }

                sink.Decide(form, first, stop - first, decisions, ranks, group.RankColumns, categories);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RankRow<TRow>(RankGroup group, ReadOnlySpan<TRow> row, sbyte* ranks)
        where TRow : unmanaged, INumberBase<TRow>
    {
        RowColumn* columns = _ranks.RowColumns.Start + group.FirstRowColumn;
        fixed (TRow* values = row)
        {
            if (typeof(TScore) == typeof(double))
            {
                RowRankKernel.Fill(values, row.Length, columns, group.Columns.Length, _ranks.Doubles.Start, Reference.TinyBound, ranks);
            }
            else
            {
                RowRankKernel.Fill(values, row.Length, columns, group.Columns.Length, _ranks.Singles.Start, ranks);
            }
        }
    }

    private void WalkTrees<TSink>(int first, int end, float* places, TScore* deepPlaces, ref TSink sink)
        where TSink : struct, IRowSink
    {
        ReadOnlySpan<RankTree> trees = _ranks.Trees;
        for (int index = first; index < end;)
        {
            bool isDeep = trees[index].IsDeep;
            int count = 1;
            while (count < PathKernel.Width && index + count < end && trees[index + count].IsDeep == isDeep)
            {
                count++;
            }

            if (isDeep)
            {
                Walk(index, count, _ranks.Paths.DeepNodes.Start, deepPlaces, ref sink);
            }
            else
            {
                Walk(index, count, _ranks.Paths.Nodes.Start, places, ref sink);
            }

            index += count;
        }
    }

    /// <summary>Walks up to eight trees together.</summary>
    private void Walk<TValue, TSink>(int first, int count, PathNode<TValue>* start, TValue* places, ref TSink sink)
        where TValue : unmanaged, IFloatingPointIeee754<TValue>
        where TSink : struct, IRowSink
    {
        ReadOnlySpan<RankTree> trees = _ranks.Trees.AsSpan(first, count);
        PathNode<TValue>** nodes = stackalloc PathNode<TValue>*[PathKernel.Width];
        int depth = 0;
        for (int i = 0; i < PathKernel.Width; i++)
        {
            ref readonly RankTree tree = ref trees[Math.Min(i, trees.Length - 1)];
            nodes[i] = start + tree.FirstNode;
            depth = Math.Max(depth, tree.Levels);
        }

        PathKernel.Run(nodes, places, depth, _ranks.Paths.ColumnBits);
        for (int i = 0; i < trees.Length; i++)
        {
            sink.Reach(first + i, nodes[i]->LeafNumber);
        }
    }

    /// <summary>What becomes of the leaves that a row meets, tree after tree.</summary>
    private interface IRowSink
    {
        /// <summary>Takes trees that are decided at once.</summary>
        public void Decide(RowForm form, int first, int count, in DecisionForest<TScore> decisions, sbyte* ranks, int columns, byte** categories);

        /// <summary>Takes the leaf of a tree that was walked.</summary>
        public void Reach(int tree, int leaf);
    }

    /// <summary>Adds the values of leaves to the row's sums.</summary>
    private readonly struct MarginSink(RankScorer<TScore> scorer, TScore* sums, int outputs) : IRowSink
    {
        public void Decide(RowForm form, int first, int count, in DecisionForest<TScore> decisions, sbyte* ranks, int columns, byte** categories) =>
            DecisionKernel.Add(form, scorer._ranks.DecisionTrees.Start + first, count, decisions, ranks, columns, categories, sums, outputs);

        public void Reach(int tree, int leaf)
        {
            ref readonly RankTree place = ref scorer._ranks.Trees[tree];
            TScore* values = scorer._ranks.Values.Start + place.Values;
            if (place.Output >= 0)
            {
                sums[place.Output] += values[leaf];
                return;
            }

            if (place.IsDeep)
            {
                VectorSumKernel.Add(values, &leaf, outputs, sums, 1);
                return;
            }

            for (int output = 0; output < outputs; output++)
            {
                sums[output] += values[(output * place.ValueLength) + leaf];
            }
        }
    }

    /// <summary>Notes the ids of leaves.</summary>
    private readonly struct LeafSink(RankScorer<TScore> scorer, LeafIds ids, int* leaves, int firstTree) : IRowSink
    {
        public void Decide(RowForm form, int first, int count, in DecisionForest<TScore> decisions, sbyte* ranks, int columns, byte** categories)
        {
            DecisionKernel.Find(scorer._ranks.DecisionTrees.Start + first, count, decisions, ranks, columns, categories, leaves + (first - firstTree));
            for (int tree = first; tree < first + count; tree++)
            {
                Reach(tree, leaves[tree - firstTree] - scorer._ranks.Trees[tree].Values);
            }
        }

        public void Reach(int tree, int leaf) => leaves[tree - firstTree] = ids.From(tree)[leaf];
    }

    private void TestSets(RankGroup group, float* places, byte** categories)
    {
        for (int column = 0; column < group.Codes.Length; column++)
        {
            ref readonly CategoryTable table = ref group.Categories[column];
            SetKernel.Spread(categories[column], table.Sets, places + _ranks.Paths.FirstSet + table.FirstSet);
        }
    }

    /// <summary>Puts into the places, for each value, a float32 that passes the same thresholds: the next one above, or below where a threshold is between.</summary>
    private void PlaceByRanks<TRow>(RankGroup group, ReadOnlySpan<TRow> row, float* places)
        where TRow : unmanaged, INumberBase<TRow>
    {
        for (int index = 0; index < group.Columns.Length; index++)
        {
            ref readonly RankColumn column = ref group.Columns[index];
            double value = column.Feature < row.Length ? double.CreateTruncating(row[column.Feature]) : double.NaN;
            value = column.Tiny.Fix(value, Reference.TinyBound);
            float place = DoubleRankKernel.RoundUp(value);
            int rank = RankKernel.Rank(place, _ranks.Singles.Start + column.Table, column.Levels);
            place = _ranks.Doubles.Start[group.Exact[index] + rank] > value ? float.BitDecrement(place) : place;
            int key = Array.BinarySearch(_ranks.Paths.Keys, column.Key);
            PathForest<TScore>.Put(places + (2 * key), place);
        }
    }
}
