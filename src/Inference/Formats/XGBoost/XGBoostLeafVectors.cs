using System;
using Inference.Forests;

namespace Inference.Formats.XGBoost;

/// <summary>The vector leaves of a tree, in either of the two layouts that XGBoost has had.</summary>
/// <remarks>
/// From 3.2 on leaf_weights holds (leaves, outputs), and a leaf's right child is its row. From 2.0 to 3.1 base_weights holds
/// (nodes, outputs). Source: src/tree/multi_target_tree_model.cc.
/// </remarks>
internal struct XGBoostLeafVectors
{
    private readonly XGBoostTreeRecord _record;
    private readonly LoadContext _context;
    private readonly string _where;
    private readonly int _outputs;
    private int _next;

    /// <summary>Prepares for the leaves of a tree.</summary>
    public XGBoostLeafVectors(XGBoostTreeRecord record, int outputs, string where, LoadContext context)
    {
        _record = record;
        _context = context;
        _where = where;
        _outputs = outputs;
        if (record.LeafVectorSize != outputs)
        {
            throw context.Broken($"{where}, size_leaf_vector", $"{record.LeafVectorSize}", $"{outputs}, the model's outputs");
        }

        if (record.LeafWeights is { } weights)
        {
            Values = Array.ConvertAll(weights, static weight => (double)weight);
            return;
        }

        int leaves = record.LeftChildren.AsSpan().Count(XGBoostTreeRecord.NoChild);
        if (record.BaseWeights is null || record.BaseWeights.Length != (long)record.LeftChildren!.Length * outputs)
        {
            throw context.Broken(
                where,
                $"{record.BaseWeights?.Length ?? 0} base_weights and no leaf_weights",
                $"leaf_weights, or {(long)record.LeftChildren!.Length * outputs} base_weights");
        }

        Values = new double[leaves * outputs];
    }

    /// <summary>The vectors, (leaves, outputs).</summary>
    public double[] Values { get; }

    /// <summary>The leaf at a node. Each is to be asked for once.</summary>
    public Node Leaf(int node)
    {
        if (_record.LeafWeights is not null)
        {
            int row = _record.RightChildren![node];
            return (uint)row < (uint)(Values.Length / _outputs)
                ? new Node { Index = row, Id = node }
                : throw _context.Broken($"{_where}, node {node}", $"leaf entry {row}", $"0 to {(Values.Length / _outputs) - 1}");
        }

        for (int output = 0; output < _outputs; output++)
        {
            Values[(_next * _outputs) + output] = _record.BaseWeights![(node * _outputs) + output];
        }

        return new Node { Index = _next++, Id = node };
    }
}
