using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Collects the linear models of leaves.</summary>
internal sealed class LinearBuilder
{
    private readonly List<LinearRange> _leaves = [];
    private readonly List<LinearTerm> _terms = [];
    private readonly List<int> _features = [];
    private readonly Dictionary<int, int> _places = [];

    /// <summary>Adds a leaf.</summary>
    /// <param name="place">The first place of its value among all.</param>
    /// <param name="count">The places.</param>
    /// <param name="tree">Its tree.</param>
    /// <param name="leaf">The leaf.</param>
    public void Add(int place, int count, Tree tree, in Node leaf)
    {
        CollectionsMarshal.SetCount(_leaves, Math.Max(_leaves.Count, place + count));
        CollectionsMarshal.AsSpan(_leaves).Slice(place, count).Fill(tree.Leaves == LeafShape.Linear ? Add(tree.LinearLeaves[leaf.Index]) : new() { Constant = leaf.Value });
    }

    private LinearRange Add(LinearLeaf model)
    {
        LinearRange range = new() { Constant = model.Constant, First = _terms.Count, Count = model.Features.Length };
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

        return range;
    }

    /// <summary>The models, for so many leaf values.</summary>
    public LinearForest Build(int values)
    {
        AlignedArray<LinearRange> leaves = new(values);
        CollectionsMarshal.AsSpan(_leaves).CopyTo(leaves.Span);
        return new()
        {
            Leaves = leaves,
            Terms = AlignedArray<LinearTerm>.Of(CollectionsMarshal.AsSpan(_terms)),
            Features = [.. _features],
        };
    }
}
