using System;

namespace Inference;

/// <content>Raw scores.</content>
public sealed partial class Booster
{
    /// <summary>Scores rows: the raw scores before the transform, with the training library's own bits.</summary>
    /// <param name="rows">Whole rows, row-major, one element for each feature, NaN where missing. Read during the call only.</param>
    /// <param name="margins">Receives shape (rows, <see cref="BoosterInfo.OutputCount"/>); its length must be exact. Owned by the caller.</param>
    /// <param name="options">Iterations, base margins, columns and stride; the default is everything, the model's own, without gaps.</param>
    /// <exception cref="SchemaMismatchException">The rows do not have the model's columns.</exception>
    /// <exception cref="ArgumentException">A length is wrong, the output overlaps the rows or base margins, or an option is out of range.</exception>
    /// <exception cref="ObjectDisposedException">The booster was disposed of.</exception>
    /// <remarks>Safe from any number of threads. Allocates nothing once warm.</remarks>
    public void PredictMargin(ReadOnlySpan<float> rows, Span<float> margins, in PredictOptions options = default) =>
        Run(rows, margins, PredictionKind.Margin, options);

    /// <inheritdoc cref="PredictMargin(ReadOnlySpan{float}, Span{float}, in PredictOptions)"/>
    public void PredictMargin(ReadOnlySpan<float> rows, Span<double> margins, in PredictOptions options = default) =>
        Run(rows, margins, PredictionKind.Margin, options);

    /// <inheritdoc cref="PredictMargin(ReadOnlySpan{float}, Span{float}, in PredictOptions)"/>
    public void PredictMargin(ReadOnlySpan<double> rows, Span<double> margins, in PredictOptions options = default) =>
        Run(rows, margins, PredictionKind.Margin, options);

    /// <inheritdoc cref="PredictMargin(ReadOnlySpan{float}, Span{float}, in PredictOptions)"/>
    public void PredictMargin(ReadOnlySpan<double> rows, Span<float> margins, in PredictOptions options = default) =>
        Run(rows, margins, PredictionKind.Margin, options);
}
