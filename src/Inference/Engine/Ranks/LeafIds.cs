using System;
using System.Collections.Generic;
using System.Linq;
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
        _ = ids._ids.EnsureCapacity(ranks.Trees.Zip(forest.Trees, (place, tree) => place.IsDeep ? tree.Splits.Length + 1 : place.ValueLength).Sum());
        TreeShape shape = new();
        LeafNumbers numbers = new();
        LeafCodes codes = new();
        ReadOnlySpan<DecisionTree> rows = ranks.DecisionTrees.Span;
        for (int index = 0; index < forest.Trees.Length; index++)
        {
            Tree tree = forest.Trees[index];
            bool isDeep = ranks.Trees[index].IsDeep;
            shape.Read(tree);
            RowForm form = rows.Length > 0 ? rows[index].Form : RowForm.Path;
            LeafOrder order = LeafCodes.OrderOf(tree, form);
            if (isDeep || tree.Nodes.Length == 1)
            {
                numbers.NumberInOrder(shape.Leaves);
            }
            else
            {
                if (order == LeafOrder.FromLeft)
                {
                    shape.CountFromLeft();
                }

                codes.Assign(shape, form, tree.Depth, order);
                numbers.Number(shape, codes, order);
                numbers.Renumber();
            }

            int start = ids._ids.Count;
            ids._starts[index] = start;
            CollectionsMarshal.SetCount(ids._ids, start + numbers.Length);
            Span<int> own = CollectionsMarshal.AsSpan(ids._ids)[start..];
            own.Clear();
            for (int leaf = 0; leaf < shape.Leaves; leaf++)
            {
                own.Slice(numbers.Of[leaf].Number, numbers.Of[leaf].Codes).Fill(tree.Nodes[shape.Splits + leaf].Id);
            }
        }

        return ids;
    }

    /// <summary>The ids of a tree's leaves, and those of the trees behind it.</summary>
    public ReadOnlySpan<int> From(int tree) => CollectionsMarshal.AsSpan(_ids)[_starts[tree]..];
}
