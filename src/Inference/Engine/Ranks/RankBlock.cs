using System;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>A block of rows on its way through a forest: ranks, slots, and the tile that is being transposed.</summary>
/// <typeparam name="TScore">float or double, the model's precision.</typeparam>
internal readonly unsafe ref struct RankBlock<TScore>
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    /// <summary>The most rows of a block: 8 registers of 64 share the decoding of a split.</summary>
    public const int MaxRows = 512;

    /// <summary>The most bytes of ranks of a block: they are to stay in the second-level cache.</summary>
    private const int MaxRankBytes = 1 << 20;

    private readonly RankForest<TScore> _forest;
    private readonly sbyte* _columns;
    private readonly sbyte* _slots;
    private readonly byte* _tile;
    private readonly TScore* _places;
    private readonly int* _numbers;

    /// <summary>A block over memory of <see cref="BytesFor"/>.</summary>
    public RankBlock(RankForest<TScore> forest, byte* memory, int columns, int rows)
    {
        _forest = forest;
        Rows = rows;
        _columns = (sbyte*)memory;
        _slots = _columns + ((nint)columns * rows);
        _tile = (byte*)_slots + ((nint)forest.Slots * rows);
        _numbers = (int*)(_tile + (TransposeKernel.TileColumns * rows * sizeof(double)));
        _places = (TScore*)(_numbers + rows);
    }

    /// <summary>The rows of a block, a multiple of 64, for so many rows of a call.</summary>
    public static int RowsFor(RankForest<TScore> forest, int columns, int rows)
    {
        long bytes = columns + PlaceBytes(forest) + 1;
        int most = (int)Math.Clamp(MaxRankBytes / bytes / LeafKernel.RowUnit * LeafKernel.RowUnit, LeafKernel.RowUnit, MaxRows);
        return Math.Min(most, (rows + LeafKernel.RowUnit - 1) / LeafKernel.RowUnit * LeafKernel.RowUnit);
    }

    /// <summary>The scratch bytes of a block.</summary>
    public static int BytesFor(RankForest<TScore> forest, int columns, int rows) =>
        checked((int)((columns + forest.Slots + PlaceBytes(forest) + (TransposeKernel.TileColumns * sizeof(double)) + sizeof(int)) * rows));

    private static long PlaceBytes(RankForest<TScore> forest) => forest.DeepTrees == 0 ? 0 : (long)forest.Paths.Columns * sizeof(TScore);

    /// <summary>The rows that fit, some of them perhaps unused.</summary>
    public int Rows { get; }

    /// <summary>Ranks at most <see cref="Rows"/> rows for the trees of a group.</summary>
    public void Rank<TRow>(RankGroup group, TRow* rows, nint stride, int count, int columns)
        where TRow : unmanaged, INumberBase<TRow>
    {
        foreach (RankTile tile in group.Tiles)
        {
            if (typeof(TRow) == typeof(float) || typeof(TScore) == typeof(float))
            {
                float* values = (float*)_tile;
                Transpose(tile, rows, stride, count, columns, values);
                RankTileOf(group, tile, values, _forest.Singles.Start);
            }
            else
            {
                double* values = (double*)_tile;
                Transpose(tile, rows, stride, count, columns, values);
                RankTileOf(group, tile, values, _forest.Doubles.Start);
            }
        }
    }

    /// <summary>The leaf of each row in a tree, by places.</summary>
    public sbyte* FindLeaves(in RankTree tree)
    {
        if (tree.Sets > 0)
        {
            SetKernel.Run(_columns, _forest.SetSteps.Start + tree.FirstSet, tree.Sets, _forest.Sets.Start, Rows);
        }

        if (tree.Steps > 0)
        {
            LeafKernel.Run(_columns, _forest.Steps.Start + tree.FirstStep, tree.Steps, _slots, Rows);
        }
        else
        {
            new Span<sbyte>(_slots, Rows).Clear();
        }

        return _slots;
    }

    /// <summary>Puts rows into the places that walks read.</summary>
    public void Place<TRow>(TRow* rows, nint stride, int count, int columns)
        where TRow : unmanaged, INumberBase<TRow>
    {
        for (int row = 0; row < count; row++)
        {
            _forest.Paths.Fill(new ReadOnlySpan<TRow>(rows + (row * stride), columns), _places + ((nint)row * _forest.Paths.Columns));
        }
    }

    /// <summary>The leaf of each row in a deep tree, by rows.</summary>
    public int* WalkLeaves(in RankTree tree, int count)
    {
        PathNode<TScore>* root = _forest.Paths.DeepNodes.Start + tree.FirstNode;
        PathNode<TScore>** nodes = stackalloc PathNode<TScore>*[PathKernel.Width];
        TScore** values = stackalloc TScore*[PathKernel.Width];
        for (int start = 0; start < count; start += PathKernel.Width)
        {
            for (int i = 0; i < PathKernel.Width; i++)
            {
                nodes[i] = root;
                values[i] = _places + ((nint)Math.Min(start + i, count - 1) * _forest.Paths.Columns);
            }

            PathKernel.Run(nodes, values, tree.Depth, _forest.Paths.ColumnBits);
            for (int i = 0; i < PathKernel.Width; i++)
            {
                _numbers[start + i] = nodes[i]->LeafNumber;
            }
        }

        return _numbers;
    }

    private void Transpose<TRow, TValue>(in RankTile tile, TRow* rows, nint stride, int count, int columns, TValue* values)
        where TRow : unmanaged, INumberBase<TRow>
        where TValue : unmanaged, IFloatingPointIeee754<TValue>
    {
        int present = Math.Clamp(columns - tile.FirstFeature, 0, tile.Features);
        if (typeof(TRow) == typeof(float) && typeof(TValue) == typeof(float))
        {
            TransposeKernel.Run((float*)rows + tile.FirstFeature, stride, count, present, (float*)values, Rows);
        }
        else
        {
            for (int column = 0; column < present; column++)
            {
                TRow* from = rows + tile.FirstFeature + column;
                TValue* to = values + (column * Rows);
                for (int row = 0; row < count; row++)
                {
                    to[row] = TValue.CreateTruncating(from[row * stride]);
                }
            }
        }

        for (int column = present; column < tile.Features; column++)
        {
            new Span<TValue>(values + (column * Rows), Rows).Fill(TValue.NaN);
        }
    }

    private void RankTileOf<TValue>(RankGroup group, in RankTile tile, TValue* values, TValue* tables)
        where TValue : unmanaged, IFloatingPointIeee754<TValue>
    {
        for (int code = tile.FirstCode; code < tile.EndCode; code++)
        {
            CodeColumn column = group.Codes[code];
            TValue* from = values + ((column.Feature - tile.FirstFeature) * Rows);
            for (int row = 0; row < Rows; row++)
            {
                SetKernel.StoreCode(_columns + (column.Codes * Rows), Rows, RankKernel.PlaceOf(row), SetKernel.CodeOf(double.CreateTruncating(from[row]), column.Truncates));
            }
        }

        // A column that takes zero for missing comes behind its feature's other one, whose values it may then overwrite.
        for (int index = tile.FirstColumn; index < tile.EndColumn; index++)
        {
            RankColumn column = group.Columns[index];
            TValue* from = values + ((column.Feature - tile.FirstFeature) * Rows);
            if (column.ZeroIsMissing)
            {
                Replace(from, TValue.NaN);
            }
            else if (column.FixesTiny)
            {
                Replace(from, TValue.Zero);
            }

            sbyte* low = column.Low < 0 ? null : _columns + (column.Low * Rows);
            sbyte* high = column.High < 0 ? null : _columns + (column.High * Rows);
            if (typeof(TValue) == typeof(float))
            {
                RankKernel.Fill((float*)from, (float*)tables + column.Table, column.Levels, low, high, Rows);
            }
            else
            {
                RankKernel.FillScalar(from, tables + column.Table, column.Levels, low, high, Rows);
            }
        }
    }

    /// <summary>Replaces what LightGBM takes for zero.</summary>
    private void Replace<TValue>(TValue* values, TValue by)
        where TValue : unmanaged, IFloatingPointIeee754<TValue>
    {
        TValue bound = TValue.CreateTruncating(Reference.TinyBound);
        for (int row = 0; row < Rows; row++)
        {
            values[row] = TValue.Abs(values[row]) <= bound ? by : values[row];
        }
    }
}
