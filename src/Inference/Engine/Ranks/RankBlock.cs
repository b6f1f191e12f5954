using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>A block of rows on its way through a forest: ranks, planes, and the tile that is being transposed.</summary>
/// <typeparam name="TScore">float or double, the model's precision.</typeparam>
internal readonly unsafe ref struct RankBlock<TScore>
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    /// <summary>The bytes of sums and leaves of a block that are to stay in the first-level cache, beside some waiting planes.</summary>
    private const int NearBytes = 32 << 10;

    /// <summary>The bytes of ranks, masks and places of a block that are to stay in the second-level cache.</summary>
    private const int FarBytes = 1 << 20;

    /// <summary>The most bytes of places, for which a block leaves rows unused.</summary>
    private const int MostPlaceBytes = 1 << 23;

    /// <summary>Rows that are transposed and ranked at once: a tile of them stays in the first-level cache.</summary>
    private const int RankedRows = 256;

    /// <summary>Longer rows than this, in bytes, are not fetched ahead by the processor, tile after tile: each touches another page.</summary>
    private const int WideBytes = 1024;

    /// <summary>Of these, so many are ranked at once that they and the next ones stay in a second-level cache.</summary>
    private const int WideRankedRows = 64;

    /// <summary>One unit more than the rows, so that columns do not share the same places of the cache.</summary>
    private const int PitchUnit = 64;

    private readonly RankForest<TScore> _forest;
    private readonly byte* _planes;
    private readonly byte* _leaves;
    private readonly byte* _columns;
    private readonly byte* _tile;
    private readonly byte* _chunks;
    private readonly TScore* _places;
    private readonly double* _linearValues;
    private readonly int* _numbers;
    private readonly int _pitch;
    private readonly int _tilePitch;

    /// <summary>A block over memory of <see cref="BytesFor"/> of a <see cref="Scratch"/>.</summary>
    public RankBlock(RankForest<TScore> forest, byte* memory, int columns, int rows, int count)
    {
        _forest = forest;
        Rows = rows;
        UsedRows = Whole(count);
        _pitch = PitchOf(rows);
        _tilePitch = TilePitch(UsedRows);
        _planes = memory;
        _leaves = _planes + Lines((nint)forest.Planes * PlaneBytes);
        _columns = _leaves + rows;
        _tile = _columns + ((nint)columns * _pitch);
        _chunks = _tile + TileBytes(UsedRows);
        _numbers = (int*)(_chunks + (forest.Chunks.Length > 0 ? 2 * _pitch : 0));
        _places = (TScore*)(_numbers + UsedRows);
        _linearValues = (double*)((byte*)_places + (WalkBytes(forest) * UsedRows));
        new Span<byte>(_planes + (PlaneStep.Zeros * PlaneBytes), PlaneBytes).Clear();
        new Span<byte>(_planes + (PlaneStep.Ones * PlaneBytes), PlaneBytes).Fill(byte.MaxValue);
    }

    /// <summary>Room for a column of words for each: <see cref="SetKernel"/> has a tile of them.</summary>
    private static int TileBytes(int rows) => TransposeKernel.TileColumns * TilePitch(rows) * 2 * sizeof(float);

    /// <summary>Numbers from one column of a tile to the next.</summary>
    private static int TilePitch(int rows) => Math.Min(rows, RankedRows);

    /// <summary>The rows of a block, as many as a plane has, for so many rows of a call.</summary>
    public static int RowsFor(RankForest<TScore> forest, int columns, int outputs, int rows)
    {
        double near = NearBytes / (1 + ((double)outputs * sizeof(TScore)));
        double bytes = columns + (forest.Planes / 8.0) + PlaceBytes(forest);
        double most = Math.Min(near, FarBytes / bytes);
        int whole = PlaneWidth.RowsFor(rows);
        while (whole > most && whole > PlaneWidth.RegisterRows)
        {
            whole /= 2;
        }

        return whole;
    }

    /// <summary>The rows that a block of so many may use: what walks read of them is bounded.</summary>
    public static int CountFor(RankForest<TScore> forest, int rows)
    {
        long placeBytes = PlaceBytes(forest);
        return placeBytes == 0 ? rows : (int)Math.Clamp(MostPlaceBytes / placeBytes / RankKernel.RowUnit * RankKernel.RowUnit, RankKernel.RowUnit, Math.Max(rows, RankKernel.RowUnit));
    }

    /// <summary>The scratch bytes of a block of so many rows, of which a number are used at most.</summary>
    public static int BytesFor(RankForest<TScore> forest, int columns, int rows, int count)
    {
        nint planes = Lines((nint)forest.Planes * (rows / 8)) + rows;
        nint ranks = ((nint)columns * PitchOf(rows)) + TileBytes(Whole(count)) + (forest.Chunks.Length > 0 ? 2 * PitchOf(rows) : 0);
        return checked((int)(planes + ranks + (nint)((WalkBytes(forest) + sizeof(int)) * Whole(count)) + (nint)(LinearBytes(forest) * count)));
    }

    /// <summary>Rows rounded up to a multiple of <see cref="RankKernel.RowUnit"/>.</summary>
    public static int Whole(int rows) => (rows + RankKernel.RowUnit - 1) / RankKernel.RowUnit * RankKernel.RowUnit;

    /// <summary>What walks and linear leaves read of a row.</summary>
    private static long PlaceBytes(RankForest<TScore> forest) => WalkBytes(forest) + LinearBytes(forest);

    private static long LinearBytes(RankForest<TScore> forest) => (forest.Linear?.Features.Length ?? 0) * (long)sizeof(double);

    /// <summary>Places for values, none for set tests: trees that have such are not walked in blocks.</summary>
    private static long WalkBytes(RankForest<TScore> forest) => forest.DeepTrees == 0 ? 0 : (long)forest.Paths.FirstSet * sizeof(TScore);

    private static int PitchOf(int rows) => rows + PitchUnit;

    /// <summary>Rounded up to cache lines.</summary>
    private static nint Lines(nint bytes) => (bytes + 63) & ~(nint)63;

    /// <summary>The rows of a plane, some of them perhaps unused.</summary>
    private int Rows { get; }

    /// <summary>The rows that are used, rounded up to a multiple of <see cref="RankKernel.RowUnit"/>.</summary>
    public int UsedRows { get; }

    private int PlaneBytes => Rows / 8;

    /// <summary>Ranks rows, at most <see cref="UsedRows"/>, for the trees of a group, and makes the masks of their splits.</summary>
    public void Rank<TRow>(RankGroup group, TRow* rows, nint stride, int count, int columns)
        where TRow : unmanaged, INumberBase<TRow>
    {
        FillColumns(group, rows, stride, count, columns);
        byte* masks = _planes + ((nint)PlaneStep.FirstMask * PlaneBytes);
        MaskKernel.Run(_columns, _pitch, _forest.MaskColumns.Start + group.FirstMaskColumn, group.MaskColumns, _forest.MaskNumbers.Start + group.FirstNumber, masks, PlaneBytes);
        masks += (nint)group.NumericMasks * PlaneBytes;
        for (int column = 0; column < group.Codes.Length; column++)
        {
            // The tile has served: it has room for two numbers of a word.
            ref readonly CategoryTable table = ref group.Categories[column];
            byte* classes = _columns + ((nint)group.Codes[column].Codes * _pitch);
            int* numbers = table.SharesMasks ? _forest.MaskSets.Start + table.FirstMask : null;
            SetKernel.Run(classes, count, table, numbers, _forest.Answers.Start + table.FirstByte, (float*)_tile, 2 * _tilePitch, masks, PlaneBytes);
            masks += (nint)table.Masks * PlaneBytes;
        }
    }

    private void FillColumns<TRow>(RankGroup group, TRow* rows, nint stride, int count, int columns)
        where TRow : unmanaged, INumberBase<TRow>
    {
        bool isWide = stride * sizeof(TRow) > WideBytes;
        int most = isWide ? WideRankedRows : RankedRows;
        for (int start = 0; start < count; start += most)
        {
            int ranked = Math.Min(most, count - start);
            int next = isWide ? Math.Min(most, count - start - ranked) : 0;
            foreach (RankTile tile in group.Tiles)
            {
                TransposeKernel.Prefetch((byte*)(rows + ((start + ranked) * stride) + tile.FirstFeature), stride * sizeof(TRow), next, tile.Features * sizeof(TRow));
                Transpose(tile, rows + (start * stride), stride, ranked, columns);
                RankTileOf(group, tile, rows + (start * stride), stride, start, ranked, columns);
            }
        }
    }

    /// <summary>The leaf of each row in a tree, by places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public byte* FindLeaves(in TreePlanes tree)
    {
        StepFormat format = _forest.StepFormat;
        byte* steps = _forest.Steps.At(tree.FirstStep);
        PlaneKernel.Choose(format, steps, tree.Steps, _planes, PlaneBytes);
        PlaneKernel.Gather(format, steps + (tree.Steps * format.Bytes), _planes, PlaneBytes, _leaves);
        NumberKernel.Run(tree.Numbers, _forest.Numbers.Start + tree.FirstNumber, _leaves, UsedRows);

        return _leaves;
    }

    /// <summary>The leaf of each row in a tree of several chunks, by places.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="chunks">Receives the chunk of each row's leaf.</param>
    /// <returns>Each row's leaf in that chunk.</returns>
    public byte* FindLeaves(in RankTree tree, out byte* chunks)
    {
        byte* leaves = _chunks;
        chunks = _chunks + _pitch;
        new Span<byte>(chunks, UsedRows).Clear();
        for (int number = 0; number < tree.Chunks; number++)
        {
            TreeChunk chunk = _forest.Chunks.Start[tree.FirstChunk + number];
            byte* answers = FindLeaves(chunk.Planes);
            if (number == 0)
            {
                new ReadOnlySpan<byte>(answers, UsedRows).CopyTo(new Span<byte>(leaves, UsedRows));
            }
            else
            {
                ChunkKernel.Enter(leaves, chunks, answers, chunk, (byte)number, UsedRows);
            }
        }

        return leaves;
    }

    /// <summary>The number of each row's leaf in a tree of any kind, by rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int* LeafNumbers(in RankTree tree, int count)
    {
        if (tree.IsDeep)
        {
            return WalkLeaves(tree, count);
        }

        if (tree.Depth == 0)
        {
            new Span<int>(_numbers, count).Clear();
            return _numbers;
        }

        byte* chunks = null;
        byte* leaves = tree.Chunks > 0 ? FindLeaves(tree, out chunks) : FindLeaves(tree.Planes);
        for (int row = 0; row < count; row++)
        {
            int place = RankKernel.PlaceOf(row);
            _numbers[row] = chunks == null ? leaves[place] : (chunks[place] * SumKernel.ChunkLength) + leaves[place];
        }

        return _numbers;
    }

    /// <summary>What linear leaves read of rows, row after row.</summary>
    public double* LinearValues<TRow>(Forest forest, LinearForest linear, TRow* rows, nint stride, int count, int columns)
        where TRow : unmanaged, INumberBase<TRow>
    {
        for (int row = 0; row < count; row++)
        {
            linear.Fill(forest, new ReadOnlySpan<TRow>(rows + (row * stride), columns), _linearValues + ((nint)row * linear.Features.Length));
        }

        return _linearValues;
    }

    /// <summary>Puts rows into the places that walks read.</summary>
    public void Place<TRow>(TRow* rows, nint stride, int count, int columns)
        where TRow : unmanaged, INumberBase<TRow>
    {
        for (int row = 0; row < count; row++)
        {
            _forest.Paths.Fill(new ReadOnlySpan<TRow>(rows + (row * stride), columns), _places + ((nint)row * _forest.Paths.FirstSet));
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
                values[i] = _places + ((nint)Math.Min(start + i, count - 1) * _forest.Paths.FirstSet);
            }

            PathKernel.Run(nodes, values, tree.Levels, _forest.Paths.ColumnBits);
            for (int i = 0; i < PathKernel.Width; i++)
            {
                _numbers[start + i] = nodes[i]->LeafNumber;
            }
        }

        return _numbers;
    }

    /// <summary>Whether ranks of rows in float32 are to be mended: see <see cref="DoubleRankKernel"/>.</summary>
    private static bool IsRounded<TRow>() => typeof(TRow) == typeof(double) && typeof(TScore) == typeof(double);

    private void Transpose<TRow>(in RankTile tile, TRow* rows, nint stride, int count, int columns)
        where TRow : unmanaged
    {
        float* values = (float*)_tile;
        int present = Math.Clamp(columns - tile.FirstFeature, 0, tile.Features);
        rows += tile.FirstFeature;
        if (present > 0)
        {
            Transpose(rows, stride, count, present, values);
        }

        for (int column = present; column < tile.Features; column++)
        {
            new Span<float>(values + (column * _tilePitch), _tilePitch).Fill(float.NaN);
        }
    }

    private void Transpose<TRow>(TRow* rows, nint stride, int count, int columns, float* values)
        where TRow : unmanaged
    {
        if (typeof(TRow) == typeof(float))
        {
            TransposeKernel.Run<float, SingleValues>((float*)rows, stride, count, columns, values, _tilePitch);
        }
        else if (IsRounded<TRow>())
        {
            TransposeKernel.Run<double, RoundedUpValues>((double*)rows, stride, count, columns, values, _tilePitch);
        }
        else
        {
            TransposeKernel.Run<double, NearestValues>((double*)rows, stride, count, columns, values, _tilePitch);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RankTileOf<TRow>(RankGroup group, in RankTile tile, TRow* rows, nint stride, int start, int count, int columns)
        where TRow : unmanaged, INumberBase<TRow>
    {
        float* values = (float*)_tile;
        for (int code = tile.FirstCode; code < tile.EndCode; code++)
        {
            CodeColumn column = group.Codes[code];
            float* from = values + ((column.Feature - tile.FirstFeature) * _tilePitch);
            bool isRounded = IsRounded<TRow>() && column.Feature < columns;
            ref readonly CategoryTable table = ref group.Categories[code];
            byte* classes = _columns + ((nint)column.Codes * _pitch);
            bool isSmall = table.IsSmall;
            for (int row = 0; row < count; row++)
            {
                int number = column.CodeOf(isRounded ? double.CreateTruncating(rows[(row * stride) + column.Feature]) : from[row]);
                SetKernel.StoreClass(classes, isSmall, start + row, SetKernel.ClassOf(table, number, column.Bound, _forest.Classes.Start, _forest.Categories.Start));
            }
        }

        // Whole units are ranked: what stands behind the last row is read by nobody.
        int units = Whole(count);
        ulong* equal = stackalloc ulong[RankedRows / RankKernel.RowUnit];

        // A column that takes zero for missing comes behind its feature's other one, whose values it may then overwrite.
        for (int index = tile.FirstColumn; index < tile.EndColumn; index++)
        {
            RankColumn column = group.Columns[index];
            float* from = values + ((column.Feature - tile.FirstFeature) * _tilePitch);
            byte* low = PlaceOf(column.Low, start);
            byte* high = PlaceOf(column.High, start);
            float* table = _forest.Singles.Start + column.Table;
            const float TinyBound = (float)Reference.TinyBound;
            if (!IsRounded<TRow>())
            {
                column.Tiny.Fix(new Span<float>(from, count), -TinyBound, TinyBound);
                RankKernel.Fill(from, table, column.Levels, low, high, units);
                continue;
            }

            // Some of those that round up to the lower bound are below it.
            column.Tiny.Fix(new Span<float>(from, count), float.BitIncrement(-TinyBound), TinyBound);
            RankKernel.Fill(from, table, column.Levels, low, high, units, column.Tiny == TinyRule.Keep ? float.NaN : -TinyBound, equal);
            MendEqual(column, group.Exact[index], (double*)rows + column.Feature, stride, count, equal, low, high);
        }
    }

    private byte* PlaceOf(ushort column, int start) => column == RankColumn.None ? null : _columns + ((nint)column * _pitch) + start;

    /// <summary>Ranks the values once more that, rounded up, equal a threshold, or the bound below which nothing is tiny: only the row says where they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MendEqual(in RankColumn column, int exact, double* values, nint stride, int count, ulong* equal, byte* low, byte* high)
    {
        for (int unit = 0; unit < count; unit += RankKernel.RowUnit)
        {
            for (ulong rest = *equal++; rest != 0; rest &= rest - 1)
            {
                int row = unit + BitOperations.TrailingZeroCount(rest);
                if (row >= count)
                {
                    break;
                }

                double value = column.Tiny.Fix(values[row * stride], Reference.TinyBound);
                int rank = RankKernel.Rank(DoubleRankKernel.RoundUp(value), _forest.Singles.Start + column.Table, column.Levels);
                rank = DoubleRankKernel.Mend(rank, value, _forest.Doubles.Start + exact);
                if (low != null)
                {
                    low[RankKernel.PlaceOf(row)] = (byte)rank;
                }

                if (high != null)
                {
                    high[RankKernel.PlaceOf(row)] = double.IsNaN(value) ? (byte)RankKernel.Highest : (byte)rank;
                }
            }
        }
    }
}
