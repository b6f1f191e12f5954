using System;
using System.Collections.Generic;
using Inference.Tests.Properties.Drafts;

namespace Inference.Tests.Properties.XGBoost;

/// <summary>The numbers that XGBoost gives to a tree's nodes: the children of a split are neighbours, left first.</summary>
/// <param name="Numbers">The number of each node.</param>
/// <param name="Parents">The parent of each slot, -1 for the root and for deleted slots.</param>
/// <param name="Slots">One more than the largest number. Numbers that no node has are deleted nodes.</param>
internal sealed record XGBoostLayout(Dictionary<DraftNode, int> Numbers, int[] Parents, int Slots)
{
    /// <summary>The layout of a tree. Layout 0 is breadth first without gaps, as depth-wise training leaves it.</summary>
    public static XGBoostLayout Of(DraftTree tree)
    {
        Random? random = tree.Layout == 0 ? null : new Random(tree.Layout);
        Dictionary<DraftNode, int> numbers = new() { [tree.Root] = 0 };
        List<int> parents = [-1];
        List<DraftNode> open = [tree.Root];
        while (open.Count > 0)
        {
            // Loss-guided training splits any open leaf next; pruning leaves pairs of deleted nodes behind.
            int next = random?.Next(open.Count) ?? 0;
            DraftNode node = open[next];
            open.RemoveAt(next);
            if (node.IsLeaf)
            {
                continue;
            }

            if (random?.Next(12) == 0)
            {
                parents.AddRange([-1, -1]);
            }

            numbers.Add(node.First!, parents.Count);
            numbers.Add(node.Second!, parents.Count + 1);
            parents.AddRange([numbers[node], numbers[node]]);
            open.AddRange([node.First!, node.Second!]);
        }

        return new XGBoostLayout(numbers, [.. parents], parents.Count);
    }

    /// <summary>The node of each slot, null for deleted ones.</summary>
    public DraftNode?[] Nodes()
    {
        DraftNode?[] nodes = new DraftNode?[Slots];
        foreach ((DraftNode node, int number) in Numbers)
        {
            nodes[number] = node;
        }

        return nodes;
    }

    /// <summary>The number of deleted nodes.</summary>
    public int Deleted => Slots - Numbers.Count;
}
