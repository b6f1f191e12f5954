using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>What the splits of a tree ask, by its nodes. The buffers serve tree after tree.</summary>
/// <param name="masks">The masks of all trees.</param>
/// <param name="categories">The set tests of all trees.</param>
internal sealed class TreeSplits(MaskBuilder masks, CategoryBuilder categories)
{
    private SplitCompare[] _compares = [];
    private ushort[] _maskOf = [];
    private (ushort Column, int Number)[] _setOf = [];
    private RankGroup _group = null!;

    /// <summary>What numeric splits compare; of a set test <see cref="SplitCompare.Never"/>.</summary>
    public SplitCompare[] Compares => _compares;

    /// <summary>The masks of splits.</summary>
    public ushort[] MaskOf => _maskOf;

    /// <summary>The number of a set test among all: see <see cref="CategoryTable.FirstSet"/>.</summary>
    public int SetOf(int node) => _group.Categories[_setOf[node].Column].FirstSet + _setOf[node].Number;

    /// <summary>The column of codes of a set test, and its number among the sets of the column.</summary>
    public (int Column, int Number) ColumnSetOf(int node) => _setOf[node];

    /// <summary>Finds what a tree asks in closed columns.</summary>
    public void Find<T>(Tree tree, int index, RankColumns<T> columns, RankGroup group)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        _group = group;
        GrowingBuffer.Reserve(ref _compares, tree.Nodes.Length);
        GrowingBuffer.Reserve(ref _maskOf, tree.Nodes.Length);
        columns.Find(tree, index, _compares, masks, _maskOf);
        if (group.Sets == 0)
        {
            return;
        }

        GrowingBuffer.Reserve(ref _setOf, tree.Nodes.Length);
        if (tree.Nodes.Length < 2 * RegisterKernel.Entries)
        {
            // A register counts its splits from left to right, and takes the answers of its sets in that order.
            FindSetsFromLeft(tree, 0);
            return;
        }

        for (int node = 0; node < tree.Nodes.Length; node++)
        {
            FindSet(tree, node);
        }
    }

    /// <summary>At most 63 splits, so the recursion is bounded.</summary>
    private void FindSetsFromLeft(Tree tree, int index)
    {
        ref readonly Node node = ref tree.Nodes[index];
        if (!node.IsLeaf)
        {
            FindSetsFromLeft(tree, node.Left);
            FindSet(tree, index);
            FindSetsFromLeft(tree, node.Right);
        }
    }

    private void FindSet(Tree tree, int index)
    {
        ref readonly Node node = ref tree.Nodes[index];
        if (SplitSet.IsOne(node))
        {
            int column = _group.ColumnOf(node.Feature, SplitSet.RuleOf(node));
            int number = categories.Add(column, tree, index);
            _setOf[index] = ((ushort)column, number);
            _maskOf[index] = masks.OfSet(column, categories.MaskOf(column, tree, index, number));
            _compares[index] = SplitCompare.Never;
        }
    }
}
