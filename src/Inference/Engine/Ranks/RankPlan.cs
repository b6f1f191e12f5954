using System;
using System.Collections.Generic;
using System.Numerics;
using System.Runtime.CompilerServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>How each tree will be laid out, and what all of them together take.</summary>
/// <typeparam name="TScore">float or double, the model's precision.</typeparam>
internal sealed class RankPlan<TScore>
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    private const int LineBytes = 64;

    /// <summary>Two trees alone in a register take more than two heaps.</summary>
    private const int LeastShared = 3;

    private readonly int _outputs;
    private readonly byte[] _codeBits;
    private readonly TreeBlocks[]? _blocks;
    private readonly Cube[] _codes;
    private int _nextCode;
    private int _valuesUsed;

    /// <summary>A plan for the trees of closed groups.</summary>
    public RankPlan(Forest forest, List<RankGroup> groups, bool[] isDeep)
    {
        _outputs = forest.OutputCount;
        Depths = new int[forest.Trees.Length];
        Forms = new RowForm[forest.Trees.Length];
        Chunks = new int[forest.Trees.Length][];
        Stack<(int Node, int Depth)> open = [];
        _codeBits = new byte[forest.Trees.Length];
        long nodes = 0;
        for (int index = 0; index < forest.Trees.Length; index++)
        {
            nodes += HasCodes(forest.Trees[index], isDeep[index]) ? forest.Trees[index].Nodes.Length : 0;
        }

        _codes = new Cube[nodes];
        LeafCodes codes = new();
        BlockPlan blocks = new();
        foreach (RankGroup group in groups)
        {
            for (int index = group.FirstTree; index < group.EndTree; index++)
            {
                Tree tree = forest.Trees[index];
                Depths[index] = DepthOf(tree, open);
                Forms[index] = DecisionBuilder<TScore>.FormOf(tree, group, isDeep[index], Depths[index], SplitSet.CountIn(tree));
            }
        }

        SlotBits = RegisterKernel.SlotBitsFor(MostLeaves(forest));
        if (RegisterKernel.SlotsOf(SlotBits) > 2)
        {
            foreach (RankGroup group in groups)
            {
                ShareRegisters(forest, group);
            }

            SlotBits = RegisterKernel.SlotBitsFor(MostLeaves(forest));
        }

        DecisionSpace decisions = new(SlotBits);
        foreach (RankGroup group in groups)
        {
            decisions.Open();
            for (int index = group.FirstTree; index < group.EndTree; index++)
            {
                Tree tree = forest.Trees[index];
                Chunks[index] = isDeep[index] ? [] : ChunkPlan.Cut(tree);
                if (Forms[index] == RowForm.Blocks)
                {
                    _blocks ??= new TreeBlocks[forest.Trees.Length];
                    _blocks[index] = blocks.Cut(tree);
                }

                group.WalksRows |= !isDeep[index] && Forms[index] == RowForm.Path;
                group.WalksSets |= Forms[index] == RowForm.Path && SplitSet.CountIn(tree) > 0;
                _ = decisions.Place(Forms[index], tree, Depths[index], BlocksOf(index).Bytes);
                if (HasCodes(tree, isDeep[index]))
                {
                    ArraySegment<Cube> own = NextCodes(tree, false);
                    Steps = checked(Steps + codes.Assign(tree, Chunks[index], Forms[index], Depths[index], own) + (Chunks[index].Length * PlaneStep.CodeSteps));
                    _codeBits[index] = own[0].Bits;
                }

                Add(tree, index, isDeep[index]);
            }
        }

        _nextCode = 0;
        (DecisionBytes, BlockBytes) = (decisions.Bytes, decisions.BlockBytes);
    }

    /// <summary>The splits on the longest path of each tree.</summary>
    public int[] Depths { get; }

    /// <summary>How single rows meet each tree.</summary>
    public RowForm[] Forms { get; }

    /// <summary>The roots of each tree's chunks; none of deep trees.</summary>
    public int[][] Chunks { get; }

    /// <summary>The logarithm of the entries that a tree has in a register of single rows: what the largest of them needs.</summary>
    public int SlotBits { get; }

    /// <summary>Steps of all trees.</summary>
    public int Steps { get; }

    /// <summary>Chunks of all trees that have more than one.</summary>
    public int ChunkCount { get; private set; }

    /// <summary>Nodes of walked trees that are not deep.</summary>
    public int Nodes { get; private set; }

    /// <summary>Nodes of deep trees.</summary>
    public int DeepNodes { get; private set; }

    /// <summary>Bytes of decisions.</summary>
    public int DecisionBytes { get; }

    /// <summary>Bytes of blocks.</summary>
    public int BlockBytes { get; }

    /// <summary>Leaf values.</summary>
    public int Values { get; private set; }

    /// <summary>What <see cref="LeafCodes"/> says of the nodes of the next tree, in their order; nothing of deep trees and lone leaves.</summary>
    public ArraySegment<Cube> NextCodes(Tree tree, bool isDeep)
    {
        int first = _nextCode;
        _nextCode += HasCodes(tree, isDeep) ? tree.Nodes.Length : 0;
        return new(_codes, first, _nextCode - first);
    }

    /// <summary>A tree's blocks, if it is met in blocks.</summary>
    public TreeBlocks BlocksOf(int index) => Forms[index] == RowForm.Blocks ? _blocks![index] : TreeBlocks.None;

    /// <summary>How the leaves of a tree that has codes are numbered.</summary>
    public LeafOrder OrderOf(Tree tree, int index, bool isDeep) =>
        HasCodes(tree, isDeep) ? LeafCodes.OrderOf(tree, Forms[index], Depths[index]) : LeafOrder.Codes;

    /// <summary>The numbers of a tree's leaves, one more than the largest.</summary>
    public int LeafNumbers(Tree tree, int index, bool isDeep) => Chunks[index].Length > 1 ? Chunks[index].Length * SumKernel.ChunkLength
        : isDeep || OrderOf(tree, index, isDeep) != LeafOrder.Codes ? (tree.Nodes.Length + 1) / 2
        : 1 << _codeBits[index];

    /// <summary>The length of a table of a tree's leaf values: one alone, or what the look-ups of a block read.</summary>
    public int ValueLength(Tree tree, int index, bool isDeep)
    {
        int numbers = LeafNumbers(tree, index, isDeep);
        return isDeep || numbers == 1 || numbers > SumKernel.ChunkLength ? numbers : SumKernel.TableLength(numbers);
    }

    /// <summary>Where a tree's leaf values start, behind so many: such that no fewer cache lines could hold them, if the array begins with one.</summary>
    public int ValueStart(Tree tree, int index, bool isDeep, int used)
    {
        int line = LineBytes / Unsafe.SizeOf<TScore>();
        int alignment = Math.Min(line, (int)BitOperations.RoundUpToPowerOf2((uint)LeafNumbers(tree, index, isDeep)));
        return checked(used + alignment - 1) / alignment * alignment;
    }

    /// <summary>The entries that a tree's leaf values take: what a look-up reads behind them may be the next tree's.</summary>
    public int ValueRoom(Tree tree, int index, bool isDeep) =>
        checked(((Tables(tree) - 1) * ValueLength(tree, index, isDeep)) + LeafNumbers(tree, index, isDeep));

    /// <summary>The leaves of the largest tree in a register.</summary>
    private int MostLeaves(Forest forest)
    {
        int most = 1;
        for (int index = 0; index < forest.Trees.Length; index++)
        {
            most = Forms[index] == RowForm.Register ? Math.Max(most, (forest.Trees[index].Nodes.Length + 1) / 2) : most;
        }

        return most;
    }

    /// <summary>Puts heaps that are half empty into registers where enough neighbours share one: it is found sooner than as many heaps, and has no holes.</summary>
    private void ShareRegisters(Forest forest, RankGroup group)
    {
        for (int first = group.FirstTree, end; first < group.EndTree; first = end + 1)
        {
            end = first;
            while (end < group.EndTree && (Forms[end] == RowForm.Register || IsHalfEmpty(forest.Trees[end], end)))
            {
                end++;
            }

            if (end - first >= LeastShared)
            {
                Forms.AsSpan(first, end - first).Fill(RowForm.Register);
            }
        }
    }

    /// <summary>Whether a tree is a heap of as many places as a register has slots for, at most half of them leaves.</summary>
    private bool IsHalfEmpty(Tree tree, int index) => Forms[index] == RowForm.Heap && Depths[index] is > SevenSplits.Levels and <= HeapKernel.NibbleLevels
        && tree.Nodes.Length < 1 << Depths[index];

    private static int DepthOf(Tree tree, Stack<(int Node, int Depth)> open)
    {
        int deepest = 0;
        open.Push((0, 0));
        while (open.TryPop(out (int Node, int Depth) top))
        {
            (int index, int depth) = top;
            while (!tree.Nodes[index].IsLeaf)
            {
                depth++;
                open.Push((tree.Nodes[index].Right, depth));
                index = tree.Nodes[index].Left;
            }

            deepest = Math.Max(deepest, depth);
        }

        return deepest;
    }

    private static bool HasCodes(Tree tree, bool isDeep) => !isDeep && tree.Nodes.Length > 1;

    private int Tables(Tree tree) => tree.Leaves == LeafShape.Vector ? _outputs : 1;

    private void Add(Tree tree, int index, bool isDeep)
    {
        int start = ValueStart(tree, index, isDeep, _valuesUsed);
        _valuesUsed = checked(start + ValueRoom(tree, index, isDeep));
        Values = Math.Max(Math.Max(Values, _valuesUsed), checked(start + (ValueLength(tree, index, isDeep) * Tables(tree))));
        ChunkCount += Chunks[index].Length > 1 ? Chunks[index].Length : 0;
        DeepNodes += isDeep ? tree.Nodes.Length : 0;
        Nodes += !isDeep && Forms[index] == RowForm.Path ? tree.Nodes.Length : 0;
    }
}
