using System;
using System.Numerics;

namespace Inference.Forests;

/// <summary>Exact Shapley values of a forest's margins.</summary>
internal static class ReferenceContributions
{
    /// <summary>Shapley values of the rows, (rows, outputs, features + 1), the bias last.</summary>
    public static void Compute<TRow>(Forest forest, RowBlock<TRow> rows, in ScoringCall call, Span<double> contributions)
        where TRow : unmanaged, INumberBase<TRow>
    {
        throw new NotImplementedException();
    }
}
