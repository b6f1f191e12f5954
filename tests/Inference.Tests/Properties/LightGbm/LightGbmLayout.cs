using System;
using System.Collections.Generic;
using System.Linq;
using Inference.Tests.Properties.Drafts;

namespace Inference.Tests.Properties.LightGbm;

/// <summary>The numbers that LightGBM gives to a tree's splits and, apart from them, to its leaves.</summary>
internal sealed record LightGbmLayout(Dictionary<DraftNode, int> Splits, Dictionary<DraftNode, int> Leaves)
{
    /// <summary>The layout of a tree. Layout 0 is depth first; others number in any order, as leaf-wise training does.</summary>
    public static LightGbmLayout Of(DraftTree tree)
    {
        List<DraftNode> nodes = tree.Root.DepthFirst();
        List<DraftNode> splits = [.. nodes.Where(node => !node.IsLeaf)];
        List<DraftNode> leaves = [.. nodes.Where(node => node.IsLeaf)];
        if (tree.Layout != 0)
        {
            // The root is the first split; any split may come before its parent otherwise.
            Random random = new(tree.Layout);
            splits = [.. splits.Take(1), .. splits.Skip(1).OrderBy(_ => random.Next())];
            leaves = [.. leaves.OrderBy(_ => random.Next())];
        }

        return new LightGbmLayout(DraftNode.Number(splits), DraftNode.Number(leaves));
    }

    /// <summary>The splits in the order of their numbers.</summary>
    public DraftNode[] SplitNodes() => [.. Splits.OrderBy(pair => pair.Value).Select(pair => pair.Key)];

    /// <summary>The leaves in the order of their numbers.</summary>
    public DraftNode[] LeafNodes() => [.. Leaves.OrderBy(pair => pair.Value).Select(pair => pair.Key)];
}
