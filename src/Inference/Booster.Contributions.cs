using System;

namespace Inference;

/// <content>Explanations.</content>
public sealed partial class Booster
{
    /// <summary>Explains rows: the Shapley values of the margin, path-dependent as TreeSHAP defines them, with the training library's bits.</summary>
    /// <param name="rows">Whole rows, row-major, one element for each feature, NaN where missing. Read during the call only.</param>
    /// <param name="contributions">
    /// Receives shape (rows, outputs, features + 1); the last column is the bias, the margin that is expected without a
    /// row, and the columns of an output sum to its margin up to rounding. The length must be exact. Owned by the caller.
    /// </param>
    /// <param name="options">Iterations, base margins, columns and stride; the default is everything, the model's own, without gaps.</param>
    /// <exception cref="SchemaMismatchException">The rows do not have the model's columns.</exception>
    /// <exception cref="ModelNotSupportedException">
    /// The file lacks node covers (ONNX) or has one below 0, has leaves that are not constant (LightGBM's linear trees), a
    /// path of more than 4096 features or 2^20 levels, or numbers that overflow to a NaN in the library's arithmetic.
    /// </exception>
    /// <exception cref="ArgumentException">A length is wrong, the output overlaps the rows or base margins, or an option is out of range.</exception>
    /// <exception cref="ObjectDisposedException">The booster was disposed of.</exception>
    /// <remarks>
    /// Safe from any number of threads. Bit for bit what the library version that wrote the file computes on x86-64: TreeSHAP
    /// in float32 for XGBoost before 3.3 and in float64 for LightGBM (Lundberg, Erion, Lee, "Consistent Individualized Feature
    /// Attribution for Tree Ensembles", 2018), an integral at eight points in float32 for XGBoost from 3.3 on. Where such a
    /// library divides 0 by 0, a split that no training row reached gives each child half, and a child that neither
    /// training rows nor the row reach counts nothing. The native engine passes on what its library computes, which may be
    /// of another version.
    /// <para>
    /// By TreeSHAP in the managed engine, the first call lays paths out: 50 to 70 bytes a node are kept with the booster, more where paths
    /// are long. After 256 rows that were explained one by one, as those of calls of fewer than 60 always are, one call takes longer, by 60 to
    /// 100 ms for 500 trees, to work out what the leaves next to the roots say to every row there can be: up to 32 MB are kept of it.
    /// Later calls allocate nothing.
    /// </para>
    /// </remarks>
    public void PredictContributions(ReadOnlySpan<float> rows, Span<float> contributions, in PredictOptions options = default) =>
        Run(rows, contributions, PredictionKind.Contribution, options);

    /// <inheritdoc cref="PredictContributions(ReadOnlySpan{float}, Span{float}, in PredictOptions)"/>
    public void PredictContributions(ReadOnlySpan<float> rows, Span<double> contributions, in PredictOptions options = default) =>
        Run(rows, contributions, PredictionKind.Contribution, options);

    /// <inheritdoc cref="PredictContributions(ReadOnlySpan{float}, Span{float}, in PredictOptions)"/>
    public void PredictContributions(ReadOnlySpan<double> rows, Span<double> contributions, in PredictOptions options = default) =>
        Run(rows, contributions, PredictionKind.Contribution, options);

    /// <inheritdoc cref="PredictContributions(ReadOnlySpan{float}, Span{float}, in PredictOptions)"/>
    public void PredictContributions(ReadOnlySpan<double> rows, Span<float> contributions, in PredictOptions options = default) =>
        Run(rows, contributions, PredictionKind.Contribution, options);
}
