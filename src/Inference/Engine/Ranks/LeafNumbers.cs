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

    /// <summary>The codes by which blocks find leaves: they are the numbers too, except in registers.</summary>
    public LeafCodes Codes { get; } = new();

    /// <summary>Numbers the leaves of a tree.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="isDeep">Whether the leaves are numbered in the order of their nodes.</param>
    /// <param name="chunks">The roots of its chunks: of several, a leaf's number is that of its chunk, times 256, and its own within the chunk.</param>
    /// <param name="form">How single rows meet the tree: heaps number leaves by their places, and registers from left to right.</param>
    /// <param name="depth">The splits on its longest path.</param>
    public void Number(Tree tree, bool isDeep, int[] chunks, RowForm form, int depth)
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
        Codes.Begin(tree, chunks);
        for (int chunk = 0; chunk < chunks.Length; chunk++)
        {
            int first = chunk * SumKernel.ChunkLength;
            int bits = Codes.Assign(chunks[chunk], form == RowForm.Heap ? depth : form == RowForm.Register ? Math.Min(depth, NumberKernel.MaxCodeBits) : 0);
            if (form == RowForm.Register)
            {
                NumberFromLeft(0);
                return;
            }

            int before = _leaves.Count;
            CollectionsMarshal.SetCount(_leaves, first + (1 << bits));
            CollectionsMarshal.AsSpan(_leaves)[before..].Fill(-1);
            NumberByCode(chunks[chunk], chunks[chunk], first);
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
            numbers.Number(tree, place.IsDeep, place.IsDeep ? [] : ChunkPlan.Cut(tree), rows.Length > 0 ? rows[index].Form : RowForm.Path, place.Depth);
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

    /// <summary>Numbers what a chunk ends at by its codes, the first of which it bears. At most 255 splits, so the recursion is bounded.</summary>
    private void NumberByCode(int index, int root, int first)
    {
        if (!Codes.IsEnd(index, root))
        {
            NumberByCode(_tree.Nodes[index].Left, root, first);
            NumberByCode(_tree.Nodes[index].Right, root, first);
            return;
        }

        Cube codes = Codes.Of(index);
        _of[index] = first + codes.First;
        CollectionsMarshal.AsSpan(_leaves).Slice(first + codes.First, codes.Codes).Fill(index);
    }

    /// <summary>Numbers leaves from left to right. At most 63 splits, so the recursion is bounded.</summary>
    private void NumberFromLeft(int index)
    {
        ref readonly Node node = ref _tree.Nodes[index];
        if (node.IsLeaf)
        {
            NumberLeaf(index);
            return;
        }

        NumberFromLeft(node.Left);
        NumberFromLeft(node.Right);
    }

    private void NumberLeaf(int index)
    {
        _of[index] = _leaves.Count;
        _leaves.Add(index);
    }
}
