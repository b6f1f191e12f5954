using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Runtime.InteropServices;
using Inference.Engine.Ranks;
using Inference.Forests;
using Inference.Kernels;
using Inference.Tests.Properties;
using Xunit;

namespace Inference.Tests.Engine;

/// <summary>Trees are cut into blocks that reach every split, and into no more than the best of all ways to cut them.</summary>
public sealed class BlockBuilderTests
{
    [Fact]
    public void No_way_to_cut_a_tree_takes_fewer_blocks() => Law.Holds(
        random =>
        {
            Tree tree = GrownTree.Of(random, 2 + random.Next(13));
            int[] splits = [.. Enumerable.Range(0, tree.Nodes.Length).Where(node => !tree.Nodes[node].IsLeaf)];
            int fewest = Enumerable.Range(0, 1 << (splits.Length - 1))
                .Where(chosen => Reaches(tree, [.. splits[1..].Where((_, bit) => (chosen >> bit & 1) != 0)]))
                .Min(chosen => BitOperations.PopCount((uint)chosen));

            Assert.Equal(fewest, new Pieces(tree).Blocks.Count);
        },
        share: 100);

    [Fact]
    public void Blocks_lead_to_the_trees_leaves_by_its_splits() => Law.Holds(
        random =>
        {
            Tree tree = GrownTree.Of(random, 2 + random.Next(200));
            Pieces pieces = new(tree);
            Assert.Equal(tree.Nodes.Length / 2, pieces.Splits);
            Assert.All(pieces.Leaves, leaf => Assert.Equal(pieces.Expected[leaf.Way], leaf.Node));
            Assert.Equal(pieces.Expected.Count, pieces.Leaves.Count);
        },
        share: 100);

    [Fact]
    public void Small_blocks_have_two_levels_and_stand_behind_all_others() => Law.Holds(
        random =>
        {
            Pieces pieces = new(GrownTree.Of(random, 2 + random.Next(200)));
            Assert.All(pieces.Blocks, block =>
            {
                Assert.Equal(block.Value.Levels <= 2 && block.Value.Below.Count == 0, block.Key >= pieces.LargeBytes);
                Assert.All(block.Value.Below, below => Assert.True(below > block.Key, "links lead on, not back"));
            });
        },
        share: 100);

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

    /// <summary>The pieces of a tree, read back. Each split compares its own number.</summary>
    private sealed class Pieces
    {
        private readonly byte[] _head = new byte[BlockKernel.HeadBytes];
        private readonly byte[] _blocks;
        private readonly BlockBuilder _builder = new();

        public Pieces(Tree tree)
        {
            TreeShape shape = new();
            shape.Read(tree);
            SplitCompare[] compares = [.. Enumerable.Range(0, shape.Splits).Select(split => new SplitCompare((ushort)split, 0))];
            LayoutWriter<byte> blocks = new(0);
            _builder.Build(shape, compares, [.. Enumerable.Range(shape.Splits, shape.Leaves).Select(CodeEnd.Numbered)], _head, blocks);
            _blocks = blocks.Build().Span.ToArray();
            LargeBytes = _builder.LargeBytes;
            List(tree, 0, "");
            Follow(_head, BlockKernel.HeadLevels, 1, "", 0);
        }

        public int LargeBytes { get; }

        /// <summary>The levels of each block and the blocks right below it, by their first bytes.</summary>
        public SortedDictionary<int, (int Levels, List<int> Below)> Blocks { get; } = [];

        /// <summary>The leaves, by the splits on the way and its turns.</summary>
        public List<(string Way, int Node)> Leaves { get; } = [];

        public Dictionary<string, int> Expected { get; } = [];

        public int Splits { get; private set; }

        private void List(Tree tree, int node, string way)
        {
            if (tree.Nodes[node].IsLeaf)
            {
                Expected.Add(way, node);
                return;
            }

            List(tree, tree.Nodes[node].Left, $"{way}<{node}");
            List(tree, tree.Nodes[node].Right, $"{way}>{node}");
        }

        /// <summary>Goes on from an entry of a piece, and says how many levels of it that has below.</summary>
        private int Follow(ReadOnlySpan<byte> piece, int levels, int entry, string way, int start)
        {
            int level = BitOperations.Log2((uint)entry);
            if (level < levels)
            {
                (int column, int threshold) = HeapKernel.PlaceOf(entry, level, levels);
                if (piece[threshold] == (byte)SplitCompare.Never.Threshold)
                {
                    // Every row goes left.
                    return Follow(piece, levels, 2 * entry, way, start);
                }

                Splits++;
                int left = Follow(piece, levels, 2 * entry, $"{way}<{piece[column]}", start);
                return 1 + Math.Max(left, Follow(piece, levels, (2 * entry) + 1, $"{way}>{piece[column]}", start));
            }

            bool isHead = levels == BlockKernel.HeadLevels;
            ReadOnlySpan<ushort> links = MemoryMarshal.Cast<byte, ushort>(piece[(isHead ? BlockKernel.HeadLinks : BlockKernel.Links)..]);
            int link = links[entry - (1 << levels)];
            if (link < BlockKernel.IsBlock)
            {
                Leaves.Add((way, link));
                return 0;
            }

            int block = start + ((link - BlockKernel.IsBlock) * BlockKernel.LinkUnit);
            if (!isHead)
            {
                Blocks[start].Below.Add(block);
            }

            Blocks.Add(block, (0, []));
            int bytes = block < LargeBytes ? BlockKernel.Bytes : BlockKernel.SmallBytes;
            Blocks[block] = (Follow(_blocks.AsSpan(block, bytes), SevenSplits.Levels, 1, way, block), Blocks[block].Below);
            return 0;
        }
    }
}
