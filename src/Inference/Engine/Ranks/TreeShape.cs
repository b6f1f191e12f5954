using System.Collections.Generic;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>What the splits of a tree form.</summary>
/// <param name="Depth">The splits on the longest path.</param>
/// <param name="Blocks">The blocks that <see cref="BlockKernel"/> reads: the splits on each third level, the first of them below its root's.</param>
internal readonly record struct TreeShape(int Depth, int Blocks)
{
    /// <summary>The shape of a tree.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="open">An empty stack, and so it stays.</param>
    public static TreeShape Of(Tree tree, Stack<(int Node, int Depth)> open)
    {
        int deepest = 0;
        int blocks = 0;
        open.Push((0, 0));
        while (open.TryPop(out (int Node, int Depth) top))
        {
            deepest = int.Max(deepest, top.Depth);
            ref readonly Node node = ref tree.Nodes[top.Node];
            if (!node.IsLeaf)
            {
                blocks += top.Depth >= BlockKernel.RootLevels && (top.Depth - BlockKernel.RootLevels) % SevenSplits.Levels == 0 ? 1 : 0;
                open.Push((node.Left, top.Depth + 1));
                open.Push((node.Right, top.Depth + 1));
            }
        }

        return new(deepest, blocks);
    }
}
