using System;
using System.Buffers;
using System.Collections.Generic;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Where a tree is cut into the blocks that <see cref="BlockKernel"/> reads: such that there are as few as possible.</summary>
/// <remarks>
/// A block reaches three levels down from its top, and the tree's head five. Cutting wherever one ends would leave many blocks with a single split, at the
/// bottom of a tree that has grown unevenly. So what a subtree costs is found from the leaves upwards, for each number of levels that the piece
/// above it may reach into it; a split that would cost more within that piece begins a block.
/// </remarks>
internal sealed class BlockPlan
{
    private readonly List<int> _tops = [];
    private readonly List<int> _small = [];
    private readonly Stack<(int Split, int Levels)> _open = [];
    private Costs[] _costs = [];

    /// <summary>Where blocks begin.</summary>
    public TreeBlocks Cut(Tree tree)
    {
        _costs = ArrayPool<Costs>.Shared.Rent(tree.Nodes.Length);
        Price(tree);
        _tops.Clear();
        _small.Clear();
        _ = Share(tree, 0, BlockKernel.HeadLevels);
        int large = 0;
        for (int number = 0; number < _tops.Count; number++)
        {
            int top = _tops[number];
            int known = _tops.Count;
            if (Share(tree, top, SevenSplits.Levels) > 1 && _tops.Count == known)
            {
                _small.Add(top);
            }
            else
            {
                _tops[large++] = top;
            }
        }

        ArrayPool<Costs>.Shared.Return(_costs);
        _costs = [];
        _tops.RemoveRange(large, _tops.Count - large);
        return new TreeBlocks([.. _tops, .. _small], large);
    }

    /// <summary>Finds the costs of all splits, children before parents.</summary>
    private void Price(Tree tree)
    {
        int[] splits = ArrayPool<int>.Shared.Rent(tree.Nodes.Length / 2);
        splits[0] = 0;
        int count = 1;
        for (int next = 0; next < count; next++)
        {
            ref readonly Node node = ref tree.Nodes[splits[next]];
            foreach (int child in (ReadOnlySpan<int>)[node.Left, node.Right])
            {
                if (tree.Nodes[child].IsLeaf)
                {
                    _costs[child] = default;
                }
                else
                {
                    splits[count++] = child;
                }
            }
        }

        for (int next = count - 1; next >= 0; next--)
        {
            ref readonly Node node = ref tree.Nodes[splits[next]];
            _costs[splits[next]] = Costs.Of(_costs[node.Left], _costs[node.Right]);
        }

        ArrayPool<int>.Shared.Return(splits);
    }

    /// <summary>Gives a piece its splits, and notes those below it, which begin others.</summary>
    /// <returns>The levels of the lowest of its splits, itself and those that the piece would have below it.</returns>
    private int Share(Tree tree, int top, int levels)
    {
        int lowest = levels;
        _open.Push((top, levels));
        while (_open.TryPop(out (int Split, int Levels) above))
        {
            ref readonly Node node = ref tree.Nodes[above.Split];
            lowest = Math.Min(lowest, above.Levels);
            foreach (int child in (ReadOnlySpan<int>)[node.Left, node.Right])
            {
                if (tree.Nodes[child].IsLeaf)
                {
                    continue;
                }

                if (_costs[child].IsCut(above.Levels - 1))
                {
                    _tops.Add(child);
                }
                else
                {
                    _open.Push((child, above.Levels - 1));
                }
            }
        }

        return lowest;
    }

    /// <summary>The blocks that a subtree takes: no more than a link counts.</summary>
    /// <param name="Own">If its top begins one; 0 of a leaf.</param>
    /// <param name="One">Below the piece above it, if that reaches one level into it.</param>
    /// <param name="Two">The same of two levels.</param>
    /// <param name="Three">The same of three levels.</param>
    /// <param name="Four">The same of four levels.</param>
    private readonly record struct Costs(ushort Own, ushort One, ushort Two, ushort Three, ushort Four)
    {
        public static Costs Of(in Costs left, in Costs right)
        {
            int three = Math.Min(left.Own, left.Two) + Math.Min(right.Own, right.Two);
            return new(
                (ushort)(1 + three),
                (ushort)(left.Own + right.Own),
                (ushort)(Math.Min(left.Own, left.One) + Math.Min(right.Own, right.One)),
                (ushort)three,
                (ushort)(Math.Min(left.Own, left.Three) + Math.Min(right.Own, right.Three)));
        }

        /// <summary>Whether the subtree takes fewer blocks if its top begins one than if the piece above reaches so many levels into it.</summary>
        public bool IsCut(int levels) => levels switch
        {
            0 => true,
            1 => Own < One,
            2 => Own < Two,
            3 => Own < Three,
            _ => Own < Four,
        };
    }
}
