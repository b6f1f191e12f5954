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
    private const int AloneRows = 28;

    /// <summary>The most rows that trees explain one after the other before the next trees do.</summary>
    private const int RowsTogether = 28;

    /// <summary>The part of all kinds of rows below which sharing pays: between what was measured of models where it did and where it did not.</summary>
    private const double SharePays = 0.94;

    /// <summary>The paths of all trees, laid out by the first call: two threads may do so at once, and find the same. None where <see cref="LeafPathsBuilder{T}"/> refuses one.</summary>
    private LeafPaths<T>[]? _paths;

    /// <summary>The paths of a call's trees, and of those laid out together with some of them. False where there are none, or where the call is for less than half of those trees.</summary>
    private bool TryPaths(int lanes, in ScoringCall call, out ReadOnlySpan<LeafPaths<T>> paths)
    {
        LeafPaths<T>[]? all = Volatile.Read(ref _paths);
        if (all is null)
        {
            all = LeafPathsBuilder<T>.Build(forest, frame, lanes);
            Volatile.Write(ref _paths, all);
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

    /// <summary>Whether rows that share what they have in common would be slower than each by itself.</summary>
    /// <remarks>
    /// Rows that took the same turns to a leaf share its path: of k features at most 2^k kinds of rows. What a leaf costs grows
    /// with k^2. Of large trees fewer rows are explained at once.
    /// </remarks>
    private static bool ShareLittle(ReadOnlySpan<LeafPaths<T>> paths, int rows)
    {
        if (rows < AloneRows)
        {
            return true;
        }

        double kinds = 0;
        double all = 0;
        foreach (LeafPaths<T> some in paths)
        {
            int together = Math.Clamp((int)Math.Min(rows, (long)GoodTreeBytes * some.Trees.Length / ((some.Parts + (4L * some.Leaves.Length)) * sizeof(T))), WalkUnit, rows);
            foreach (ref readonly LeafGroup leaves in some.LeafGroups.AsSpan())
            {
                double cost = (double)leaves.Steps * leaves.Steps;
                kinds += cost * Math.Min(Math.ScaleB(1, leaves.Steps), together) / together;
                all += cost;
            }
        }

        return kinds >= SharePays * all;
    }

    private bool TryComputeRows<TLanes, TRow>(RowBlock<TRow> rows, in ScoringCall call, ReadOnlySpan<LeafPaths<T>> paths, Span<double> contributions)
        where TLanes : struct, ILanes<TLanes, T>
        where TRow : unmanaged, INumberBase<TRow>
    {
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
            for (int number = Math.Max(call.FirstTree, paths.FirstTree); number < end; number++)
            {
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
