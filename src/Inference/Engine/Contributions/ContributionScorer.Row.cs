using System;
using System.Numerics;
using Inference.Engine.Ranks;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Contributions;

/// <content>Rows that come alone.</content>
internal sealed unsafe partial class ContributionScorer<T>
{
    private bool TryComputeRows<TLanes, TRow>(RowBlock<TRow> rows, in ScoringCall call, Span<double> contributions)
        where TLanes : struct, ILanes<TLanes, T>
        where TRow : unmanaged, INumberBase<TRow>
    {
        int blockBytes = checked(((2 * forest.FeatureCount) + _width) * sizeof(T)) + (4 * Bump.Line);
        Scratch scratch = ScratchPool.Rent(checked(blockBytes + Slack));
        Scratch room = ScratchPool.Rent(LeastTreeBytes);
        try
        {
            for (int row = 0; row < rows.Count; row++)
            {
                Bump bump = new(scratch.Start);
                SplitColumns<T> columns = new(forest, bump.Take<T>(forest.FeatureCount), 1);
                Span<T> parts = new(bump.Take<T>(forest.FeatureCount), forest.FeatureCount);
                Span<T> sums = new(bump.Take<T>(_width), _width);
                columns.Fill(rows.Slice(row, 1));
                parts.Clear();
                sums.Clear();
                for (int number = call.FirstTree; number < call.EndTree; number++)
                {
                    if (!TryAddTree<TLanes>(number, columns, ref room, parts, sums))
                    {
                        return false;
                    }
                }

                frame.Finish(rows[row], row, call, sums);
                ContributionFrame<T>.Widen(sums, contributions.Slice(row * _width, _width));
            }

            return true;
        }
        finally
        {
            ScratchPool.Return(room);
            ScratchPool.Return(scratch);
        }
    }

    /// <summary>Adds what a tree says to a row. False where a sum is no number, or the tree takes too much memory.</summary>
    private bool TryAddTree<TLanes>(int number, SplitColumns<T> columns, ref Scratch room, Span<T> parts, Span<T> sums)
        where TLanes : struct, ILanes<TLanes, T>
    {
        Tree tree = forest.Trees[number];
        TreeSurvey survey = frame.Survey(number);
        if (!TryReserve(ref room, RowShap<TLanes, T>.Bytes(survey), out Bump bump))
        {
            return false;
        }

        RowShap<TLanes, T> shap = new(tree, survey, columns, ref bump);
        T weight = T.CreateTruncating(tree.Weight);
        T check = T.Zero;
        for (int i = 0; i < survey.Expected.Length; i++)
        {
            int output = tree.Leaves == LeafShape.Scalar ? tree.Output : i;
            Span<T> sum = frame.Of(sums, output);
            sum[^1] += T.CreateTruncating(survey.Expected[i]) * weight;
            check += sum[^1] * T.Zero;
            bool byLeaf = forest.ContributionRule == ContributionRule.TreeShapByLeaf;
            if (!shap.TryAdd(forest, output, byLeaf ? weight : T.One, byLeaf ? sum : parts))
            {
                return false;
            }

            foreach (int feature in survey.Features)
            {
                if (!byLeaf)
                {
                    sum[feature] += parts[feature] * weight;
                    parts[feature] = T.Zero;
                }

                check += sum[feature] * T.Zero;
            }
        }

        return !T.IsNaN(check);
    }
}
