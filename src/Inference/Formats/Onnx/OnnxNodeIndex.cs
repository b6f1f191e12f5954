using System;
using System.Runtime.CompilerServices;

namespace Inference.Formats.Onnx;

/// <summary>Finds nodes by tree id and node id, the keys of ai.onnx.ml 1 and 3.</summary>
/// <remarks>
/// The nodes of a tree stand together in the lists, the root first. Ids usually count up from 0, which costs nothing
/// here; other ids are sorted once.
/// </remarks>
internal sealed class OnnxNodeIndex
{
    private readonly int[] _starts;
    private readonly int[]? _sortedTrees;
    private readonly int[]? _sortedTreeNumbers;
    private readonly int[]? _sortedNodes;
    private readonly int[]? _sortedNodePlaces;

    /// <summary>An index of nodes.</summary>
    /// <param name="treeIds">The tree of each node.</param>
    /// <param name="nodeIds">The id of each node inside its tree.</param>
    /// <param name="path">How messages call the operator.</param>
    /// <param name="context">For messages.</param>
    /// <exception cref="ModelFormatException">A tree's nodes do not stand together, or an id is there twice.</exception>
    public OnnxNodeIndex(int[] treeIds, int[] nodeIds, string path, LoadContext context)
    {
        NodeIds = nodeIds;
        int trees = 1;
        for (int i = 1; i < treeIds.Length; i++)
        {
            trees += treeIds[i] == treeIds[i - 1] ? 0 : 1;
        }

        _starts = new int[trees + 1];
        TreeIds = new int[trees];
        int tree = -1;
        for (int i = 0; i < treeIds.Length; i++)
        {
            if (i == 0 || treeIds[i] != treeIds[i - 1])
            {
                _starts[++tree] = i;
                TreeIds[tree] = treeIds[i];
            }
        }

        _starts[trees] = treeIds.Length;
        if (!CountsUp(TreeIds))
        {
            (_sortedTrees, _sortedTreeNumbers) = ([.. TreeIds], Numbers(trees));
            Array.Sort(_sortedTrees, _sortedTreeNumbers);
            if (Repeated(_sortedTrees) is { } id)
            {
                throw context.Broken($"{path}.nodes_treeids", $"the nodes of tree {id} in two places", "the nodes of a tree side by side");
            }
        }

        for (tree = 0; tree < trees; tree++)
        {
            int start = _starts[tree], length = _starts[tree + 1] - start;
            if (_sortedNodes is null && CountsUp(nodeIds.AsSpan(start, length)))
            {
                continue;
            }

            _sortedNodes ??= [.. nodeIds];
            _sortedNodePlaces ??= Numbers(nodeIds.Length);
            Array.Sort(_sortedNodes, _sortedNodePlaces, start, length);
            if (Repeated(_sortedNodes.AsSpan(start, length)) is { } id)
            {
                throw context.Broken($"{path}.nodes_nodeids", $"node {id} of tree {TreeIds[tree]} twice", "each id once");
            }
        }
    }

    /// <summary>The number of trees.</summary>
    public int TreeCount => TreeIds.Length;

    /// <summary>The id of each tree.</summary>
    public int[] TreeIds { get; }

    /// <summary>The id of each node.</summary>
    public int[] NodeIds { get; }

    /// <summary>The place of a tree's first node.</summary>
    public int StartOf(int tree) => _starts[tree];

    /// <summary>The place of a node; -1 where it is not there.</summary>
    public int Find(int treeId, int nodeId)
    {
        int tree = treeId;
        if (_sortedTrees is not null)
        {
            int found = Array.BinarySearch(_sortedTrees, treeId);
            tree = found < 0 ? -1 : _sortedTreeNumbers![found];
        }

        return (uint)tree < (uint)TreeCount ? FindInTree(tree, nodeId) : -1;
    }

    /// <summary>The place of a node of the n-th tree; -1 where it is not there.</summary>
    public int FindInTree(int tree, int nodeId)
    {
        int start = _starts[tree], length = _starts[tree + 1] - start;
        if (_sortedNodes is null)
        {
            return (uint)nodeId < (uint)length ? start + nodeId : -1;
        }

        int found = Array.BinarySearch(_sortedNodes, start, length, nodeId);
        return found < 0 ? -1 : _sortedNodePlaces![found];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool CountsUp(ReadOnlySpan<int> ids)
    {
        for (int i = 0; i < ids.Length; i++)
        {
            if (ids[i] != i)
            {
                return false;
            }
        }

        return true;
    }

    private static int[] Numbers(int count)
    {
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++)
        {
            numbers[i] = i;
        }

        return numbers;
    }

    private static int? Repeated(ReadOnlySpan<int> sorted)
    {
        for (int i = 1; i < sorted.Length; i++)
        {
            if (sorted[i] == sorted[i - 1])
            {
                return sorted[i];
            }
        }

        return null;
    }
}
