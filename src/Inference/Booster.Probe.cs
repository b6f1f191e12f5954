using System;
using System.Numerics;
using Inference.Forests;

namespace Inference;

/// <content>Rows made from the model.</content>
public sealed partial class Booster
{
    /// <summary>Fills rows with values that put the model to the test: on its thresholds, one step beside them, and special ones.</summary>
    /// <param name="rows">Receives whole rows of one element for each feature, row-major. Owned by the caller.</param>
    /// <param name="seed">Which rows: the same seed gives the same rows of the same model on every system. Default: 0.</param>
    /// <exception cref="ArgumentException"><paramref name="rows"/> has no room for whole rows.</exception>
    /// <exception cref="ObjectDisposedException">The booster was disposed of.</exception>
    /// <remarks>
    /// For comparing engines, machines and versions where real rows are not at hand. The rows hold missing values,
    /// infinities (a linear booster's none), signed zeros and categories that the model does not know. They are not
    /// distributed as real rows are.
    /// </remarks>
    public void FillProbeRows(Span<float> rows, int seed = 0) => FillProbes(rows, seed);

    /// <inheritdoc cref="FillProbeRows(Span{float}, int)"/>
    public void FillProbeRows(Span<double> rows, int seed = 0) => FillProbes(rows, seed);

    private void FillProbes<T>(Span<T> rows, int seed)
        where T : unmanaged, INumberBase<T>
    {
        Forest forest = Current.Forest;
        if (forest.FeatureCount == 0 ? rows.Length != 0 : rows.Length % forest.FeatureCount != 0)
        {
            throw new ArgumentException($"{_name}: room for {rows.Length} values; whole rows of {forest.FeatureCount} are needed", nameof(rows));
        }

        ProbeRows.Fill(forest, rows, seed);
    }
}
