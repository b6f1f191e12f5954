using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Inference.Engine.Ranks;
using Inference.Forests;
using Inference.Kernels;
using Inference.Tests.Properties;
using Xunit;

namespace Inference.Tests.Engine;

/// <summary>Trees are cut into blocks that reach every split, and into no more than the best of all ways to cut them.</summary>
public sealed class BlockPlanTests
{
    [Fact]
    public void No_way_to_cut_a_tree_takes_fewer_blocks() => Law.Holds(
        random =>
        {
            Tree tree = Grow(random, 2 + random.Next(13));
            int[] splits = [.. Enumerable.Range(0, tree.Nodes.Length).Where(node => !tree.Nodes[node].IsLeaf)];
            int fewest = Enumerable.Range(0, 1 << (splits.Length - 1))
                .Where(chosen => Reaches(tree, [.. splits[1..].Where((_, bit) => (chosen >> bit & 1) != 0)]))
                .Min(chosen => BitOperations.PopCount((uint)chosen));

            int[] tops = new BlockPlan().Cut(tree);

            Assert.True(Reaches(tree, [.. tops]), $"blocks at {string.Join(", ", tops)} leave splits out");
            Assert.Equal(fewest, tops.Length);
        },
        share: 100);

    /// <summary>Leaf by leaf: most often the last one, so that trees become deep.</summary>
    private static Tree Grow(Random random, int leaves)
    {
        List<Node> nodes = [Node.Leaf(0, 0)];
        List<int> open = [0];
        while (open.Count < leaves)
        {
            int at = random.Next(4) == 0 ? random.Next(open.Count) : open.Count - 1;
            nodes[open[at]] = new Node { Test = NodeTest.Less, Left = nodes.Count, Right = nodes.Count + 1 };
            open.RemoveAt(at);
            open.AddRange([nodes.Count, nodes.Count + 1]);
            nodes.AddRange([Node.Leaf(0, 0), Node.Leaf(0, 0)]);
        }

        return new Tree { Nodes = [.. nodes] };
    }

    /// <summary>Whether every split is within the levels of the piece above it, where blocks begin at some of them.</summary>
    private static bool Reaches(Tree tree, HashSet<int> tops)
    {
        return Within(0, BlockKernel.RootLevels);

        bool Within(int node, int levels)
        {
            if (tree.Nodes[node].IsLeaf)
            {
                return true;
            }

            levels = tops.Contains(node) ? SevenSplits.Levels : levels;
            return levels > 0 && Within(tree.Nodes[node].Left, levels - 1) && Within(tree.Nodes[node].Right, levels - 1);
        }
    }
}
