using System;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>The linear models of leaves, LightGBM's linear trees.</summary>
internal sealed unsafe class LinearForest
{
    /// <summary>The most features that models may read: blocks keep their values for all rows.</summary>
    public const int MostFeatures = 4096;

    /// <summary>The model of each leaf value: a constant alone where a leaf has none.</summary>
    public required AlignedArray<LinearRange> Leaves { get; init; }

    /// <summary>The terms of all models.</summary>
    public required AlignedArray<LinearTerm> Terms { get; init; }

    /// <summary>The features that models read, by the places of their values.</summary>
    public required int[] Features { get; init; }

    /// <summary>The memory of all of it.</summary>
    public long Bytes => Leaves.Bytes + Terms.Bytes + ((long)Features.Length * sizeof(int));

    /// <summary>Puts a row's values into their places, as the model sees them.</summary>
    public void Fill<TRow>(Forest forest, ReadOnlySpan<TRow> row, double* values)
        where TRow : unmanaged, INumberBase<TRow>
    {
        foreach (int feature in Features)
        {
            *values++ = Reference.Read(forest, row, feature);
        }
    }
}
