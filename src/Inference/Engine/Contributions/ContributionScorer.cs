using System;
using System.Numerics;
using Inference.Engine.Ranks;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Contributions;

/// <summary>Contributions of many rows at once, with the bits of <see cref="ReferenceContributions{TScore}"/>.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
/// <param name="forest">The model.</param>
/// <param name="frame">What is known of its trees.</param>
/// <param name="mostTableLevels">The most splits above a leaf that has a table.</param>
/// <param name="rowsBeforeTables">So many rows are explained one by one before leaves have tables.</param>
/// <remarks>
/// Keeps of a model the surveys of its trees, which it shares with the specification, and the layout of their paths with the
/// tables of leaves, which rows are explained by one after the other. What it does not take on, it leaves to the specification: linear boosters, trees
/// whose paths are so long that not even a few rows' would fit into the memory that a call may take, and arithmetic that ends
/// in no number.
/// Any number of threads may call.
/// </remarks>
internal sealed unsafe partial class ContributionScorer<T>(Forest forest, ContributionFrame<T> frame, int mostTableLevels = LeafTables.MostLevels, int rowsBeforeTables = LeafTables.RowsBefore)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Fewer rows than this share too little by quadrature.</summary>
    private const int FewRows = 8;

    /// <summary>Rows are walked by multiples of it, the lanes of the widest register.</summary>
    private const int WalkUnit = 16;

    /// <summary>The rows of a block: the more, the more of them share a path; but their columns and sums have to stay in a second-level cache.</summary>
    private const int MostRows = 1024;

    /// <summary>The numbers of a block's columns or sums.</summary>
    private const int MostNumbers = 1 << 18;

    /// <summary>The bytes of a tree's paths and parts that leave room for the block beside them in a second-level cache.</summary>
    private const int GoodTreeBytes = 1 << 20;

    /// <summary>The most bytes that a tree may take.</summary>
    private const int MostTreeBytes = 1 << 22;

    /// <summary>Beside what is counted: what registers read beyond the end of a number's room.</summary>
    private const int Slack = 1 << 12;

    /// <summary>What most small trees do with.</summary>
    private const int LeastTreeBytes = 1 << 13;

    private readonly int _width = checked(forest.OutputCount * (forest.FeatureCount + 1));

    /// <summary>How many rows are best asked for at once.</summary>
    public int BlockRows => Math.Clamp(MostNumbers / _width / 64 * 64, 64, MostRows);

    /// <summary>Contributions of rows, (rows, outputs, features + 1). False where the specification has to be asked; what was written then is of no use.</summary>
    /// <exception cref="ModelNotSupportedException">A tree cannot be explained.</exception>
    public bool TryCompute<TRow>(RowBlock<TRow> rows, in ScoringCall call, Span<double> contributions)
        where TRow : unmanaged, INumberBase<TRow>
    {
        bool isShap = forest.ContributionRule != ContributionRule.Quadrature;
        if (forest.Linear is not null || (rows.Count < FewRows && !isShap))
        {
            return false;
        }

        frame.CheckSums();
        return LaneWidth.Is512 ? TryCompute<Lanes512<T>, TRow>(rows, call, contributions)
            : LaneWidth.Is256 ? TryCompute<Lanes256<T>, TRow>(rows, call, contributions)
            : LaneWidth.Is128 ? TryCompute<Lanes128<T>, TRow>(rows, call, contributions)
            : TryCompute<LanesScalar<T>, TRow>(rows, call, contributions);
    }

    /// <summary>The same with registers of a given width.</summary>
    private bool TryCompute<TLanes, TRow>(RowBlock<TRow> rows, in ScoringCall call, Span<double> contributions)
        where TLanes : struct, ILanes<TLanes, T>
        where TRow : unmanaged, INumberBase<TRow>
    {
        if (forest.ContributionRule != ContributionRule.Quadrature
            && TryPaths(TLanes.Count, call, out ReadOnlySpan<LeafPaths<T>> paths)
            && ShareLittle(paths, Math.Min(rows.Count, BlockRows)))
        {
            return TryComputeRows<TLanes, TRow>(rows, call, paths, contributions);
        }

        // A tree that cannot be explained is named before any memory is taken.
        for (int number = call.FirstTree; number < call.EndTree; number++)
        {
            _ = frame.Survey(number);
        }

        int pitch = Math.Min((rows.Count + WalkUnit - 1) / WalkUnit * WalkUnit, BlockRows);
        int blockBytes = checked(((forest.FeatureCount + _width) * pitch * sizeof(T)) + (2 * Bump.Line));
        Scratch scratch = ScratchPool.Rent(checked(blockBytes + Slack));
        Scratch room = ScratchPool.Rent(LeastTreeBytes);
        ShapPlan plan = new();
        try
        {
            for (int start = 0; start < rows.Count; start += pitch)
            {
                int count = Math.Min(pitch, rows.Count - start);
                Bump bump = new(scratch.Start);
                SplitColumns<T> columns = new(forest, bump.Take<T>((nint)forest.FeatureCount * pitch), pitch);
                Span<T> sums = new(bump.Take<T>((nint)_width * pitch), _width * count);
                columns.Fill(rows.Slice(start, count));
                sums.Clear();
                for (int number = call.FirstTree; number < call.EndTree; number++)
                {
                    if (!TryAddTree<TLanes>(number, columns, count, ref plan, ref room, sums))
                    {
                        return false;
                    }
                }

                for (int row = 0; row < count; row++)
                {
                    Span<T> sum = sums.Slice(row * _width, _width);
                    frame.Finish(rows[start + row], start + row, call, sum);
                    ContributionFrame<T>.Widen(sum, contributions.Slice((start + row) * _width, _width));
                }
            }

            return true;
        }
        finally
        {
            plan.Dispose();
            ScratchPool.Return(room);
            ScratchPool.Return(scratch);
        }
    }

    private bool TryAddTree<TLanes>(int number, SplitColumns<T> columns, int rows, ref ShapPlan plan, ref Scratch room, Span<T> sums)
        where TLanes : struct, ILanes<TLanes, T>
    {
        Tree tree = forest.Trees[number];
        TreeSurvey survey = frame.Survey(number);
        T weight = T.CreateTruncating(tree.Weight);
        bool byLeaf = forest.ContributionRule == ContributionRule.TreeShapByLeaf;
        plan.Make(tree, survey);
        if (forest.ContributionRule == ContributionRule.Quadrature)
        {
            return TryAddIntegrals<TLanes>(tree, survey, columns, rows, plan, ref room, sums);
        }

        int walkRows = WalkRows<TLanes>(plan, rows, out long bytes);
        if (!TryReserve(ref room, bytes, out Bump bump))
        {
            return false;
        }

        ShapTable<T> table = new(plan, walkRows, ref bump);
        int numbers = PartSumKernel.RowNumbers<T>(plan.Features);
        Span<T> parts = new(bump.Take<T>(2 * numbers), 2 * numbers);
        ShapWalk<TLanes, T> walk = new(forest, tree, columns, plan, table, bump.Free);
        for (int i = 0; i < survey.Expected.Length; i++)
        {
            int output = tree.Leaves == LeafShape.Scalar ? tree.Output : i;
            T expected = T.CreateTruncating(survey.Expected[i]) * weight;
            for (int start = 0; start < rows; start += walkRows)
            {
                int count = Math.Min(walkRows, rows - start);
                if (!walk.TryWalk(start, count, output, byLeaf ? weight : T.One))
                {
                    return false;
                }

                for (int row = 0; row < count; row += 2)
                {
                    int pair = Math.Min(2, count - row);
                    Span<T> both = sums.Slice((start + row) * _width, pair * _width);
                    if (!(byLeaf ? TryAddLeaves(table, row, survey.Features, expected, output, parts, both) : TryAddTree(table, row, survey.Features, weight, expected, output, parts, both)))
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }

    /// <summary>Adds every leaf's parts to the sums at once, of a row or two. False where a sum is no number.</summary>
    private bool TryAddLeaves(in ShapTable<T> table, int row, ReadOnlySpan<int> features, T expected, int output, Span<T> parts, Span<T> sums)
    {
        int numbers = parts.Length / 2;
        for (int i = 0; i * _width < sums.Length; i++)
        {
            Span<T> sum = frame.Of(sums.Slice(i * _width, _width), output);
            for (int slot = 0; slot < features.Length; slot++)
            {
                parts[(i * numbers) + slot] = sum[features[slot]];
            }
        }

        fixed (T* start = parts)
        {
            table.Add(row, sums.Length > _width, start);
        }

        T check = T.Zero;
        for (int i = 0; i * _width < sums.Length; i++)
        {
            Span<T> sum = frame.Of(sums.Slice(i * _width, _width), output);
            for (int slot = 0; slot < features.Length; slot++)
            {
                T value = parts[(i * numbers) + slot];
                sum[features[slot]] = value;
                check += value * T.Zero;
            }

            sum[^1] += expected;
            check += sum[^1] * T.Zero;
        }

        return !T.IsNaN(check);
    }

    /// <summary>Adds the tree's parts up, then adds them times its weight, of a row or two. False where a sum is no number.</summary>
    private bool TryAddTree(in ShapTable<T> table, int row, ReadOnlySpan<int> features, T weight, T expected, int output, Span<T> parts, Span<T> sums)
    {
        int numbers = parts.Length / 2;
        parts.Clear();
        fixed (T* start = parts)
        {
            table.Add(row, sums.Length > _width, start);
        }

        T check = T.Zero;
        for (int i = 0; i * _width < sums.Length; i++)
        {
            Span<T> sum = frame.Of(sums.Slice(i * _width, _width), output);
            for (int slot = 0; slot < features.Length; slot++)
            {
                T value = sum[features[slot]] + (parts[(i * numbers) + slot] * weight);
                sum[features[slot]] = value;
                check += value * T.Zero;
            }

            sum[^1] += expected;
            check += sum[^1] * T.Zero;
        }

        return !T.IsNaN(check);
    }

    /// <summary>Adds the integrals of a tree times its weight. False where a sum is no number, or the tree is too deep.</summary>
    private bool TryAddIntegrals<TLanes>(Tree tree, TreeSurvey survey, SplitColumns<T> columns, int rows, in ShapPlan plan, ref Scratch room, Span<T> sums)
        where TLanes : struct, ILanes<TLanes, T>
    {
        if (!TryReserve(ref room, QuadratureWalk<TLanes, T>.Bytes(plan), out Bump bump))
        {
            return false;
        }

        QuadratureWalk<TLanes, T> walk = new(forest, tree, columns, plan, ref bump);
        T weight = T.CreateTruncating(tree.Weight);
        T check = T.Zero;
        for (int i = 0; i < survey.Expected.Length; i++)
        {
            int output = tree.Leaves == LeafShape.Scalar ? tree.Output : i;
            for (int start = 0; start < rows; start += TLanes.Count)
            {
                walk.Walk(start, output);
                for (int row = start; row < Math.Min(rows, start + TLanes.Count); row++)
                {
                    Span<T> sum = frame.Of(sums.Slice(row * _width, _width), output);
                    for (int slot = 0; slot < survey.Features.Length; slot++)
                    {
                        T value = sum[survey.Features[slot]] + (walk.Parts[(slot * TLanes.Count) + (row - start)] * weight);
                        sum[survey.Features[slot]] = value;
                        check += value * T.Zero;
                    }
                }
            }
        }

        return !T.IsNaN(check);
    }

    /// <summary>Makes room for a tree, unless it takes more than a tree may.</summary>
    private static bool TryReserve(ref Scratch room, long bytes, out Bump bump)
    {
        bool isPossible = bytes <= MostTreeBytes;
        if (isPossible)
        {
            ScratchPool.Reserve(ref room, (int)bytes + Slack);
        }

        bump = new(room.Start);
        return isPossible;
    }

    /// <summary>How many rows to walk a tree with at once, and the bytes that it takes then: too many perhaps even for a few.</summary>
    private static int WalkRows<TLanes>(in ShapPlan plan, int rows, out long bytes)
        where TLanes : struct, ILanes<TLanes, T>
    {
        int walkRows = (rows + WalkUnit - 1) / WalkUnit * WalkUnit;
        for (bytes = TreeBytes<TLanes>(plan, walkRows); walkRows > WalkUnit && bytes > GoodTreeBytes; bytes = TreeBytes<TLanes>(plan, walkRows))
        {
            walkRows = ((walkRows / 2) + WalkUnit - 1) / WalkUnit * WalkUnit;
        }

        return walkRows;
    }

    private static long TreeBytes<TLanes>(in ShapPlan plan, int rows)
        where TLanes : struct, ILanes<TLanes, T> =>
            ShapTable<T>.Bytes(plan, rows) + plan.LevelBytes(rows, sizeof(T), TLanes.Count) + (2 * PartSumKernel.RowNumbers<T>(plan.Features) * sizeof(T)) + Bump.Line;
}
