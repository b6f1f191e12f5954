using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Collects the sets of category codes that splits test, each once of those that have the same length.</summary>
internal sealed class SetBuilder
{
    private readonly List<byte> _sets = [];
    private readonly Dictionary<(int Units, UInt128 First, UInt128 Second, UInt128 Third, UInt128 Fourth), int> _known = [];

    /// <summary>The sets.</summary>
    public ReadOnlySpan<byte> Sets => CollectionsMarshal.AsSpan(_sets);

    /// <summary>The place of a split's set, in units of <see cref="SetKernel.Unit"/>.</summary>
    /// <param name="tree">The split's tree.</param>
    /// <param name="node">The split.</param>
    /// <param name="bound">The bound of its feature's categories.</param>
    public int Add(Tree tree, in Node node, int bound)
    {
        Span<byte> bits = stackalloc byte[SetKernel.MostBytes];
        bits.Clear();
        tree.CategorySets[node.Index].CopyTo(bits);
        int missing = SetKernel.Missing(bound);
        if (Reference.GoesLeft(tree, node, double.NaN))
        {
            bits[missing >> 3] |= (byte)(1 << (missing & 7));
        }

        int units = SetKernel.UnitsFor(bound);
        ReadOnlySpan<UInt128> quarters = MemoryMarshal.Cast<byte, UInt128>(bits);
        ref int place = ref CollectionsMarshal.GetValueRefOrAddDefault(_known, (units, quarters[0], quarters[1], quarters[2], quarters[3]), out bool isKnown);
        if (!isKnown)
        {
            place = _sets.Count / SetKernel.Unit;
            _sets.AddRange(bits[..(units * SetKernel.Unit)]);
        }

        return place;
    }

    /// <summary>The sets, and what may be read behind the last.</summary>
    public AlignedArray<byte> Build()
    {
        AlignedArray<byte> sets = new(_sets.Count + (_sets.Count > 0 ? SetKernel.MostBytes - SetKernel.Unit : 0));
        Sets.CopyTo(sets.Span);
        return sets;
    }
}
