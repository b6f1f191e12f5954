using System;
using System.Collections.Generic;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Where a tree is cut into chunks of at most 256 leaves and cuts.</summary>
/// <remarks>
/// From the leaves upwards: where a subtree has too many, its larger child becomes a chunk of its own. What a tree costs is
/// the number of its splits, so that from some thousands on walking is cheaper.
/// </remarks>
internal static class ChunkPlan
{
    /// <summary>The most splits for which evaluating all of them pays; more where some test sets, because walks in blocks cannot, and walks node by node take many times as long.</summary>
    private const int MaxSplits = 3000, MaxSplitsWithSets = 16_000;

    /// <summary>Leaf numbers are bytes.</summary>
    private const int MaxLeaves = 256;

    /// <summary>The roots of a tree that is not cut.</summary>
    private static readonly int[] Whole = [0];

    /// <summary>Whether a tree has so few leaves that it needs no cut.</summary>
    public static bool IsOne(Tree tree) => tree.Nodes.Length <= (2 * MaxLeaves) - 1;

    /// <summary>Whether a tree may be cut.</summary>
    public static bool IsPossible(Tree tree)
    {
        int splits = tree.Nodes.Length / 2;
        return tree.Leaves is LeafShape.Scalar or LeafShape.Linear && (splits <= MaxSplits || (splits <= MaxSplitsWithSets && SplitSet.CountIn(tree) > 0));
    }

    /// <summary>The roots of a tree's chunks, each behind the chunk above it; the tree's root first.</summary>
    public static int[] Cut(Tree tree)
    {
        if (IsOne(tree))
        {
            return Whole;
        }

        List<int> cuts = [];
        int[] leaves = new int[tree.Nodes.Length];
        Stack<(int Node, bool IsSecondVisit)> open = new([(0, false)]);
        while (open.TryPop(out (int Node, bool IsSecondVisit) top))
        {
            ref readonly Node node = ref tree.Nodes[top.Node];
            if (node.IsLeaf)
            {
                leaves[top.Node] = 1;
            }
            else if (!top.IsSecondVisit)
            {
                open.Push((top.Node, true));
                open.Push((node.Right, false));
                open.Push((node.Left, false));
            }
            else
            {
                while (leaves[node.Left] + leaves[node.Right] > MaxLeaves)
                {
                    int larger = leaves[node.Left] >= leaves[node.Right] ? node.Left : node.Right;
                    cuts.Add(larger);
                    leaves[larger] = 1;
                }

                leaves[top.Node] = leaves[node.Left] + leaves[node.Right];
            }
        }

        cuts.Add(0);
        cuts.Reverse();
        return cuts.Count <= ChunkKernel.MaxChunks ? [.. cuts] : throw new InvalidOperationException($"{cuts.Count} chunks of {tree.Nodes.Length} nodes");
    }
}
