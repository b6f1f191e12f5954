using System.Collections.Generic;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Collects the linear models of leaves.</summary>
/// <param name="values">The leaf values of the forest.</param>
internal sealed class LinearBuilder(int values)
{
    private readonly AlignedArray<LinearRange> _leaves = new(values);
    private readonly List<LinearTerm> _terms = [];
    private readonly List<int> _features = [];
    private readonly Dictionary<int, int> _places = [];
    private LinearLeaf? _last;
    private LinearRange _lastRange;

    /// <summary>Adds a leaf.</summary>
    /// <param name="place">The place of its value among all.</param>
    /// <param name="tree">Its tree.</param>
    /// <param name="leaf">The leaf.</param>
    public void Add(int place, Tree tree, in Node leaf)
    {
        if (tree.Leaves != LeafShape.Linear)
        {
            _leaves.Span[place].Constant = leaf.Value;
            return;
        }

        // A leaf may stand at several numbers, one behind the other.
        LinearLeaf model = tree.LinearLeaves[leaf.Index];
        if (ReferenceEquals(model, _last))
        {
            _leaves.Span[place] = _lastRange;
            return;
        }

        _last = model;
        _lastRange = new() { Constant = model.Constant, First = _terms.Count, Count = model.Features.Length };
        _leaves.Span[place] = _lastRange;
        for (int i = 0; i < model.Features.Length; i++)
        {
            ref int feature = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, model.Features[i], out bool isKnown);
            if (!isKnown)
            {
                feature = _features.Count;
                _features.Add(model.Features[i]);
            }

            _terms.Add(new LinearTerm { Coefficient = model.Coefficients[i], Place = feature });
        }
    }

    /// <summary>The models.</summary>
    public LinearForest Build() => new()
    {
        Leaves = _leaves,
        Terms = AlignedArray<LinearTerm>.Of(CollectionsMarshal.AsSpan(_terms)),
        Features = [.. _features],
    };
}
