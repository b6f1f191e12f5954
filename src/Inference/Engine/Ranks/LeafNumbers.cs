using System;
using System.Collections.Generic;
using System.Numerics;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>The numbers that an engine gives to the leaves of a tree. The buffers serve tree after tree.</summary>
internal sealed class LeafNumbers
{
    private readonly List<int> _leaves = [];
    private int[] _of = [];
    private Tree _tree = null!;

    /// <summary>The number of each leaf and of each root of a further chunk, by nodes; -1 for other splits, except in deep trees.</summary>
    public int[] Of => _of;

    /// <summary>The node of each number, a leaf or the root of a further chunk; -1 where a number has none.</summary>
    public ReadOnlySpan<int> Nodes => CollectionsMarshal.AsSpan(_leaves);

    /// <summary>Numbers the leaves of a tree.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="isDeep">Whether the leaves are numbered in the order of their nodes.</param>
    /// <param name="chunks">The roots of its chunks, where it has more than one: a leaf's number is that of its chunk, times 256, and its own within the chunk.</param>
    /// <param name="levels">Of a heap its levels, and leaves are numbered by their places; -1 elsewhere, and they are from left to right.</param>
    public void Number(Tree tree, bool isDeep, int[] chunks, int levels)
    {
        // Trees come in thousands, and most are small.
        _of = tree.Nodes.Length <= _of.Length ? _of : new int[Math.Max(tree.Nodes.Length, 2 * _of.Length)];
        _tree = tree;
        _leaves.Clear();
        if (isDeep)
        {
            NumberDeepLeaves();
            return;
        }

        Array.Fill(_of, -1, 0, tree.Nodes.Length);
        if (chunks.Length > 1)
        {
            NumberChunks(chunks);
        }
        else
        {
            NumberLeaves(0, 0, levels);
        }
    }

    /// <summary>The ids of all leaves of a forest, as training libraries report them, each tree's from <see cref="RankTree.FirstLeaf"/> on.</summary>
    /// <remarks>Nothing but leaf predictions needs them: they are laid out when the first one is asked for.</remarks>
    public static int[] IdsOf<TScore>(Forest forest, RankForest<TScore> ranks)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        int[] ids = new int[ranks.LeafNumbers];
        LeafNumbers numbers = new();
        ReadOnlySpan<DecisionTree> rows = ranks.DecisionTrees.Span;
        for (int index = 0; index < forest.Trees.Length; index++)
        {
            Tree tree = forest.Trees[index];
            RankTree place = ranks.Trees[index];
            bool isHeap = rows.Length > 0 && rows[index].Form == RowForm.Heap;
            numbers.Number(tree, place.IsDeep, place.Chunks > 0 ? ChunkPlan.Cut(tree) : [], isHeap ? place.Depth : -1);
            for (int leaf = 0; leaf < numbers._leaves.Count; leaf++)
            {
                int node = numbers._leaves[leaf];
                ids[place.FirstLeaf + leaf] = node < 0 || !tree.Nodes[node].IsLeaf ? 0 : tree.Nodes[node].LeafId;
            }
        }

        return ids;
    }

    private void NumberDeepLeaves()
    {
        for (int index = 0; index < _tree.Nodes.Length; index++)
        {
            if (_tree.Nodes[index].IsLeaf)
            {
                NumberLeaf(index);
            }
        }
    }

    private void NumberChunks(int[] roots)
    {
        foreach (int root in roots)
        {
            // Any number marks it as the end of the chunk above, which comes first and says which.
            _of[root] = 0;
        }

        _leaves.EnsureCapacity(roots.Length * SumKernel.ChunkLength);
        for (int chunk = 0; chunk < roots.Length; chunk++)
        {
            while (_leaves.Count < chunk * SumKernel.ChunkLength)
            {
                _leaves.Add(-1);
            }

            NumberChunk(_tree.Nodes[roots[chunk]].Left);
            NumberChunk(_tree.Nodes[roots[chunk]].Right);
        }
    }

    /// <summary>Numbers what a chunk ends at, from left to right. At most 255 splits, so the recursion is bounded.</summary>
    private void NumberChunk(int index)
    {
        ref readonly Node node = ref _tree.Nodes[index];
        if (node.IsLeaf || _of[index] >= 0)
        {
            NumberLeaf(index);
            return;
        }

        NumberChunk(node.Left);
        NumberChunk(node.Right);
    }

    /// <summary>Numbers leaves from left to right, or by their places in a heap of so many levels.</summary>
    /// <remarks>At most 255 splits, so the recursion is bounded.</remarks>
    private void NumberLeaves(int index, int place, int levels)
    {
        ref readonly Node node = ref _tree.Nodes[index];
        if (!node.IsLeaf)
        {
            NumberLeaves(node.Left, place, levels - 1);
            NumberLeaves(node.Right, levels < 0 ? 0 : place + (1 << (levels - 1)), levels - 1);
            return;
        }

        while (levels >= 0 && _leaves.Count < place)
        {
            _leaves.Add(-1);
        }

        NumberLeaf(index);
    }

    private void NumberLeaf(int index)
    {
        _of[index] = _leaves.Count;
        _leaves.Add(index);
    }
}
