using System;
using System.Collections.Generic;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>How single rows will meet each tree.</summary>
internal sealed class RankPlan
{
    /// <summary>Two trees alone in a register take more than two heaps.</summary>
    private const int LeastShared = 3;

    /// <summary>A plan for the trees of closed groups, which are told how their rows are met.</summary>
    /// <param name="forest">The forest.</param>
    /// <param name="groups">The groups.</param>
    /// <param name="isDeep">Which trees are deep.</param>
    /// <param name="sets">How many splits of each tree test sets.</param>
    public RankPlan(Forest forest, IEnumerable<RankGroup> groups, bool[] isDeep, int[] sets)
    {
        Forms = new RowForm[forest.Trees.Length];
        foreach (RankGroup group in groups)
        {
            for (int index = group.FirstTree; index < group.EndTree; index++)
            {
                Forms[index] = FormOf(forest.Trees[index], group, isDeep[index], sets[index]);
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

        DecisionSpace space = new(SlotBits);
        foreach (RankGroup group in groups)
        {
            space.Open();
            for (int index = group.FirstTree; index < group.EndTree; index++)
            {
                _ = space.Place(Forms[index], forest.Trees[index].Depth);
                bool isWalked = Forms[index] == RowForm.Path;
                group.DecidesRows |= !isWalked;
                group.WalksRows |= isWalked && !isDeep[index];
                group.WalksSets |= isWalked && sets[index] > 0;
                DeepNodes += isDeep[index] ? forest.Trees[index].Nodes.Length : 0;
                WalkedNodes += isWalked && !isDeep[index] ? forest.Trees[index].Nodes.Length : 0;
            }
        }

        DecisionBytes = space.Bytes;
    }

    /// <summary>How single rows meet each tree.</summary>
    public RowForm[] Forms { get; }

    /// <summary>The logarithm of the entries that a tree has in a register of single rows: what the largest of them needs.</summary>
    public int SlotBits { get; }

    /// <summary>The bytes of all decisions, blocks aside.</summary>
    public int DecisionBytes { get; }

    /// <summary>Nodes of walked trees that are not deep.</summary>
    public int WalkedNodes { get; }

    /// <summary>Nodes of deep trees.</summary>
    public int DeepNodes { get; }

    private static RowForm FormOf(Tree tree, RankGroup group, bool isDeep, int sets)
    {
        if (!DecisionKernel.IsSupported || isDeep || tree.Leaves is not (LeafShape.Scalar or LeafShape.Linear) || group.RankColumns > DecisionKernel.MaxColumns)
        {
            return RowForm.Path;
        }

        // A heap of up to 32 places costs no more than its tree. Of 64 places half have to be leaves, because blocks look values
        // up by the same numbers; of more, three quarters: a register, or blocks, take less memory than holes.
        int depth = tree.Depth;
        int leaves = (tree.Nodes.Length + 1) / 2;
        int least = depth <= HeapKernel.NibbleLevels ? 0 : depth == 6 ? 32 : 3 << (depth - 2);
        if (sets == 0 && depth <= HeapKernel.MaxLevels && leaves > least)
        {
            return RowForm.Heap;
        }

        // A register is for several trees. One tree alone is better met in blocks, which know no sets.
        if (leaves <= (sets > 0 ? RegisterKernel.Entries : RegisterKernel.Entries / 2))
        {
            return RowForm.Register;
        }

        return sets == 0 ? RowForm.Blocks : RowForm.Path;
    }

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
    private bool IsHalfEmpty(Tree tree, int index) => Forms[index] == RowForm.Heap && tree.Depth is > SevenSplits.Levels and <= HeapKernel.NibbleLevels
        && tree.Nodes.Length < 1 << tree.Depth;
}
