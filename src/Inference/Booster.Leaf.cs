using System;
using Inference.Forests;

namespace Inference;

/// <content>Leaf indices.</content>
public sealed partial class Booster
{
    /// <summary>Finds the leaf that each tree leads each row to.</summary>
    /// <param name="rows">Whole rows, row-major, one element for each feature, NaN where missing. Read during the call only.</param>
    /// <param name="leaves">
    /// Receives shape (rows, trees in the iteration range): XGBoost's node ids, LightGBM's leaf numbers, ONNX's node ids.
    /// Its length must be exact. Owned by the caller.
    /// </param>
    /// <param name="options">Iterations, columns and stride; the default is everything, without gaps.</param>
    /// <exception cref="SchemaMismatchException">The rows do not have the model's columns.</exception>
    /// <exception cref="ModelNotSupportedException">The model is a linear booster, which has no leaves.</exception>
    /// <exception cref="ArgumentException">A length is wrong, the output overlaps the rows or base margins, or an option is out of range.</exception>
    /// <exception cref="ObjectDisposedException">The booster was disposed of.</exception>
    /// <remarks>Safe from any number of threads. Allocates nothing once warm (XGBoost's native engine a handle for each chunk).</remarks>
    public void PredictLeaf(ReadOnlySpan<float> rows, Span<int> leaves, in PredictOptions options = default)
    {
        CheckHasLeaves(Current.Forest);
        Run(rows, leaves, PredictionKind.Leaf, options);
    }

    /// <inheritdoc cref="PredictLeaf(ReadOnlySpan{float}, Span{int}, in PredictOptions)"/>
    public void PredictLeaf(ReadOnlySpan<double> rows, Span<int> leaves, in PredictOptions options = default)
    {
        CheckHasLeaves(Current.Forest);
        Run(rows, leaves, PredictionKind.Leaf, options);
    }

    private void CheckHasLeaves(Forest forest)
    {
        if (forest.Linear is not null)
        {
            throw new ModelNotSupportedException(_name, "", "leaf indices were asked of a linear booster, which has no trees", "value, margin or contributions");
        }
    }
}
