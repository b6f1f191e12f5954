using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Inference.Forests;

namespace Inference.Formats.Onnx;

/// <summary>Turns the nodes of one ONNX tree into a canonical <see cref="Tree"/>.</summary>
/// <remarks>
/// <para>
/// ONNX lets two nodes share a child. Converters use that in one place: a test "x is one of a, b, c" is written as a
/// chain of equality tests on one feature that all lead to the same true child. Such a chain becomes one node that
/// tests a set. A leaf that is shared otherwise is copied. Any other shared node is left to <see cref="ForestValidator"/>,
/// which refuses it.
/// </para>
/// <para>One shaper serves all trees of a file, so that its buffers are allocated once.</para>
/// </remarks>
internal sealed class OnnxTreeShaper(OnnxLeafWeights weights, int outputCount, LoadContext context)
{
    private readonly List<double[]> _sets = [];
    private readonly List<Node> _copies = [];
    private int[] _parents = [];
    private int[] _pending = [];
    private bool[] _reached = [];

    /// <summary>A tree from nodes with children inside the array. A leaf's Index is its entry in the weights.</summary>
    /// <param name="nodes">The nodes; owned by the tree from here on.</param>
    /// <param name="sets">The sets that nodes already test.</param>
    /// <param name="number">The tree, for messages.</param>
    public Tree Shape(Node[] nodes, OnnxSets sets, int number)
    {
        _sets.Clear();
        _sets.AddRange(sets.Values);
        if (CountParents(nodes))
        {
            MergeEqualities(nodes, number);
            nodes = CopySharedLeaves(nodes);
        }

        return Fill(nodes, _sets.Count == 0 ? [] : [.. _sets], sets.Codes);
    }

    /// <summary>Counts the parents of each node; whether any has several.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool CountParents(Node[] nodes)
    {
        if (_parents.Length < nodes.Length)
        {
            _parents = new int[nodes.Length];
        }

        bool shared = false;
        Array.Clear(_parents, 0, nodes.Length);
        foreach (ref readonly Node node in nodes.AsSpan())
        {
            if (!node.IsLeaf)
            {
                shared |= ++_parents[node.Left] > 1;
                shared |= ++_parents[node.Right] > 1;
            }
        }

        return shared;
    }

    private void MergeEqualities(Node[] nodes, int number)
    {
        int depth = Start(nodes);
        while (depth > 0)
        {
            int index = _pending[--depth];
            if (nodes[index].Test == NodeTest.Equal)
            {
                nodes[index] = MergeChain(nodes, index, number);
            }

            if (nodes[index].IsLeaf)
            {
                continue;
            }

            depth = Reach(nodes, nodes[index].Left, depth);
            depth = Reach(nodes, nodes[index].Right, depth);
        }
    }

    /// <summary>The node that does the work of the chain of equality tests that starts at a node.</summary>
    private Node MergeChain(Node[] nodes, int first, int number)
    {
        Node head = nodes[first];
        List<double>? values = null;
        int next = head.Right;
        while (next != first && _parents[next] == 1 && nodes[next] is { Test: NodeTest.Equal } link && link.Feature == head.Feature && link.Left == head.Left)
        {
            values ??= [head.Value];
            values.Add(link.Value);
            if (link.DefaultLeft != head.DefaultLeft)
            {
                // ONNX Runtime passes over the rule of some links, by their values.
                throw context.Unsupported($"tree {number}, node {first}", "equality tests on one set with different rules for missing values", "one rule for the set");
            }

            _parents[next] = 0;
            next = link.Right;
        }

        if (values is null)
        {
            return head;
        }

        if (values.Exists(double.IsNaN))
        {
            throw context.Broken($"tree {number}", "a threshold that is not a number", "a number");
        }

        _sets.Add(ToSet(CollectionsMarshal.AsSpan(values)));
        return head with { Test = NodeTest.ValueInSet, Value = 0, Index = _sets.Count - 1, Right = next };
    }

    /// <summary>The canonical form of a set: ascending, each value once. The values are numbers; their memory is used.</summary>
    public static double[] ToSet(Span<double> values)
    {
        values.Sort();
        int count = 0;
        foreach (double value in values)
        {
            if (count == 0 || value != values[count - 1])
            {
                values[count++] = value;
            }
        }

        return values[..count].ToArray();
    }

    private Node[] CopySharedLeaves(Node[] nodes)
    {
        _copies.Clear();
        int depth = Start(nodes);
        while (depth > 0)
        {
            int index = _pending[--depth];
            if (nodes[index].IsLeaf)
            {
                continue;
            }

            nodes[index] = nodes[index] with { Left = Own(nodes, nodes[index].Left) };
            depth = Reach(nodes, nodes[index].Left, depth);
            nodes[index] = nodes[index] with { Right = Own(nodes, nodes[index].Right) };
            depth = Reach(nodes, nodes[index].Right, depth);
        }

        return _copies.Count == 0 ? nodes : [.. nodes, .. _copies];
    }

    /// <summary>The child itself, or its copy where it is a leaf that another node already leads to.</summary>
    private int Own(Node[] nodes, int child)
    {
        if (child >= nodes.Length || !_reached[child] || !nodes[child].IsLeaf)
        {
            return child;
        }

        _copies.Add(nodes[child]);
        return nodes.Length + _copies.Count - 1;
    }

    private int Start(Node[] nodes)
    {
        if (_reached.Length < nodes.Length)
        {
            _reached = new bool[nodes.Length];
            _pending = new int[nodes.Length];
        }

        Array.Clear(_reached, 0, nodes.Length);
        _reached[0] = true;
        _pending[0] = 0;
        return 1;
    }

    private int Reach(Node[] nodes, int child, int depth)
    {
        // Copies lie beyond the nodes and are leaves; a node reached before is not walked again, so that circles end.
        if (child < nodes.Length && !_reached[child])
        {
            _reached[child] = true;
            _pending[depth++] = child;
        }

        return depth;
    }

    /// <summary>Chooses how leaves hold their values: one output for the tree, all outputs in each leaf, or named ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Tree Fill(Node[] nodes, double[][] valueSets, CategorySet[] categorySets)
    {
        int leaves = 0, single = -1;
        bool scalar = true, vector = outputCount > 1;
        foreach (ref readonly Node node in nodes.AsSpan())
        {
            if (!node.IsLeaf)
            {
                continue;
            }

            leaves++;
            ReadOnlySpan<int> outputs = weights.OutputsOf(node.Index);
            scalar &= outputs.Length <= 1;
            vector &= outputs.Length == outputCount;
            if (outputs.Length == 1 && scalar)
            {
                scalar &= single < 0 || single == outputs[0];
                single = outputs[0];
            }

            for (int i = 0; vector && i < outputs.Length; i++)
            {
                vector &= outputs[i] == i;
            }
        }

        if (scalar)
        {
            return new Tree { Nodes = Scalars(nodes), Output = Math.Max(single, 0), ValueSets = valueSets, CategorySets = categorySets };
        }

        return vector
            ? new Tree { Nodes = nodes, Leaves = LeafShape.Vector, LeafVectors = Vectors(nodes, leaves), ValueSets = valueSets, CategorySets = categorySets }
            : new Tree { Nodes = nodes, Leaves = LeafShape.Targets, LeafTargets = Targets(nodes, leaves), ValueSets = valueSets, CategorySets = categorySets };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Node[] Scalars(Node[] nodes)
    {
        foreach (ref Node node in nodes.AsSpan())
        {
            if (node.IsLeaf)
            {
                ReadOnlySpan<double> values = weights.ValuesOf(node.Index);
                node = Node.Leaf(values.IsEmpty ? 0 : values[0], node.Id);
            }
        }

        return nodes;
    }

    /// <summary>Numbers the leaves and gives each the row of its number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double[] Vectors(Node[] nodes, int leaves)
    {
        double[] vectors = new double[leaves * outputCount];
        int next = 0;
        foreach (ref Node node in nodes.AsSpan())
        {
            if (node.IsLeaf)
            {
                weights.ValuesOf(node.Index).CopyTo(vectors.AsSpan(next * outputCount));
                node = node with { Index = next++ };
            }
        }

        return vectors;
    }

    /// <summary>Numbers the leaves and gives each the entry of its number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private LeafTarget[][] Targets(Node[] nodes, int leaves)
    {
        LeafTarget[][] targets = new LeafTarget[leaves][];
        int next = 0;
        foreach (ref Node node in nodes.AsSpan())
        {
            if (node.IsLeaf)
            {
                ReadOnlySpan<int> outputs = weights.OutputsOf(node.Index);
                ReadOnlySpan<double> values = weights.ValuesOf(node.Index);
                LeafTarget[] leaf = new LeafTarget[outputs.Length];
                for (int i = 0; i < leaf.Length; i++)
                {
                    leaf[i] = new LeafTarget(outputs[i], values[i]);
                }

                targets[next] = leaf;
                node = node with { Index = next++ };
            }
        }

        return targets;
    }
}
