using System;
using System.Collections.Generic;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>What the splits of a tree ask, by its nodes. The buffers serve tree after tree.</summary>
/// <param name="masks">The masks of all trees.</param>
/// <param name="sets">The sets of all trees.</param>
internal sealed class TreeSplits(MaskBuilder masks, SetBuilder sets)
{
    private SplitCompare[] _compares = [];
    private ushort[] _maskOf = [];
    private int[] _setOf = [];

    /// <summary>What numeric splits compare; of a set test <see cref="SplitCompare.Never"/>.</summary>
    public SplitCompare[] Compares => _compares;

    /// <summary>The masks of splits.</summary>
    public ushort[] MaskOf => _maskOf;

    /// <summary>The number of a set test among those of all trees; may be shorter where there is none.</summary>
    public int[] SetOf => _setOf;

    /// <summary>The set tests of all trees.</summary>
    public List<SetStep> SetSteps => masks.SetSteps;

    /// <summary>Finds what a tree asks in closed columns.</summary>
    public void Find<T>(Tree tree, int index, RankColumns<T> columns, RankGroup group)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        GrowingBuffer.Reserve(ref _compares, tree.Nodes.Length);
        GrowingBuffer.Reserve(ref _maskOf, tree.Nodes.Length);
        columns.Find(tree, index, _compares, masks, _maskOf);
        if (tree.CategorySets.Length > 0)
        {
            FindSets(tree, group);
        }
    }

    private void FindSets(Tree tree, RankGroup group)
    {
        GrowingBuffer.Reserve(ref _setOf, tree.Nodes.Length);
        for (int index = 0; index < tree.Nodes.Length; index++)
        {
            ref readonly Node node = ref tree.Nodes[index];
            if (!node.TestsCode)
            {
                continue;
            }

            bool truncates = node.Test == NodeTest.TruncatedCodeInSet;
            CodeColumn codes = default;
            foreach (ref readonly CodeColumn column in group.Codes.AsSpan())
            {
                codes = column.Feature == node.Feature && column.Truncates == truncates ? column : codes;
            }

            (_maskOf[index], _setOf[index]) = masks.Of(new SetStep { Codes = (ushort)codes.Codes, Set = sets.Add(tree, node, codes.Bound) });
            _compares[index] = SplitCompare.Never;
        }
    }
}
