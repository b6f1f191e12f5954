using System;
using System.Runtime.CompilerServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <content>Forests whose trees are all walked and have a value for each output at their leaves, random forests that vote: a row's sums stand beside each other as the caller wants them.</content>
internal sealed unsafe partial class RankScorer<TScore>
{
    /// <summary>Scores the rows of a block that stand in their places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddVectors(RankBlock<TScore> block, int start, int count, in ScoringCall call, Span<TScore> margins)
    {
        int outputs = Forest.OutputCount;
        for (int row = 0; row < count; row++)
        {
            BeginRow(start + row, call, margins.Slice(row * outputs, outputs));
        }

        fixed (TScore* sums = margins)
        {
            for (int index = call.FirstTree; index < call.EndTree; index++)
            {
                ref readonly RankTree tree = ref _ranks.Trees[index];
                VectorSumKernel.Add(_ranks.Values.Start + tree.Values, block.WalkLeaves(tree, count), outputs, sums, count);
            }
        }

        for (int row = 0; row < count; row++)
        {
            FinishRow(start + row, call, margins.Slice(row * outputs, outputs));
        }
    }
}
