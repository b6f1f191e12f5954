using System;
using System.Collections.Generic;
using System.Numerics;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>The ids of leaves as training libraries report them, by the numbers that the engine gives to them.</summary>
/// <remarks>Nothing but leaf predictions needs them: they are laid out when the first one is asked for.</remarks>
internal sealed class LeafIds
{
    private readonly List<int> _ids = [];
    private readonly int[] _starts;

    private LeafIds(int trees) => _starts = new int[trees];

    /// <summary>The ids of a forest's leaves.</summary>
    public static LeafIds For<TScore>(Forest forest, RankForest<TScore> ranks)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        LeafIds ids = new(forest.Trees.Length);
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

            numbers.Number(tree, place.IsDeep, chunks, LeafCodes.OrderOf(tree, form, place.Depth), codes);
            ids._starts[index] = ids._ids.Count;
            foreach (int node in numbers.Nodes)
            {
                ids._ids.Add(node < 0 || !tree.Nodes[node].IsLeaf ? 0 : tree.Nodes[node].LeafId);
            }
        }

        return ids;
    }

    /// <summary>The ids of a tree's leaves, and those of the trees behind it.</summary>
    public ReadOnlySpan<int> From(int tree) => CollectionsMarshal.AsSpan(_ids)[_starts[tree]..];
}
