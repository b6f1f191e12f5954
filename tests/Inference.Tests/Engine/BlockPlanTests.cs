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

            int[] tops = new BlockPlan().Cut(tree).Tops;

            Assert.True(Reaches(tree, [.. tops]), $"blocks at {string.Join(", ", tops)} leave splits out");
            Assert.Equal(fewest, tops.Length);
        },
        share: 100);

    [Fact]
    public void Small_blocks_have_two_levels_and_stand_behind_all_others() => Law.Holds(
        random =>
        {
            Tree tree = Grow(random, 2 + random.Next(200));
            TreeBlocks blocks = new BlockPlan().Cut(tree);
            int[] placeOf = new int[tree.Nodes.Length];
            for (int place = 0; place < blocks.Tops.Length; place++)
            {
                placeOf[blocks.Tops[place]] = place + 1;
            }

            for (int place = 0; place < blocks.Tops.Length; place++)
            {
                (int levels, int[] below) = Piece(tree, blocks.Tops[place], placeOf);
                Assert.Equal(levels <= 2 && below.Length == 0, place >= blocks.Large);
                Assert.All(below, number => Assert.True(number > place, "links lead on, not back"));
            }
        },
        share: 100);

    /// <summary>The levels of a block, and the places of the blocks right below it.</summary>
    private static (int Levels, int[] Below) Piece(Tree tree, int top, int[] placeOf)
    {
        List<int> below = [];
        return (Levels(top, isTop: true), [.. below]);

        int Levels(int index, bool isTop)
        {
            if (!isTop && placeOf[index] > 0)
            {
                below.Add(placeOf[index] - 1);
                return 0;
            }

            ref readonly Node node = ref tree.Nodes[index];
            return node.IsLeaf ? 0 : 1 + Math.Max(Levels(node.Left, isTop: false), Levels(node.Right, isTop: false));
        }
    }

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
        return Within(0, BlockKernel.HeadLevels);

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
