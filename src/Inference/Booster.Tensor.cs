using System;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Inference;

/// <content>Rows in tensors.</content>
public sealed partial class Booster
{
    /// <summary>Scores the rows of a matrix: the transformed predictions.</summary>
    /// <param name="rows">
    /// Shape (rows, features), NaN where missing. The elements of a row must be contiguous; rows may lie any distance
    /// apart, so that a slice of a wider matrix is read where it is. Read during the call only.
    /// </param>
    /// <param name="values">Receives shape (rows, <see cref="BoosterInfo.ValueCount"/>); its length must be exact. Owned by the caller.</param>
    /// <param name="options">Iterations and base margins; columns and stride come from the tensor.</param>
    /// <exception cref="SchemaMismatchException">The rows do not have the model's columns.</exception>
    /// <exception cref="ArgumentException">
    /// The tensor is not a matrix of contiguous rows, a length is wrong, the output overlaps the rows or base margins, or an option is out of range.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The booster was disposed of.</exception>
    /// <remarks>Safe from any number of threads. Copies no row, and allocates nothing once warm.</remarks>
    public void Predict(in ReadOnlyTensorSpan<float> rows, Span<float> values, in PredictOptions options = default) =>
        Run(Flat(rows, options, out PredictOptions shaped), values, PredictionKind.Value, shaped);

    /// <inheritdoc cref="Predict(in ReadOnlyTensorSpan{float}, Span{float}, in PredictOptions)"/>
    public void Predict(in ReadOnlyTensorSpan<float> rows, Span<double> values, in PredictOptions options = default) =>
        Run(Flat(rows, options, out PredictOptions shaped), values, PredictionKind.Value, shaped);

    /// <inheritdoc cref="Predict(in ReadOnlyTensorSpan{float}, Span{float}, in PredictOptions)"/>
    public void Predict(in ReadOnlyTensorSpan<double> rows, Span<double> values, in PredictOptions options = default) =>
        Run(Flat(rows, options, out PredictOptions shaped), values, PredictionKind.Value, shaped);

    /// <inheritdoc cref="Predict(in ReadOnlyTensorSpan{float}, Span{float}, in PredictOptions)"/>
    public void Predict(in ReadOnlyTensorSpan<double> rows, Span<float> values, in PredictOptions options = default) =>
        Run(Flat(rows, options, out PredictOptions shaped), values, PredictionKind.Value, shaped);

    /// <summary>Scores the rows of a matrix without the transform: the raw scores, the training library's own bits.</summary>
    /// <param name="rows"><inheritdoc cref="Predict(in ReadOnlyTensorSpan{float}, Span{float}, in PredictOptions)" path="/param[@name='rows']/node()"/></param>
    /// <param name="margins">Receives shape (rows, <see cref="BoosterInfo.OutputCount"/>); its length must be exact. Owned by the caller.</param>
    /// <param name="options">Iterations and base margins; columns and stride come from the tensor.</param>
    /// <inheritdoc cref="Predict(in ReadOnlyTensorSpan{float}, Span{float}, in PredictOptions)" path="/exception"/>
    /// <inheritdoc cref="Predict(in ReadOnlyTensorSpan{float}, Span{float}, in PredictOptions)" path="/remarks"/>
    public void PredictMargin(in ReadOnlyTensorSpan<float> rows, Span<float> margins, in PredictOptions options = default) =>
        Run(Flat(rows, options, out PredictOptions shaped), margins, PredictionKind.Margin, shaped);

    /// <inheritdoc cref="PredictMargin(in ReadOnlyTensorSpan{float}, Span{float}, in PredictOptions)"/>
    public void PredictMargin(in ReadOnlyTensorSpan<float> rows, Span<double> margins, in PredictOptions options = default) =>
        Run(Flat(rows, options, out PredictOptions shaped), margins, PredictionKind.Margin, shaped);

    /// <inheritdoc cref="PredictMargin(in ReadOnlyTensorSpan{float}, Span{float}, in PredictOptions)"/>
    public void PredictMargin(in ReadOnlyTensorSpan<double> rows, Span<double> margins, in PredictOptions options = default) =>
        Run(Flat(rows, options, out PredictOptions shaped), margins, PredictionKind.Margin, shaped);

    /// <inheritdoc cref="PredictMargin(in ReadOnlyTensorSpan{float}, Span{float}, in PredictOptions)"/>
    public void PredictMargin(in ReadOnlyTensorSpan<double> rows, Span<float> margins, in PredictOptions options = default) =>
        Run(Flat(rows, options, out PredictOptions shaped), margins, PredictionKind.Margin, shaped);

    /// <summary>Finds the leaf that each tree leads each row of a matrix to.</summary>
    /// <param name="rows"><inheritdoc cref="Predict(in ReadOnlyTensorSpan{float}, Span{float}, in PredictOptions)" path="/param[@name='rows']/node()"/></param>
    /// <param name="leaves">Receives shape (rows, trees in the iteration range); its length must be exact. Owned by the caller.</param>
    /// <param name="options">Iterations; columns and stride come from the tensor.</param>
    /// <inheritdoc cref="Predict(in ReadOnlyTensorSpan{float}, Span{float}, in PredictOptions)" path="/exception"/>
    /// <exception cref="ModelNotSupportedException">The model is a linear booster, which has no leaves.</exception>
    /// <inheritdoc cref="Predict(in ReadOnlyTensorSpan{float}, Span{float}, in PredictOptions)" path="/remarks"/>
    public void PredictLeaf(in ReadOnlyTensorSpan<float> rows, Span<int> leaves, in PredictOptions options = default) =>
        PredictLeaf(Flat(rows, options, out PredictOptions shaped), leaves, shaped);

    /// <inheritdoc cref="PredictLeaf(in ReadOnlyTensorSpan{float}, Span{int}, in PredictOptions)"/>
    public void PredictLeaf(in ReadOnlyTensorSpan<double> rows, Span<int> leaves, in PredictOptions options = default) =>
        PredictLeaf(Flat(rows, options, out PredictOptions shaped), leaves, shaped);

    /// <summary>Explains the rows of a matrix: the Shapley values of the margin, with the training library's bits.</summary>
    /// <param name="rows"><inheritdoc cref="Predict(in ReadOnlyTensorSpan{float}, Span{float}, in PredictOptions)" path="/param[@name='rows']/node()"/></param>
    /// <param name="contributions">Receives shape (rows, outputs, features + 1), the last column the bias; its length must be exact. Owned by the caller.</param>
    /// <param name="options">Iterations and base margins; columns and stride come from the tensor.</param>
    /// <inheritdoc cref="Predict(in ReadOnlyTensorSpan{float}, Span{float}, in PredictOptions)" path="/exception"/>
    /// <exception cref="ModelNotSupportedException">The file lacks node covers (ONNX), or has leaves that are not constant (LightGBM's linear trees).</exception>
    /// <inheritdoc cref="Predict(in ReadOnlyTensorSpan{float}, Span{float}, in PredictOptions)" path="/remarks"/>
    public void PredictContributions(in ReadOnlyTensorSpan<float> rows, Span<float> contributions, in PredictOptions options = default) =>
        Run(Flat(rows, options, out PredictOptions shaped), contributions, PredictionKind.Contribution, shaped);

    /// <inheritdoc cref="PredictContributions(in ReadOnlyTensorSpan{float}, Span{float}, in PredictOptions)"/>
    public void PredictContributions(in ReadOnlyTensorSpan<float> rows, Span<double> contributions, in PredictOptions options = default) =>
        Run(Flat(rows, options, out PredictOptions shaped), contributions, PredictionKind.Contribution, shaped);

    /// <inheritdoc cref="PredictContributions(in ReadOnlyTensorSpan{float}, Span{float}, in PredictOptions)"/>
    public void PredictContributions(in ReadOnlyTensorSpan<double> rows, Span<double> contributions, in PredictOptions options = default) =>
        Run(Flat(rows, options, out PredictOptions shaped), contributions, PredictionKind.Contribution, shaped);

    /// <inheritdoc cref="PredictContributions(in ReadOnlyTensorSpan{float}, Span{float}, in PredictOptions)"/>
    public void PredictContributions(in ReadOnlyTensorSpan<double> rows, Span<float> contributions, in PredictOptions options = default) =>
        Run(Flat(rows, options, out PredictOptions shaped), contributions, PredictionKind.Contribution, shaped);

    /// <summary>The memory of a matrix from its first element to its last, and its shape as options.</summary>
    private ReadOnlySpan<T> Flat<T>(in ReadOnlyTensorSpan<T> rows, in PredictOptions options, out PredictOptions shaped)
        where T : unmanaged
    {
        if (rows.Rank != 2)
        {
            throw new ArgumentException($"{_name}: a tensor of {rows.Rank} dimensions; rows are a matrix of 2, (rows, features)", nameof(rows));
        }

        if (options.Columns != 0 || options.RowStride != 0)
        {
            throw new ArgumentException($"{_name}: columns or a row stride beside a tensor, which has its own; leave both at 0", nameof(options));
        }

        nint count = rows.Lengths[0], columns = rows.Lengths[1];

        // A dimension of one element, or of none, is never stepped along: what its stride says does not matter.
        nint stride = count > 1 ? rows.Strides[0] : columns;
        if (columns > 1 && rows.Strides[1] != 1)
        {
            throw new ArgumentException($"{_name}: elements {rows.Strides[1]} apart within a row; 1, contiguous rows", nameof(rows));
        }

        if (count > 1 && stride < columns)
        {
            throw new ArgumentException($"{_name}: rows of {columns} elements that begin {stride} apart; at least {columns}", nameof(rows));
        }

        if (columns == 0 && Info.Features.Count != 0)
        {
            throw new SchemaMismatchException($"{_name}: rows of 0 columns; the model has {Info.Features.Count} features");
        }

        Int128 length = count == 0 ? 0 : ((Int128)(count - 1) * stride) + columns;
        if (length > Array.MaxLength)
        {
            throw new ArgumentException($"{_name}: a matrix that spans {length} elements; at most {Array.MaxLength} in one call", nameof(rows));
        }

        shaped = new PredictOptions
        {
            Iterations = options.Iterations,
            BaseMargin = options.BaseMargin,
            Columns = (int)columns,
            RowStride = (int)stride,
        };

        // The tensor vouches for every element from its first to its last; the gaps between rows lie in the same memory.
        return length == 0 ? [] : MemoryMarshal.CreateReadOnlySpan(in rows.GetPinnableReference(), (int)length);
    }
}
