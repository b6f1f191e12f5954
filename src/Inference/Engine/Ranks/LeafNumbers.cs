using System;
using System.Collections.Generic;
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
    /// <param name="chunks">The roots of its chunks: of several, a leaf's number is that of its chunk, times 256, and its own within the chunk.</param>
    /// <param name="order">How leaves are numbered.</param>
    /// <param name="codes">What <see cref="LeafCodes"/> says of the tree's nodes, where it has splits.</param>
    public void Number(Tree tree, bool isDeep, ReadOnlySpan<int> chunks, LeafOrder order, ReadOnlySpan<Cube> codes)
    {
        GrowingBuffer.Reserve(ref _of, tree.Nodes.Length);
        _tree = tree;
        _leaves.Clear();
        if (isDeep || tree.Nodes.Length == 1)
        {
            NumberByNodes();
            return;
        }

        Array.Fill(_of, -1, 0, tree.Nodes.Length);
        if (order == LeafOrder.FromLeft)
        {
            NumberFromLeft(0);
            return;
        }

        for (int chunk = 1; chunk < chunks.Length; chunk++)
        {
            // Any number marks it as the end of the chunk above, which comes first and says which.
            _of[chunks[chunk]] = 0;
        }

        for (int chunk = 0; chunk < chunks.Length; chunk++)
        {
            int first = chunk * SumKernel.ChunkLength;
            Extend(first + codes[chunks[chunk]].Codes);
            NumberByCode(chunks[chunk], true, first, codes);
        }

        if (order == LeafOrder.Ascending)
        {
            CountLeaves();
        }
    }

    /// <summary>Makes room for so many numbers, none of which has a node yet.</summary>
    private void Extend(int numbers)
    {
        int before = _leaves.Count;
        CollectionsMarshal.SetCount(_leaves, numbers);
        CollectionsMarshal.AsSpan(_leaves)[before..].Fill(-1);
    }

    private void NumberByNodes()
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
    private void NumberByCode(int index, bool isRoot, int first, ReadOnlySpan<Cube> codes)
    {
        ref readonly Node node = ref _tree.Nodes[index];
        if (!node.IsLeaf && (isRoot || _of[index] < 0))
        {
            NumberByCode(node.Left, false, first, codes);
            NumberByCode(node.Right, false, first, codes);
            return;
        }

        Cube own = codes[index];
        _of[index] = first + own.First;
        CollectionsMarshal.AsSpan(_leaves).Slice(first + own.First, node.IsLeaf ? own.Codes : 1).Fill(index);
    }

    /// <summary>Replaces the numbers, which are codes, by how many leaves come before.</summary>
    private void CountLeaves()
    {
        Span<int> leaves = CollectionsMarshal.AsSpan(_leaves);
        int count = 0;
        for (int code = 0; code < leaves.Length; code++)
        {
            int leaf = leaves[code];
            if (leaf >= 0 && _of[leaf] == code)
            {
                _of[leaf] = count;
                leaves[count++] = leaf;
            }
        }

        CollectionsMarshal.SetCount(_leaves, count);
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
