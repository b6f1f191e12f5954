using System;
using System.Collections.Generic;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>The ids of leaves as training libraries report them, by the numbers that the engine gives to them.</summary>
/// <remarks>Nothing but leaf predictions needs them: they are laid out when the first one is asked for.</remarks>
internal sealed class LeafIds
{
    private readonly int[] _ids;
    private readonly int[] _starts;

    private LeafIds(int[] ids, int[] starts) => (_ids, _starts) = (ids, starts);

    /// <summary>The ids of a forest's leaves.</summary>
    public static LeafIds For<TScore>(Forest forest, RankForest<TScore> ranks)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        List<int> ids = [];
        int[] starts = new int[forest.Trees.Length];
        LeafNumbers numbers = new();
        LeafCodes assigned = new();
        Cube[] codes = [];
        ReadOnlySpan<DecisionTree> rows = ranks.DecisionTrees.Span;
        for (int index = 0; index < forest.Trees.Length; index++)
        {
            Tree tree = forest.Trees[index];
            RankTree place = ranks.Trees[index];
            int[] chunks = place.IsDeep ? [] : ChunkPlan.Cut(tree);
            RowForm form = rows.Length > 0 ? rows[index].Form : RowForm.Path;
            GrowingBuffer.Reserve(ref codes, tree.Nodes.Length);
            if (place.Depth > 0)
            {
                assigned.Assign(tree, chunks, form, place.Depth, codes);
            }

            numbers.Number(tree, place.IsDeep, chunks, place.Planes.Numbers != NumberForm.None, codes);
            starts[index] = ids.Count;
            foreach (int node in numbers.Nodes)
            {
                ids.Add(node < 0 || !tree.Nodes[node].IsLeaf ? 0 : tree.Nodes[node].LeafId);
            }
        }

        return new([.. ids], starts);
    }

    /// <summary>The ids of a tree's leaves, and those of the trees behind it.</summary>
    public ReadOnlySpan<int> From(int tree) => _ids.AsSpan(_starts[tree]);
}
