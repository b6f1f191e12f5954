using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Cuts trees into tiles of up to three splits.</summary>
/// <remarks>
/// A tile costs its loads and stores, and each loop its start. The cheapest cut is found from the leaves upwards: a subtree's
/// cost is that of the best tile at its root and of the subtrees below that tile.
/// </remarks>
/// <param name="compare">The byte column and the threshold of a split, by its place in the tree.</param>
/// <param name="splits">How many splits will be cut into tiles.</param>
internal sealed class TileBuilder(Func<int, (int Column, int Threshold)> compare, int splits)
{
    // Cycles for a register of 64 rows, measured, the start of a loop of eight turns included.
    private const int SingleCost = 30;
    private const int PairCost = 40;
    private const int BothCost = 48;

    /// <summary>The splits of a tile in most trees, rounded down.</summary>
    private const int UsualSplits = 2;

    private readonly List<TreeTile> _tiles = new(splits / UsualSplits);
    private Tree _tree = null!;
    private int _root;
    private int[] _leafOf = [];
    private Cut[] _cuts = [];

    /// <summary>The tiles so far.</summary>
    public int Count => _tiles.Count;

    /// <summary>The most slots that a tree needs.</summary>
    public int Slots { get; private set; } = 1;

    /// <summary>Adds the tiles of a chunk that has splits, at most 255.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="root">The chunk's root.</param>
    /// <param name="leafOf">The number of each leaf and of each root of another chunk, by nodes; -1 for all other splits.</param>
    public void Add(Tree tree, int root, int[] leafOf)
    {
        _tree = tree;
        _root = root;
        _leafOf = leafOf;
        _cuts = _cuts.Length < tree.Nodes.Length ? new Cut[Math.Max(tree.Nodes.Length, 64)] : _cuts;
        Measure(root);
        AddTiles(root, 0);
    }

    /// <summary>The tiles of all trees.</summary>
    public AlignedArray<TreeTile> Build() => AlignedArray<TreeTile>.Of(CollectionsMarshal.AsSpan(_tiles));

    /// <summary>Finds the best cut of a subtree. At most 255 splits, so the recursion is bounded.</summary>
    private void Measure(int index)
    {
        if (IsEnd(index))
        {
            _cuts[index] = default;
            return;
        }

        ref readonly Node node = ref _tree.Nodes[index];
        Measure(node.Left);
        Measure(node.Right);
        ref readonly Cut left = ref _cuts[node.Left];
        ref readonly Cut right = ref _cuts[node.Right];
        int below = left.Cost + right.Cost;
        (TileShape shape, int cost) = (TileShape.Single, SingleCost + below);
        if (left.Splits > 0 && PairCost + left.Below + right.Cost < cost)
        {
            (shape, cost) = (TileShape.Left, PairCost + left.Below + right.Cost);
        }

        if (right.Splits > 0 && PairCost + left.Cost + right.Below < cost)
        {
            (shape, cost) = (TileShape.Right, PairCost + left.Cost + right.Below);
        }

        if (left.Splits > 0 && right.Splits > 0 && BothCost + left.Below + right.Below < cost)
        {
            (shape, cost) = (TileShape.Both, BothCost + left.Below + right.Below);
        }

        _cuts[index] = new Cut(shape, (byte)(1 + left.Splits + right.Splits), cost, below);
    }

    /// <summary>Whether the chunk ends at a node: a leaf, or where another chunk begins.</summary>
    private bool IsEnd(int index) => _leafOf[index] >= 0 && index != _root;

    /// <summary>Adds a subtree's tiles and returns its operand. At most 255 splits, so the recursion is bounded.</summary>
    private int AddTiles(int index, int slot)
    {
        ref readonly Node node = ref _tree.Nodes[index];
        Slots = Math.Max(Slots, slot + 1);
        (int left, int right) = (node.Left, node.Right);
        TileShape shape = _cuts[index].Shape;
        Span<int> below = stackalloc int[4];
        int count = 0;
        Hang(left, shape is TileShape.Left or TileShape.Both, below, ref count);
        Hang(right, shape is TileShape.Right or TileShape.Both, below, ref count);
        AddOperands(below[..count], slot);
        (int column, int threshold) = compare(index);
        (int firstColumn, int firstThreshold) = shape == TileShape.Single ? default : compare(shape == TileShape.Right ? right : left);
        (int secondColumn, int secondThreshold) = shape == TileShape.Both ? compare(right) : default;
        _tiles.Add(new TreeTile
        {
            Shape = shape,
            Target = (ushort)TreeTile.Slot(slot),
            Threshold = (sbyte)threshold,
            FirstThreshold = (sbyte)firstThreshold,
            SecondThreshold = (sbyte)secondThreshold,
            Column = (ushort)column,
            FirstColumn = (ushort)firstColumn,
            SecondColumn = (ushort)secondColumn,
            A = (ushort)below[0],
            B = (ushort)below[1],
            C = (ushort)below[2],
            D = (ushort)below[3],
        });
        return TreeTile.Slot(slot);
    }

    /// <summary>Lists what hangs below a tile on one side, from left to right.</summary>
    private void Hang(int child, bool isInTile, Span<int> below, ref int count)
    {
        if (!isInTile)
        {
            below[count++] = child;
            return;
        }

        below[count++] = _tree.Nodes[child].Left;
        below[count++] = _tree.Nodes[child].Right;
    }

    /// <summary>Puts operands in the place of nodes, the largest subtree first: the answers that wait then fit into few slots.</summary>
    private void AddOperands(Span<int> below, int slot)
    {
        Span<int> splits = stackalloc int[below.Length];
        for (int i = 0; i < below.Length; i++)
        {
            splits[i] = _cuts[below[i]].Splits;
            below[i] = splits[i] == 0 ? TreeTile.Leaf((byte)_leafOf[below[i]]) : below[i];
        }

        while (true)
        {
            int largest = 0;
            for (int i = 1; i < splits.Length; i++)
            {
                largest = splits[i] > splits[largest] ? i : largest;
            }

            if (splits[largest] == 0)
            {
                return;
            }

            splits[largest] = 0;
            below[largest] = AddTiles(below[largest], slot++);
        }
    }

    /// <summary>How a subtree is cut.</summary>
    /// <param name="Shape">The tile at its root.</param>
    /// <param name="Splits">Its splits; 0 where the chunk ends.</param>
    /// <param name="Cost">What all of its tiles cost.</param>
    /// <param name="Below">What its two children cost, each cut for itself.</param>
    private readonly record struct Cut(TileShape Shape, byte Splits, int Cost, int Below);
}
