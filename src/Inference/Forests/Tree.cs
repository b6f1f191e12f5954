using System;
using System.Buffers;

namespace Inference.Forests;

/// <summary>What the leaves of a tree hold.</summary>
internal enum LeafShape : byte
{
    /// <summary>One value, <see cref="Node.Value"/>, for the tree's output.</summary>
    Scalar,

    /// <summary>One value for every output of the model: row <see cref="Node.Index"/> of <see cref="Tree.LeafVectors"/>.</summary>
    Vector,

    /// <summary>Values for named outputs: entry <see cref="Node.Index"/> of <see cref="Tree.LeafTargets"/>.</summary>
    Targets,

    /// <summary>A linear model of the row: entry <see cref="Node.Index"/> of <see cref="Tree.LinearLeaves"/>.</summary>
    Linear,
}

/// <summary>What training knew of a node.</summary>
/// <param name="Cover">The weight of the training rows that reached the node: XGBoost's sum of hessians, LightGBM's count.</param>
/// <param name="Gain">The loss that the split saved; 0 for a leaf.</param>
internal readonly record struct NodeStatistics(double Cover, double Gain);

/// <summary>A value that a leaf adds to one output.</summary>
internal readonly record struct LeafTarget(int Output, double Value);

/// <summary>LightGBM's linear leaf: <c>Constant + sum of Coefficients[i] * x[Features[i]]</c>; the plain leaf value where a feature is NaN.</summary>
internal sealed record LinearLeaf(double Constant, int[] Features, double[] Coefficients);

/// <summary>One decision tree of a <see cref="Forest"/>.</summary>
/// <remarks>
/// Node 0 is the root, and every node is reached from it. Splits come first, each behind its parent, and behind all of them the leaves, as the file counts
/// them: what is asked of all splits is one loop, forwards from the root or backwards from the leaves. <see cref="Arranged"/> brings a tree into this order.
/// </remarks>
internal sealed class Tree
{
    private int _depth = -1;

    /// <summary>Splits, and leaves behind them.</summary>
    public required Node[] Nodes { get; init; }

    /// <summary>The splits.</summary>
    public ReadOnlySpan<Node> Splits => Nodes.AsSpan(0, Nodes.Length / 2);

    /// <summary>The splits on the longest way to a leaf; found when it is first asked for, unless somebody has found it before.</summary>
    public int Depth
    {
        get => _depth < 0 ? _depth = FindDepth() : _depth;
        set => _depth = value;
    }

    /// <summary>How many more nodes the file keeps, which the root does not reach: XGBoost's pruning leaves some behind.</summary>
    public int StrayNodes { get; init; }

    /// <summary>Cover and gain of each node, parallel to <see cref="Nodes"/>; <see langword="null"/> where the format stores none.</summary>
    public NodeStatistics[]? Statistics { get; init; }

    /// <summary>The output (class, target) that scalar leaves add to.</summary>
    public int Output { get; init; }

    /// <summary>The factor of every leaf value, multiplied in the model's precision when it is added: dart's weight. 1 elsewhere.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>What the leaves hold.</summary>
    public LeafShape Leaves { get; init; }

    /// <summary>Vector leaves, row-major (leaf, output).</summary>
    public double[] LeafVectors { get; init; } = [];

    /// <summary>Leaves with named outputs.</summary>
    public LeafTarget[][] LeafTargets { get; init; } = [];

    /// <summary>Linear leaves.</summary>
    public LinearLeaf[] LinearLeaves { get; init; } = [];

    /// <summary>The sets of category codes that splits test.</summary>
    public CategorySet[] CategorySets { get; init; } = [];

    /// <summary>The sets of exact values that splits test, each ascending and without NaN.</summary>
    public double[][] ValueSets { get; init; } = [];

    /// <summary>The same tree in the order that engines rely on.</summary>
    /// <remarks>Nodes that the root does not reach are left out. Leaves follow each other as before, and so do splits unless one stands before its parent.</remarks>
    public Tree Arranged()
    {
        int[] order = ArrayPool<int>.Shared.Rent(Nodes.Length);
        int[] places = ArrayPool<int>.Shared.Rent(Nodes.Length);
        int count = OrderFromRoot(order);
        for (int place = 0; place < count; place++)
        {
            places[order[place]] = place;
        }

        Node[] nodes = new Node[count];
        NodeStatistics[]? statistics = Statistics is null ? null : new NodeStatistics[count];
        for (int place = 0; place < count; place++)
        {
            Node node = Nodes[order[place]];
            nodes[place] = node.IsLeaf ? node : node with { Left = places[node.Left], Right = places[node.Right] };
            if (statistics is not null)
            {
                statistics[place] = Statistics![order[place]];
            }
        }

        ArrayPool<int>.Shared.Return(order);
        ArrayPool<int>.Shared.Return(places);
        return new Tree
        {
            Nodes = nodes,
            StrayNodes = StrayNodes + Nodes.Length - count,
            Statistics = statistics,
            Output = Output,
            Weight = Weight,
            Leaves = Leaves,
            LeafVectors = LeafVectors,
            LeafTargets = LeafTargets,
            LinearLeaves = LinearLeaves,
            CategorySets = CategorySets,
            ValueSets = ValueSets,
        };
    }

    /// <summary>What a leaf of constants says to one of the model's outputs, without <see cref="Weight"/>.</summary>
    public double LeafValue(in Node leaf, int output, int outputs)
    {
        switch (Leaves)
        {
            case LeafShape.Scalar:
                return output == Output ? leaf.Value : 0;
            case LeafShape.Vector:
                return LeafVectors[(leaf.Index * outputs) + output];
            case LeafShape.Targets:
                double value = 0;
                foreach (LeafTarget target in LeafTargets[leaf.Index])
                {
                    value += target.Output == output ? target.Value : 0;
                }

                return value;
            default:
                throw new InvalidOperationException($"{Leaves} leaves are no constants");
        }
    }

    /// <summary>Lists the nodes that the root reaches, splits first, and says how many there are.</summary>
    private int OrderFromRoot(int[] order)
    {
        // Splits from the front, leaves from the back: there is one more of them.
        int splits = 0;
        int leaves = order.Length;
        bool isAscending = true;
        Add(0);
        for (int place = 0; place < splits; place++)
        {
            ref readonly Node node = ref Nodes[order[place]];
            isAscending &= node.Left > order[place] && node.Right > order[place];
            Add(node.Left);
            Add(node.Right);
        }

        if (isAscending)
        {
            order.AsSpan(0, splits).Sort();
        }

        Span<int> found = order.AsSpan(leaves);
        found.Sort();
        found.CopyTo(order.AsSpan(splits));
        return splits + found.Length;

        void Add(int index)
        {
            if (Nodes[index].IsLeaf)
            {
                order[--leaves] = index;
            }
            else
            {
                order[splits++] = index;
            }
        }
    }

    private int FindDepth()
    {
        int[] levels = ArrayPool<int>.Shared.Rent(Nodes.Length);
        levels[0] = 0;
        int deepest = 0;
        ReadOnlySpan<Node> splits = Splits;
        for (int split = 0; split < splits.Length; split++)
        {
            int level = levels[split] + 1;
            deepest = Math.Max(deepest, level);
            (levels[splits[split].Left], levels[splits[split].Right]) = (level, level);
        }

        ArrayPool<int>.Shared.Return(levels);
        return deepest;
    }
}
