using System.Collections.Generic;
using Inference.Forests;

namespace Inference.Backends;

/// <summary>How deep trees are.</summary>
internal static class TreeDepth
{
    /// <summary>The splits on the longest way to a leaf of any tree.</summary>
    public static int Deepest(Forest forest)
    {
        int deepest = 0;
        Stack<(int Node, int Depth)> open = [];
        foreach (Tree tree in forest.Trees)
        {
            open.Push((0, 0));
            while (open.TryPop(out (int Node, int Depth) next))
            {
                ref readonly Node node = ref tree.Nodes[next.Node];
                if (node.IsLeaf)
                {
                    deepest = int.Max(deepest, next.Depth);
                }
                else
                {
                    open.Push((node.Left, next.Depth + 1));
                    open.Push((node.Right, next.Depth + 1));
                }
            }
        }

        return deepest;
    }
}
