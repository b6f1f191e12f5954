using System;
using System.Runtime.CompilerServices;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <content>Leaves with linear models: found like all others, and then evaluated row by row.</content>
internal sealed unsafe partial class RankScorer<TScore>
{
    /// <summary>Adds the values of a tree's leaves to the sums of a block.</summary>
    /// <param name="linear">The models.</param>
    /// <param name="tree">The tree.</param>
    /// <param name="leaves">The leaf of each row.</param>
    /// <param name="values">What models read of each row.</param>
    /// <param name="sums">The sums of the tree's output.</param>
    /// <param name="count">The rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddLinear(LinearForest linear, in RankTree tree, int* leaves, double* values, TScore* sums, int count)
    {
        TScore* plain = _ranks.Values.Start + tree.Values;
        LinearRange* models = linear.Leaves.Start + tree.Values;
        LinearTerm* terms = linear.Terms.Start;
        nint width = linear.Features.Length;
        for (int row = 0; row < count; row++)
        {
            int leaf = leaves[row];
            double value = LinearKernel.Value(models + leaf, terms, values, double.CreateTruncating(plain[leaf]));
            sums[SumKernel.PlaceOf<TScore>(row)] += TScore.CreateTruncating(value);
            values += width;
        }
    }

    /// <summary>Adds the values of linear leaves to the row's sums.</summary>
    private readonly struct LinearSink(RankScorer<TScore> scorer, LinearForest linear, double* values, TScore* sums) : IRowSink
    {
        [SkipLocalsInit]
        public void Decide(RowForm form, int first, int count, in DecisionForest<TScore> decisions, sbyte* ranks, int columns, byte** categories)
        {
            int* places = stackalloc int[DecisionKernel.Together];
            for (int start = 0; start < count; start += DecisionKernel.Together)
            {
                int together = Math.Min(count - start, DecisionKernel.Together);
                DecisionKernel.Find(scorer._ranks.DecisionTrees.Start + first + start, together, decisions, ranks, columns, categories, places);
                for (int i = 0; i < together; i++)
                {
                    Add(first + start + i, places[i]);
                }
            }
        }

        public void Reach(int tree, int leaf) => Add(tree, scorer._ranks.Trees[tree].Values + leaf);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Add(int tree, int place)
        {
            double plain = double.CreateTruncating(scorer._ranks.Values.Start[place]);
            sums[scorer._ranks.Trees[tree].Output] += TScore.CreateTruncating(LinearKernel.Value(linear.Leaves.Start + place, linear.Terms.Start, values, plain));
        }
    }
}
