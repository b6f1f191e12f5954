using System;
using System.Threading;
using System.Threading.Tasks;

namespace Inference;

/// <content>Predictions that are awaited while a lane makes them.</content>
public sealed partial class Booster
{
    /// <summary>Scores rows on a lane: the transformed predictions.</summary>
    /// <param name="rows">Whole rows, row-major, one element for each feature, NaN where missing. Unchanged until the end.</param>
    /// <param name="values">Receives shape (rows, <see cref="BoosterInfo.ValueCount"/>); its length must be exact. Owned by the caller, written until the end.</param>
    /// <param name="options">Iterations, base margins, columns and stride; the default is everything, the model's own, without gaps.</param>
    /// <param name="cancellationToken">Ends waiting at once, and work that has begun at the next <see cref="NativeOptions.RowsPerCall"/> rows.</param>
    /// <returns>The end of the prediction, to be awaited once.</returns>
    /// <exception cref="InvalidOperationException">The model was loaded without <see cref="NativeOptions.Lanes"/>.</exception>
    /// <exception cref="LanesBusyException">As many predictions wait for a lane as may wait.</exception>
    /// <exception cref="SchemaMismatchException">The rows do not have the model's columns.</exception>
    /// <exception cref="ArgumentException">A length is wrong, the output overlaps the rows or base margins, or an option is out of range.</exception>
    /// <exception cref="ObjectDisposedException">The booster or the lanes were disposed of.</exception>
    /// <exception cref="OperationCanceledException">The prediction was cancelled; what it has written by then is no answer.</exception>
    /// <exception cref="NativeCallException">The library refused the call.</exception>
    /// <exception cref="ForkedProcessException">Native code was in use before this process was forked, and nothing else may answer.</exception>
    /// <remarks>
    /// Safe from any number of threads. Long batches take turns with others at every <see cref="NativeOptions.RowsPerCall"/>
    /// rows. Mistakes in the arguments are thrown by the call, before anything waits. Allocates nothing once warm where the
    /// awaiter does not. The bits are those of <see cref="Predict(ReadOnlySpan{float}, Span{float}, in PredictOptions)"/>. A
    /// forked child whose managed engine answers does so on the caller's thread.
    /// </remarks>
    public ValueTask PredictAsync(ReadOnlyMemory<float> rows, Memory<float> values, in AsyncPredictOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, values, PredictionKind.Value, options, cancellationToken);

    /// <inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)"/>
    public ValueTask PredictAsync(ReadOnlyMemory<float> rows, Memory<double> values, in AsyncPredictOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, values, PredictionKind.Value, options, cancellationToken);

    /// <inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)"/>
    public ValueTask PredictAsync(ReadOnlyMemory<double> rows, Memory<double> values, in AsyncPredictOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, values, PredictionKind.Value, options, cancellationToken);

    /// <inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)"/>
    public ValueTask PredictAsync(ReadOnlyMemory<double> rows, Memory<float> values, in AsyncPredictOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, values, PredictionKind.Value, options, cancellationToken);

    /// <summary>Scores rows on a lane: the raw scores before the transform.</summary>
    /// <param name="rows"><inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)" path="/param[@name='rows']/node()"/></param>
    /// <param name="margins">Receives shape (rows, <see cref="BoosterInfo.OutputCount"/>); its length must be exact. Owned by the caller, written until the end.</param>
    /// <param name="options">Iterations, base margins, columns and stride; the default is everything, the model's own, without gaps.</param>
    /// <param name="cancellationToken"><inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)" path="/param[@name='cancellationToken']/node()"/></param>
    /// <inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)" path="/returns"/>
    /// <inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)" path="/exception"/>
    /// <remarks>
    /// As <see cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)"/>. The answers are those of
    /// <see cref="PredictMargin(ReadOnlySpan{float}, Span{float}, in PredictOptions)"/>.
    /// </remarks>
    public ValueTask PredictMarginAsync(ReadOnlyMemory<float> rows, Memory<float> margins, in AsyncPredictOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, margins, PredictionKind.Margin, options, cancellationToken);

    /// <inheritdoc cref="PredictMarginAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)"/>
    public ValueTask PredictMarginAsync(ReadOnlyMemory<float> rows, Memory<double> margins, in AsyncPredictOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, margins, PredictionKind.Margin, options, cancellationToken);

    /// <inheritdoc cref="PredictMarginAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)"/>
    public ValueTask PredictMarginAsync(ReadOnlyMemory<double> rows, Memory<double> margins, in AsyncPredictOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, margins, PredictionKind.Margin, options, cancellationToken);

    /// <inheritdoc cref="PredictMarginAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)"/>
    public ValueTask PredictMarginAsync(ReadOnlyMemory<double> rows, Memory<float> margins, in AsyncPredictOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, margins, PredictionKind.Margin, options, cancellationToken);

    /// <summary>Finds on a lane the leaf that each tree leads each row to.</summary>
    /// <param name="rows"><inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)" path="/param[@name='rows']/node()"/></param>
    /// <param name="leaves">Receives shape (rows, trees in the iteration range); its length must be exact. Owned by the caller, written until the end.</param>
    /// <param name="options">Iterations, columns and stride; the default is everything, without gaps.</param>
    /// <param name="cancellationToken"><inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)" path="/param[@name='cancellationToken']/node()"/></param>
    /// <inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)" path="/returns"/>
    /// <inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)" path="/exception"/>
    /// <exception cref="ModelNotSupportedException">The model is a linear booster, which has no leaves.</exception>
    /// <remarks>
    /// As <see cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)"/>,
    /// but for a handle that XGBoost's engine allocates for each chunk. The answers are those of
    /// <see cref="PredictLeaf(ReadOnlySpan{float}, Span{int}, in PredictOptions)"/>.
    /// </remarks>
    public ValueTask PredictLeafAsync(ReadOnlyMemory<float> rows, Memory<int> leaves, in AsyncPredictOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, leaves, PredictionKind.Leaf, options, cancellationToken);

    /// <inheritdoc cref="PredictLeafAsync(ReadOnlyMemory{float}, Memory{int}, in AsyncPredictOptions, CancellationToken)"/>
    public ValueTask PredictLeafAsync(ReadOnlyMemory<double> rows, Memory<int> leaves, in AsyncPredictOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, leaves, PredictionKind.Leaf, options, cancellationToken);

    /// <summary>Explains rows on a lane: the Shapley values of the margin.</summary>
    /// <param name="rows"><inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)" path="/param[@name='rows']/node()"/></param>
    /// <param name="contributions">Receives shape (rows, outputs, features + 1), the last column the bias; its length must be exact. Owned by the caller, written until the end.</param>
    /// <param name="options">Iterations, base margins, columns and stride; the default is everything, the model's own, without gaps.</param>
    /// <param name="cancellationToken"><inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)" path="/param[@name='cancellationToken']/node()"/></param>
    /// <inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)" path="/returns"/>
    /// <inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)" path="/exception"/>
    /// <exception cref="ModelNotSupportedException">The model has no contributions, for one of the reasons of <see cref="PredictContributions(ReadOnlySpan{float}, Span{float}, in PredictOptions)"/>.</exception>
    /// <remarks>
    /// As <see cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)"/>,
    /// but for a handle that XGBoost's engine allocates for each chunk. The answers are those of
    /// <see cref="PredictContributions(ReadOnlySpan{float}, Span{float}, in PredictOptions)"/>.
    /// </remarks>
    public ValueTask PredictContributionsAsync(ReadOnlyMemory<float> rows, Memory<float> contributions, in AsyncPredictOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, contributions, PredictionKind.Contribution, options, cancellationToken);

    /// <inheritdoc cref="PredictContributionsAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)"/>
    public ValueTask PredictContributionsAsync(ReadOnlyMemory<float> rows, Memory<double> contributions, in AsyncPredictOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, contributions, PredictionKind.Contribution, options, cancellationToken);

    /// <inheritdoc cref="PredictContributionsAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)"/>
    public ValueTask PredictContributionsAsync(ReadOnlyMemory<double> rows, Memory<double> contributions, in AsyncPredictOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, contributions, PredictionKind.Contribution, options, cancellationToken);

    /// <inheritdoc cref="PredictContributionsAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)"/>
    public ValueTask PredictContributionsAsync(ReadOnlyMemory<double> rows, Memory<float> contributions, in AsyncPredictOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, contributions, PredictionKind.Contribution, options, cancellationToken);

    /// <summary>Chooses a class for each row on a lane.</summary>
    /// <param name="rows"><inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)" path="/param[@name='rows']/node()"/></param>
    /// <param name="classIndexes">Receives one number for each row, the class counted from 0; its length must be the number of rows. Owned by the caller, written until the end.</param>
    /// <param name="options">Iterations, base margins, columns and stride; the default is everything, the model's own, without gaps.</param>
    /// <param name="cancellationToken"><inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)" path="/param[@name='cancellationToken']/node()"/></param>
    /// <inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)" path="/returns"/>
    /// <inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)" path="/exception"/>
    /// <exception cref="ModelNotSupportedException">The model is no classifier: it regresses or ranks.</exception>
    /// <remarks>
    /// As <see cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, in AsyncPredictOptions, CancellationToken)"/>. The answers are those of
    /// <see cref="PredictClass(ReadOnlySpan{float}, Span{int}, in PredictOptions)"/>.
    /// </remarks>
    public ValueTask PredictClassAsync(ReadOnlyMemory<float> rows, Memory<int> classIndexes, in AsyncPredictOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, classIndexes, kind: null, options, cancellationToken);

    /// <inheritdoc cref="PredictClassAsync(ReadOnlyMemory{float}, Memory{int}, in AsyncPredictOptions, CancellationToken)"/>
    public ValueTask PredictClassAsync(ReadOnlyMemory<double> rows, Memory<int> classIndexes, in AsyncPredictOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, classIndexes, kind: null, options, cancellationToken);
}
