using System;
using System.Numerics;
using Inference.Forests;

namespace Inference.Engine.Walk;

/// <summary>One tree laid out for walking.</summary>
/// <typeparam name="T">float or double, the model's precision.</typeparam>
/// <remarks>
/// <para>
/// Every numeric test becomes <c>x &lt; t</c>: <c>x &lt;= t</c> is <c>x &lt; next(t)</c>, the next representable number,
/// and what a NaN does is known when the tree is packed: the default direction, or, where NaN counts as zero, the
/// direction of zero. So a step is one load, one compare and one add, with no branch on the outcome.
/// </para>
/// <para>Anything else (category sets, zero as missing, equality) is marked special and asks the original node.</para>
/// </remarks>
internal sealed class WalkTree<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly WalkNode<T>[] _nodes;

    /// <summary>Packs a tree.</summary>
    public WalkTree(Tree tree)
    {
        Tree = tree;
        _nodes = Pack(tree);
    }

    /// <summary>The tree as it was imported.</summary>
    public Tree Tree { get; }

    /// <summary>The packed nodes.</summary>
    public int Count => _nodes.Length;

    /// <summary>
    /// The leaf of a row whose values are already as the model sees them, as an index into the original nodes. Features
    /// beyond the row's end are missing; asking is what a bounds check would do anyway.
    /// </summary>
    public int FindLeaf(ReadOnlySpan<T> row)
    {
        WalkNode<T>[] nodes = _nodes;
        int index = 0;
        while (true)
        {
            ref readonly WalkNode<T> node = ref nodes[index];
            if (node.Left == 0)
            {
                return node.Original;
            }

            int feature = node.FeatureAndFlags & WalkNode<T>.FeatureMask;
            T value = (uint)feature < (uint)row.Length ? row[feature] : T.NaN;
            bool goesLeft = (node.FeatureAndFlags & WalkNode<T>.Special) == 0
                ? value < node.Threshold || (T.IsNaN(value) && node.FeatureAndFlags < 0)
                : Reference.GoesLeft(Tree, Tree.Nodes[node.Original], double.CreateTruncating(value));
            index = node.Left + (goesLeft ? 0 : 1);
        }
    }

    private static WalkNode<T>[] Pack(Tree tree)
    {
        // Breadth first: the top of the tree, which every row reads, lies together.
        int[] order = new int[tree.Nodes.Length];
        WalkNode<T>[] packed = new WalkNode<T>[tree.Nodes.Length];
        int next = 1;
        int count = 1;
        for (int place = 0; place < count; place++)
        {
            ref readonly Node node = ref tree.Nodes[order[place]];
            if (node.IsLeaf)
            {
                packed[place].Original = order[place];
                continue;
            }

            packed[place] = PackSplit(node, order[place], next);
            order[next++] = node.Left;
            order[next++] = node.Right;
            count += 2;
        }

        return count == packed.Length ? packed : packed[..count];
    }

    private static WalkNode<T> PackSplit(in Node node, int original, int left)
    {
        T threshold = T.CreateTruncating(node.Value);
        bool isNumeric = node.Missing != MissingRule.ZeroGoesDefault
            && (node.Test == NodeTest.Less || (node.Test == NodeTest.LessOrEqual && !T.IsPositiveInfinity(threshold)));
        if (!isNumeric)
        {
            return new() { FeatureAndFlags = node.Feature | WalkNode<T>.Special, Left = left, Original = original };
        }

        if (node.Test == NodeTest.LessOrEqual)
        {
            threshold = T.BitIncrement(threshold);
        }

        bool nanLeft = node.Missing == MissingRule.NaNIsZero ? T.Zero < threshold : node.DefaultLeft;
        return new() { Threshold = threshold, FeatureAndFlags = node.Feature | (nanLeft ? WalkNode<T>.NaNLeft : 0), Left = left, Original = original };
    }
}
