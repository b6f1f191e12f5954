using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>The managed engine for sums of trees: values become ranks, splits masks with a bit for each row, and every step chooses for all rows of a register; the largest trees are walked.</summary>
/// <typeparam name="TScore">float or double, the model's precision.</typeparam>
/// <remarks>
/// Comparing ranks decides as comparing values does, and each row's sum gets its trees in their order: the bits are the
/// reference's. Allocates nothing once its scratch memory is there.
/// </remarks>
internal sealed unsafe partial class RankScorer<TScore> : ManagedScorer<TScore>
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    /// <summary>One row is better than a block, and a block is not worse than so many rows.</summary>
    private const int LeastFewRows = 2, MostFewRows = 256;

    private readonly RankForest<TScore> _ranks;
    private readonly int _columns;
    private readonly int _codeColumns;
    private readonly int _rowBytes;
    private readonly int _fewRows;
    private readonly ulong _slotEnds;
    private readonly bool _walksRows;
    private readonly bool _walksVectors;
    private LeafIds? _leafIds;

    /// <summary>A scorer of a forest and its layout.</summary>
    public RankScorer(Forest forest, RankForest<TScore> ranks)
        : base(forest)
    {
        _ranks = ranks;
        foreach (RankGroup group in ranks.Groups)
        {
            _columns = Math.Max(_columns, group.ByteColumns);
            _codeColumns = Math.Max(_codeColumns, group.Codes.Length);
        }

        _walksRows = Array.Exists(ranks.Runs, run => run.Form == RowForm.Path);
        _walksVectors = Array.TrueForAll(ranks.Trees, tree => tree.IsDeep && tree.Output < 0);
        _rowBytes = RowBytes();
        _slotEnds = RegisterKernel.EndsOf(ranks.SlotBits);
        _fewRows = FewRows();
    }

    public override string Kernel => KernelNames.ByteRanks;

    public override string Reason => _ranks.DeepTrees == 0
        ? "a row is a bit, and up to 512 share every step"
        : $"a row is a bit, and up to 512 share every step; {_ranks.DeepTrees} of {_ranks.Trees.Length} trees have thousands of leaves, or more thresholds than bytes can count or ranks pay for, and are walked, eight rows at once";

    public override int RowUnit => RankKernel.RowUnit;

    public override int PieceRows => RankBlock<TScore>.CountFor(_ranks, RankBlock<TScore>.RowsFor(_ranks, _columns, Forest.OutputCount, PlaneWidth.MaxRows));

    public override IReadOnlyList<EngineLayout> Layouts => _ranks.Layouts();

    public override void Margins(RowBlock<float> rows, in ScoringCall call, Span<TScore> margins) => MarginsOf(rows, call, margins);

    public override void Margins(RowBlock<double> rows, in ScoringCall call, Span<TScore> margins) => MarginsOf(rows, call, margins);

    public override void Leaves(RowBlock<float> rows, in ScoringCall call, Span<int> leaves) => LeavesOf(rows, call, leaves);

    public override void Leaves(RowBlock<double> rows, in ScoringCall call, Span<int> leaves) => LeavesOf(rows, call, leaves);

    /// <summary>Fewer rows than this are faster one by one than in a block, which pays for whole registers of them.</summary>
    private int FewRows()
    {
        long row = ScoringCosts.Row + (_ranks.RowSets.Length * (long)ScoringCosts.RowSet), columns = 0, sets = 0;
        foreach (RankGroup group in _ranks.Groups)
        {
            columns += group.Columns.Length;
            sets += group.Categories.Sum(table => table.Masks);
            row += group.WalksSets ? group.Sets * (long)ScoringCosts.RowWalkedSet : 0;
            row += group.Columns.Length * (group.DecidesRows ? ScoringCosts.RowColumn : ScoringCosts.RowPlace);
        }

        long block = (_ranks.Steps.Count * (long)ScoringCosts.BlockStep)
            + (_ranks.MaskNumbers.Length * (long)ScoringCosts.BlockMask) + (sets * ScoringCosts.BlockSet) + (columns * ScoringCosts.BlockColumn);
        for (int index = 0; index < Forest.Trees.Length; index++)
        {
            // Deep trees are walked in either case.
            if (!_ranks.Trees[index].IsDeep)
            {
                block += ScoringCosts.BlockTree;
                row += RowCost(index);
            }
        }

        return (int)Math.Clamp(block / row, LeastFewRows, MostFewRows);
    }

    /// <summary>What a tree takes of a row. Where none is decided at once, nothing says so of each.</summary>
    private int RowCost(int index) => (_ranks.DecisionTrees.Length == 0 ? RowForm.Path : _ranks.DecisionTrees.Span[index].Form) switch
    {
        RowForm.Path => ScoringCosts.RowWalkLevel * _ranks.Trees[index].Depth,

        // Below the head, as many levels as a balanced tree of its size would have.
        RowForm.Blocks => ScoringCosts.RowBlocksLevel * Math.Max(1, BitOperations.Log2((uint)Forest.Trees[index].Nodes.Length) - BlockKernel.HeadLevels),
        RowForm.Register => ScoringCosts.RowSlot + (ScoringCosts.RowRegister / RegisterKernel.SlotsOf(_ranks.SlotBits)),
        _ => ScoringCosts.RowTree,
    };

    private void MarginsOf<TRow>(RowBlock<TRow> rows, in ScoringCall call, Span<TScore> margins)
        where TRow : unmanaged, INumberBase<TRow>
    {
        int outputs = Forest.OutputCount;
        int fewRows = CanWalk<TRow>() ? _fewRows : 0;
        int start = 0;
        if (rows.Count >= fewRows)
        {
            int blockRows = RankBlock<TScore>.RowsFor(_ranks, _columns, outputs, rows.Count);
            int most = Math.Min(RankBlock<TScore>.CountFor(_ranks, blockRows), rows.Count);
            int blockBytes = RankBlock<TScore>.BytesFor(_ranks, _columns, blockRows, most);
            Scratch scratch = ScratchPool.Rent(checked(blockBytes + (_walksVectors ? 0 : outputs * RankBlock<TScore>.Whole(most) * sizeof(TScore))));
            TScore* sums = (TScore*)(scratch.Start + blockBytes);
            fixed (TRow* values = rows.Values)
            {
                while (start < rows.Count && rows.Count - start >= fewRows)
                {
                    int count = Math.Min(most, rows.Count - start);
                    RankBlock<TScore> block = Block(scratch, blockRows, count);
                    if (_walksVectors)
                    {
                        block.Place(values + ((nint)start * rows.Stride), rows.Stride, count, rows.Columns);
                        AddVectors(block, start, count, call, margins.Slice(start * outputs, count * outputs));
                        start += count;
                        continue;
                    }

                    Begin(start, count, call, sums, block.UsedRows);
                    AddTrees(block, values + ((nint)start * rows.Stride), rows.Stride, count, rows.Columns, call, sums);
                    Finish(start, count, call, sums, block.UsedRows, margins.Slice(start * outputs, count * outputs));
                    start += count;
                }
            }

            ScratchPool.Return(scratch);
        }

        for (; start < rows.Count; start++)
        {
            MarginsOfRow(rows[start], start, call, margins.Slice(start * outputs, outputs));
        }

        GC.KeepAlive(_ranks);
    }

    /// <summary>A block for the next rows of a call, no larger than they need.</summary>
    private RankBlock<TScore> Block(Scratch scratch, int blockRows, int count) =>
        new(_ranks, scratch.Start, _columns, Math.Min(blockRows, PlaneWidth.RowsFor(count)), count);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddTrees<TRow>(RankBlock<TScore> block, TRow* rows, nint stride, int count, int columns, in ScoringCall call, TScore* sums)
        where TRow : unmanaged, INumberBase<TRow>
    {
        if (_ranks.DeepTrees > 0)
        {
            block.Place(rows, stride, count, columns);
        }

        LinearForest? linear = _ranks.Linear;
        double* linearValues = linear is null ? null : block.LinearValues(Forest, linear, rows, stride, count, columns);
        foreach (RankGroup group in _ranks.Groups)
        {
            int first = Math.Max(group.FirstTree, call.FirstTree);
            int end = Math.Min(group.EndTree, call.EndTree);
            if (first >= end)
            {
                continue;
            }

            block.Rank(group, rows, stride, count, columns);
            for (int index = first; index < end; index++)
            {
                ref readonly RankTree tree = ref _ranks.Trees[index];
                TScore* table = _ranks.Values.Start + tree.Values;
                if (linear is not null)
                {
                    AddLinear(linear, tree, block.LeafNumbers(tree, count), linearValues, sums + (tree.Output * block.UsedRows), count);
                    continue;
                }

                if (tree.IsDeep)
                {
                    AddDeep(tree, block.WalkLeaves(tree, count), table, sums, count, block.UsedRows);
                    continue;
                }

                if (tree.Depth == 0)
                {
                    AddConstant(tree, table, sums, block.UsedRows);
                    continue;
                }

                if (tree.Chunks > 0)
                {
                    byte* leavesInChunks = block.FindLeaves(tree, out byte* chunks);
                    SumKernel.AddChunked(leavesInChunks, chunks, table, sums + (tree.Output * block.UsedRows), block.UsedRows);
                    continue;
                }

                byte* leaves = block.FindLeaves(tree.Planes);
                int firstOutput = tree.Output >= 0 ? tree.Output : 0;
                int tables = tree.Output >= 0 ? 1 : Forest.OutputCount;
                for (int i = 0; i < tables; i++)
                {
                    SumKernel.Add(leaves, table + (i * tree.ValueLength), tree.ValueLength, sums + ((firstOutput + i) * block.UsedRows), block.UsedRows);
                }
            }
        }
    }

    /// <summary>Adds a tree of one leaf.</summary>
    private void AddConstant(in RankTree tree, TScore* table, TScore* sums, int blockRows)
    {
        int firstOutput = tree.Output >= 0 ? tree.Output : 0;
        int tables = tree.Output >= 0 ? 1 : Forest.OutputCount;
        for (int i = 0; i < tables; i++)
        {
            foreach (ref TScore sum in new Span<TScore>(sums + ((firstOutput + i) * blockRows), blockRows))
            {
                sum += table[i];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddDeep(in RankTree tree, int* leaves, TScore* table, TScore* sums, int count, int blockRows)
    {
        if (tree.Output >= 0)
        {
            TScore* column = sums + (tree.Output * blockRows);
            for (int row = 0; row < count; row++)
            {
                column[SumKernel.PlaceOf<TScore>(row)] += table[leaves[row]];
            }

            return;
        }

        int outputs = Forest.OutputCount;
        for (int row = 0; row < count; row++)
        {
            TScore* values = table + ((nint)leaves[row] * outputs);
            TScore* sum = sums + SumKernel.PlaceOf<TScore>(row);
            for (int output = 0; output < outputs; output++, sum += blockRows)
            {
                *sum += values[output];
            }
        }
    }

    /// <summary>The sums before the first tree, output after output.</summary>
    private void Begin(int start, int count, in ScoringCall call, TScore* sums, int blockRows)
    {
        int outputs = Forest.OutputCount;
        for (int output = 0; output < outputs; output++)
        {
            Span<TScore> column = new(sums + (output * blockRows), blockRows);
            if (Forest.Aggregation != Aggregation.BaseThenSum)
            {
                column.Clear();
            }
            else if (call.BaseMargin.IsEmpty)
            {
                column.Fill(TScore.CreateTruncating(Forest.BaseMargin[output]));
            }
            else
            {
                for (int row = 0; row < count; row++)
                {
                    column[SumKernel.PlaceOf<TScore>(row)] = TScore.CreateTruncating(call.BaseMargin[((start + row) * outputs) + output]);
                }
            }
        }
    }

    /// <summary>What comes after the last tree, into the caller's rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Finish(int start, int count, in ScoringCall call, TScore* sums, int blockRows, Span<TScore> margins)
    {
        int outputs = Forest.OutputCount;
        if (typeof(TScore) == typeof(float) && Forest.Aggregation == Aggregation.BaseThenSum && outputs == 1)
        {
            new ReadOnlySpan<TScore>(sums, count).CopyTo(margins);
            return;
        }

        for (int output = 0; output < outputs; output++)
        {
            TScore* column = sums + (output * blockRows);
            for (int row = 0; row < count; row++)
            {
                margins[(row * outputs) + output] = Finish(column[SumKernel.PlaceOf<TScore>(row)], start + row, output, call);
            }
        }
    }

    private TScore Finish(TScore sum, int row, int output, in ScoringCall call)
    {
        if (Forest.Aggregation == Aggregation.BaseThenSum)
        {
            return sum;
        }

        if (Forest.Aggregation == Aggregation.AverageThenBase)
        {
            sum /= TScore.CreateTruncating(call.EndTree - call.FirstTree);
        }

        sum += TScore.CreateTruncating(Forest.BaseMargin[output]);
        return call.BaseMargin.IsEmpty ? sum : sum + TScore.CreateTruncating(call.BaseMargin[(row * Forest.OutputCount) + output]);
    }

    private void LeavesOf<TRow>(RowBlock<TRow> rows, in ScoringCall call, Span<int> leaves)
        where TRow : unmanaged, INumberBase<TRow>
    {
        LeafIds ids = IdsOfLeaves();
        int width = call.EndTree - call.FirstTree;
        int fewRows = CanWalk<TRow>() ? _fewRows : 0;
        int start = 0;
        if (rows.Count >= fewRows)
        {
            int blockRows = RankBlock<TScore>.RowsFor(_ranks, _columns, Forest.OutputCount, rows.Count);
            int most = Math.Min(RankBlock<TScore>.CountFor(_ranks, blockRows), rows.Count);
            Scratch scratch = ScratchPool.Rent(RankBlock<TScore>.BytesFor(_ranks, _columns, blockRows, most));
            fixed (TRow* values = rows.Values)
            {
                while (start < rows.Count && rows.Count - start >= fewRows)
                {
                    int count = Math.Min(most, rows.Count - start);
                    RankBlock<TScore> block = Block(scratch, blockRows, count);
                    LeavesOfBlock(block, values + ((nint)start * rows.Stride), rows.Stride, count, rows.Columns, call, ids, leaves.Slice(start * width, count * width));
                    start += count;
                }
            }

            ScratchPool.Return(scratch);
        }

        for (; start < rows.Count; start++)
        {
            LeavesOfRow(rows[start], call, ids, leaves.Slice(start * width, width));
        }

        GC.KeepAlive(_ranks);
    }

    private void LeavesOfBlock<TRow>(
        RankBlock<TScore> block, TRow* rows, nint stride, int count, int columns, in ScoringCall call, LeafIds ids, Span<int> leaves)
        where TRow : unmanaged, INumberBase<TRow>
    {
        int width = call.EndTree - call.FirstTree;
        if (_ranks.DeepTrees > 0)
        {
            block.Place(rows, stride, count, columns);
        }

        foreach (RankGroup group in _ranks.Groups)
        {
            int first = Math.Max(group.FirstTree, call.FirstTree);
            int end = Math.Min(group.EndTree, call.EndTree);
            if (first < end)
            {
                block.Rank(group, rows, stride, count, columns);
            }

            for (int index = first; index < end; index++)
            {
                LeavesOfTree(block, _ranks.Trees[index], ids.From(index), leaves[(index - call.FirstTree)..], width, count);
            }
        }
    }

    private LeafIds IdsOfLeaves()
    {
        LeafIds? ids = Volatile.Read(ref _leafIds);
        if (ids is null)
        {
            // Two threads may do so at once, and find the same.
            ids = LeafIds.For(Forest, _ranks);
            Volatile.Write(ref _leafIds, ids);
        }

        return ids;
    }

    private void LeavesOfTree(RankBlock<TScore> block, in RankTree tree, ReadOnlySpan<int> ids, Span<int> leaves, int width, int count)
    {
        int* numbers = block.LeafNumbers(tree, count);
        for (int row = 0; row < count; row++)
        {
            leaves[row * width] = ids[numbers[row]];
        }
    }
}
