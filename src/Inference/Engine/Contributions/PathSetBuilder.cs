using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Inference.Engine.Ranks;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Contributions;

/// <summary>Collects the sets of category codes that splits test, each once of those that have the same length.</summary>
internal sealed class PathSetBuilder
{
    /// <summary>Sets begin at multiples of so many bytes.</summary>
    public const int Unit = 8;

    /// <summary>The bytes of the largest set.</summary>
    private const int MostBytes = 64;

    /// <summary>The highest bound of categories: behind it stand two more codes.</summary>
    private const int MostCategories = (8 * MostBytes) - 2;

    private readonly List<byte> _sets = [];
    private readonly Dictionary<(int Units, UInt128 First, UInt128 Second, UInt128 Third, UInt128 Fourth), int> _known = [];

    /// <summary>Whether a split tests a set that can be kept here.</summary>
    public static bool CanHold(Tree tree, in Node node) =>
        node.TestsCode && node.Missing != MissingRule.ZeroGoesDefault && tree.CategorySets[node.Index].Bound <= MostCategories;

    /// <summary>The place of a split's set, in units of <see cref="Unit"/>.</summary>
    /// <param name="tree">The split's tree.</param>
    /// <param name="node">The split.</param>
    /// <param name="bound">The bound of its feature's categories.</param>
    public int Add(Tree tree, in Node node, int bound)
    {
        Span<byte> bits = stackalloc byte[MostBytes];
        bits.Clear();
        tree.CategorySets[node.Index].CopyTo(bits);
        int missing = SetKernel.Missing(bound);
        if (Reference.GoesLeft(tree, node, double.NaN))
        {
            bits[missing >> 3] |= (byte)(1 << (missing & 7));
        }

        int units = (SetKernel.Codes(bound) + (8 * Unit) - 1) / (8 * Unit);
        ReadOnlySpan<UInt128> quarters = MemoryMarshal.Cast<byte, UInt128>(bits);
        ref int place = ref CollectionsMarshal.GetValueRefOrAddDefault(_known, (units, quarters[0], quarters[1], quarters[2], quarters[3]), out bool isKnown);
        if (!isKnown)
        {
            place = _sets.Count / Unit;
            _sets.AddRange(bits[..(units * Unit)]);
        }

        return place;
    }

    /// <summary>The sets.</summary>
    public AlignedArray<byte> Build() => AlignedArray<byte>.Of(CollectionsMarshal.AsSpan(_sets));
}
