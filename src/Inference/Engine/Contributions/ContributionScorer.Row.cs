using System;
using System.Numerics;
using System.Threading;
using Inference.Engine.Ranks;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Contributions;

/// <content>Rows one after the other.</content>
internal sealed unsafe partial class ContributionScorer<T>
{
    /// <summary>Fewer rows than this never share enough.</summary>
    private const int AloneRows = 60;

    /// <summary>Nor do fewer than this where all leaves have tables.</summary>
    private const int AloneTableRows = 96;

    /// <summary>The most rows that trees explain one after the other before the next trees do.</summary>
    private const int RowsTogether = 28;

    /// <summary>The part of all kinds of rows below which sharing pays: between what was measured of models where it did and where it did not.</summary>
    private const double SharePays = 0.94;

    /// <summary>The paths of all trees, laid out by the first call, and again when tables are worth it. None where <see cref="LeafPathsBuilder{T}"/> refuses one.</summary>
    private LeafPaths<T>[]? _paths;

    /// <summary>The rows until leaves have tables.</summary>
    private int _rowsBeforeTables = rowsBeforeTables;

    /// <summary>Whether some leaves have tables by now.</summary>
    internal bool HasTables => Array.Exists(Volatile.Read(ref _paths) ?? [], some => some.Tables.Length > PartVisitKernel.MostParts);

    /// <summary>The paths of a call's trees, and of those laid out together with some of them. False where there are none, or where the call is for less than half of those trees.</summary>
    private bool TryPaths(int lanes, in ScoringCall call, out ReadOnlySpan<LeafPaths<T>> paths)
    {
        LeafPaths<T>[]? all = Volatile.Read(ref _paths);
        if (all is null)
        {
            // Two threads may do so at once, and find the same.
            all = LeafPathsBuilder<T>.Build(forest, frame, tableLevels: 0, lanes);
            _ = Interlocked.CompareExchange(ref _paths, all, null);
        }

        int first = 0;
        int end = all.Length;
        int trees = 0;
        for (int i = 0; i < all.Length; i++)
        {
            first += all[i].FirstTree + all[i].Trees.Length <= call.FirstTree ? 1 : 0;
            end -= all[i].FirstTree >= call.EndTree ? 1 : 0;
        }

        paths = first < end ? all.AsSpan(first, end - first) : [];
        foreach (LeafPaths<T> some in paths)
        {
            trees += some.Trees.Length;
        }

        return !paths.IsEmpty && 2 * (call.EndTree - call.FirstTree) >= trees;
    }

    /// <summary>Takes note of rows that are explained one by one. The call that makes tables worth it lays the paths out again, for those to come; the others go on meanwhile.</summary>
    private void CountRows(int rows, int lanes)
    {
        if (Volatile.Read(ref _rowsBeforeTables) <= 0)
        {
            return;
        }

        // Calls at the same time may take what is left several times: one of them crosses zero.
        rows = Math.Min(rows, LeafTables.RowsBefore);
        int left = Interlocked.Add(ref _rowsBeforeTables, -rows);
        int levels = left <= 0 && left + rows > 0 ? Math.Min(mostTableLevels, LeafTables.LevelsOf<T>(forest)) : 0;
        if (levels == 0)
        {
            return;
        }

        try
        {
            Volatile.Write(ref _paths, LeafPathsBuilder<T>.Build(forest, frame, levels, lanes));
        }
        catch (OutOfMemoryException)
        {
            // The paths that there are have the same bits.
        }
    }

    /// <summary>Whether rows that share what they have in common would be slower than each by itself.</summary>
    /// <remarks>
    /// Rows that took the same turns to a leaf share its path: of k features at most 2^k kinds of rows. What a leaf costs grows
    /// with k^2. Of large trees fewer rows are explained at once.
    /// </remarks>
    private static bool ShareLittle(ReadOnlySpan<LeafPaths<T>> paths, int rows)
    {
        bool areTables = true;
        foreach (LeafPaths<T> some in paths)
        {
            areTables &= some.LeafGroups.Length == 0;
        }

        if (rows < (areTables ? AloneTableRows : AloneRows))
        {
            return true;
        }

        double kinds = 0;
        double all = 0;
        foreach (LeafPaths<T> some in paths)
        {
            int[] leaves = some.LeavesBySteps;
            long numbers = 1;
            for (int steps = 0; steps < leaves.Length; steps++)
            {
                numbers += leaves[steps] * (steps + 4L);
            }

            int together = Math.Clamp((int)Math.Min(rows, (long)GoodTreeBytes * some.Trees.Length / (numbers * sizeof(T))), WalkUnit, rows);
            for (int steps = 0; steps < leaves.Length; steps++)
            {
                double cost = (double)leaves[steps] * steps * steps;
                kinds += cost * Math.Min(Math.ScaleB(1, steps), together) / together;
                all += cost;
            }
        }

        return kinds >= SharePays * all;
    }

    private bool TryComputeRows<TLanes, TRow>(RowBlock<TRow> rows, in ScoringCall call, ReadOnlySpan<LeafPaths<T>> paths, Span<double> contributions)
        where TLanes : struct, ILanes<TLanes, T>
        where TRow : unmanaged, INumberBase<TRow>
    {
        CountRows(rows.Count, TLanes.Count);
        int bytes = 0;
        foreach (LeafPaths<T> some in paths)
        {
            bytes = Math.Max(bytes, RowShap<TLanes, T>.Bytes(some));
        }

        int together = Math.Max(1, Math.Min(MostNumbers / (forest.FeatureCount + _width), Math.Min(RowsTogether, rows.Count)));
        Scratch scratch = ScratchPool.Rent(checked(bytes + ((forest.FeatureCount + _width) * together * sizeof(T)) + (3 * Bump.Line)));
        try
        {
            for (int first = 0; first < rows.Count; first += together)
            {
                RowBlock<TRow> some = rows.Slice(first, Math.Min(together, rows.Count - first));
                Bump bump = new(scratch.Start);
                T* values = bump.Take<T>(forest.FeatureCount * together);
                Span<T> sums = new(bump.Take<T>(_width * together), _width * some.Count);
                sums.Clear();
                for (int row = 0; row < some.Count; row++)
                {
                    new SplitColumns<T>(forest, values + (row * forest.FeatureCount), 1).Fill(some.Slice(row, 1));
                }

                foreach (LeafPaths<T> trees in paths)
                {
                    // Trees after trees, not rows after rows: what is known of trees fits a second-level cache, what is known of a model may not.
                    RowShap<TLanes, T> shap = new(forest, trees, bump);
                    for (int row = 0; row < some.Count; row++)
                    {
                        if (!TryAddTrees(shap, trees, call, values + (row * forest.FeatureCount), sums.Slice(row * _width, _width)))
                        {
                            return false;
                        }
                    }
                }

                for (int row = 0; row < some.Count; row++)
                {
                    Span<T> sum = sums.Slice(row * _width, _width);
                    frame.Finish(some[row], first + row, call, sum);
                    ContributionFrame<T>.Widen(sum, contributions.Slice((first + row) * _width, _width));
                }
            }

            return true;
        }
        finally
        {
            ScratchPool.Return(scratch);
        }
    }

    /// <summary>Adds what trees say to a row. False where a sum is no number.</summary>
    private bool TryAddTrees<TLanes>(in RowShap<TLanes, T> shap, LeafPaths<T> paths, in ScoringCall call, T* values, Span<T> sums)
        where TLanes : struct, ILanes<TLanes, T>
    {
        bool byLeaf = forest.ContributionRule == ContributionRule.TreeShapByLeaf;
        shap.Decide(values);
        shap.Extend();
        T check = T.Zero;
        for (int i = 0; i < paths.Values.Length; i++)
        {
            shap.Explain(i);
            int end = Math.Min(call.EndTree, paths.FirstTree + paths.Trees.Length);
            int first = Math.Max(call.FirstTree, paths.FirstTree);
            shap.Visit(first);
            for (int number = first; number < end; number++)
            {
                if (number + 1 < end)
                {
                    shap.Visit(number + 1);
                }

                Tree tree = forest.Trees[number];
                TreeSurvey survey = frame.Survey(number);
                T weight = T.CreateTruncating(tree.Weight);
                Span<T> sum = frame.Of(sums, tree.Leaves == LeafShape.Scalar ? tree.Output : i);
                sum[^1] += T.CreateTruncating(survey.Expected[i]) * weight;
                check += (sum[^1] * T.Zero) + shap.Add(number, survey.Features, byLeaf ? null : weight, sum);
            }
        }

        return !T.IsNaN(check);
    }
}
