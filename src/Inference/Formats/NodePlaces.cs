using System;

namespace Inference.Formats;

/// <summary>Finds a place for each node of a tree, as <see cref="Forests.Tree"/> wants them: splits first, in the file's order, and leaves behind them. The buffer serves tree after tree.</summary>
/// <remarks>The first node stays the first: where it is a leaf, what the file has beside it is not reached, and <see cref="ForestValidator"/> drops it.</remarks>
internal sealed class NodePlaces
{
    private int[] _places = [];
    private int _count;
    private int _split;
    private int _leaf;

    /// <summary>Begins a tree.</summary>
    /// <param name="nodes">Its nodes.</param>
    /// <param name="leaves">How many of them are leaves.</param>
    public void Begin(int nodes, int leaves)
    {
        if (_places.Length < nodes)
        {
            _places = new int[Math.Max(nodes, 2 * _places.Length)];
        }

        (_count, _split, _leaf) = (0, 0, nodes - leaves);
    }

    /// <summary>Adds the tree's next node.</summary>
    public void Add(bool isLeaf)
    {
        if (_count == 0 && isLeaf)
        {
            _places[_count++] = 0;
            (_split, _leaf) = (1, _leaf + 1);
            return;
        }

        // Which it is cannot be foretold.
        int leaf = isLeaf ? 1 : 0;
        _places[_count++] = _split + (leaf * (_leaf - _split));
        _leaf += leaf;
        _split += 1 - leaf;
    }

    /// <summary>The place of a node; one that does not exist remains, for <see cref="ForestValidator"/> to refuse.</summary>
    public int Of(int node) => (uint)node < (uint)_count ? _places[node] : node;
}
