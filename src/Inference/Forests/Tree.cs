using System;

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

/// <summary>One decision tree of a <see cref="Forest"/>. Node 0 is the root, and every node is reached from it.</summary>
internal sealed class Tree
{
    /// <summary>Splits and leaves.</summary>
    public required Node[] Nodes { get; init; }

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

    /// <summary>The same tree without the nodes that its root does not reach; the others keep their order and <see cref="Node.LeafId"/>.</summary>
    /// <param name="isReached">Whether the root reaches each node.</param>
    /// <param name="count">How many it reaches.</param>
    public Tree WithoutStrays(ReadOnlySpan<bool> isReached, int count)
    {
        int[] places = new int[Nodes.Length];
        for (int index = 1; index < Nodes.Length; index++)
        {
            places[index] = places[index - 1] + (isReached[index - 1] ? 1 : 0);
        }

        Node[] nodes = new Node[count];
        NodeStatistics[]? statistics = Statistics is null ? null : new NodeStatistics[count];
        for (int index = 0; index < Nodes.Length; index++)
        {
            if (isReached[index])
            {
                Node node = Nodes[index];
                nodes[places[index]] = node.IsLeaf ? node : node with { Left = places[node.Left], Right = places[node.Right] };
                if (statistics is not null)
                {
                    statistics[places[index]] = Statistics![index];
                }
            }
        }

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
}
