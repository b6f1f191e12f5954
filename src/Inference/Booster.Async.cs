using System;
using System.Collections.Generic;
using System.Numerics;
using System.Threading;
using System.Threading.Tasks;
using Inference.Forests;
using Inference.Lanes;
using Inference.Native.Platform;

namespace Inference;

/// <content>Predictions that are awaited while a lane makes them.</content>
public sealed partial class Booster
{
    /// <summary>Scores rows on a lane: the transformed predictions.</summary>
    /// <param name="rows">Whole rows without gaps, row-major, one element for each feature, NaN where missing. Unchanged until the end.</param>
    /// <param name="values">Receives shape (rows, <see cref="BoosterInfo.ValueCount"/>); its length must be exact. Owned by the caller, written until the end.</param>
    /// <param name="iterations">The boosting iterations to use. Default: all.</param>
    /// <param name="cancellationToken">Ends waiting at once, and work that has begun at the next <see cref="NativeOptions.RowsPerCall"/> rows.</param>
    /// <returns>The end of the prediction, to be awaited once.</returns>
    /// <exception cref="InvalidOperationException">The model was loaded without <see cref="NativeOptions.Lanes"/>.</exception>
    /// <exception cref="LanesBusyException">As many predictions wait for a lane as may wait.</exception>
    /// <exception cref="SchemaMismatchException">The rows do not have the model's columns.</exception>
    /// <exception cref="ArgumentException">A length is wrong, the output overlaps the rows, or the range is not inside the model.</exception>
    /// <exception cref="ObjectDisposedException">The booster or the lanes were disposed of.</exception>
    /// <exception cref="ForkedProcessException">Native code was in use before this process was forked, and nothing else may answer.</exception>
    /// <remarks>
    /// Safe from any number of threads. Long batches take turns with others at every <see cref="NativeOptions.RowsPerCall"/>
    /// rows. The bits are those of <see cref="Predict(ReadOnlySpan{float}, Span{float}, in PredictOptions)"/>. A forked child
    /// whose managed engine answers does so on the caller's thread.
    /// </remarks>
    public ValueTask PredictAsync(ReadOnlyMemory<float> rows, Memory<float> values, IterationRange iterations = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, values, PredictionKind.Value, iterations, cancellationToken);

    /// <inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, IterationRange, CancellationToken)"/>
    public ValueTask PredictAsync(ReadOnlyMemory<float> rows, Memory<double> values, IterationRange iterations = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, values, PredictionKind.Value, iterations, cancellationToken);

    /// <inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, IterationRange, CancellationToken)"/>
    public ValueTask PredictAsync(ReadOnlyMemory<double> rows, Memory<double> values, IterationRange iterations = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, values, PredictionKind.Value, iterations, cancellationToken);

    /// <summary>Scores rows on a lane: the raw scores before the transform.</summary>
    /// <param name="rows">Whole rows without gaps, row-major, one element for each feature, NaN where missing. Unchanged until the end.</param>
    /// <param name="margins">Receives shape (rows, <see cref="BoosterInfo.OutputCount"/>); its length must be exact. Owned by the caller, written until the end.</param>
    /// <param name="iterations">The boosting iterations to use. Default: all.</param>
    /// <param name="cancellationToken">Ends waiting at once, and work that has begun at the next <see cref="NativeOptions.RowsPerCall"/> rows.</param>
    /// <inheritdoc cref="PredictAsync(ReadOnlyMemory{float}, Memory{float}, IterationRange, CancellationToken)"/>
    public ValueTask PredictMarginAsync(ReadOnlyMemory<float> rows, Memory<float> margins, IterationRange iterations = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, margins, PredictionKind.Margin, iterations, cancellationToken);

    /// <inheritdoc cref="PredictMarginAsync(ReadOnlyMemory{float}, Memory{float}, IterationRange, CancellationToken)"/>
    public ValueTask PredictMarginAsync(ReadOnlyMemory<float> rows, Memory<double> margins, IterationRange iterations = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, margins, PredictionKind.Margin, iterations, cancellationToken);

    /// <inheritdoc cref="PredictMarginAsync(ReadOnlyMemory{float}, Memory{float}, IterationRange, CancellationToken)"/>
    public ValueTask PredictMarginAsync(ReadOnlyMemory<double> rows, Memory<double> margins, IterationRange iterations = default, CancellationToken cancellationToken = default) =>
        RunAsync(rows, margins, PredictionKind.Margin, iterations, cancellationToken);

    private ValueTask RunAsync<TRow, TOut>(ReadOnlyMemory<TRow> values, Memory<TOut> output, PredictionKind kind, IterationRange iterations, CancellationToken cancellation)
        where TRow : unmanaged, INumberBase<TRow>
        where TOut : unmanaged, INumberBase<TOut>
    {
        if (_options.Native.Lanes is not LanePool lanes || _options.Engine != EngineKind.Native)
        {
            throw new InvalidOperationException($"{_name}: it was loaded without lanes; NativeOptions.Lanes brings some, and Predict works on its caller's thread");
        }

        if (ForkGuard.IsForkedChild)
        {
            Run(values.Span, output.Span, kind, new PredictOptions { Iterations = iterations });
            return ValueTask.CompletedTask;
        }

        Scorer scorer = Enter();
        PredictWork<TRow, TOut> work;
        try
        {
            int width = Width(scorer.Forest, kind, Resolve(scorer, iterations, default));
            RowBlock<TRow> rows = Shape(values.Span, output.Length, width, default);
            CheckOutput(rows, output.Span, width, kind);
            work = PredictWork<TRow, TOut>.Rent();
            work.Set(this, scorer, values, output, kind, iterations, rows.Count, width);
        }
        catch
        {
            scorer.Leave();
            throw;
        }

        return work.Start(lanes, cancellation);
    }

    /// <summary>A prediction in parts. A part is what one native call takes, so that lanes are shared fairly.</summary>
    private sealed class PredictWork<TRow, TOut> : AwaitedWork
        where TRow : unmanaged, INumberBase<TRow>
        where TOut : unmanaged, INumberBase<TOut>
    {
        /// <summary>As many are kept as predictions have ever been under way at once, within reason.</summary>
        private const int MostKept = 256;

        private static readonly Stack<PredictWork<TRow, TOut>> Kept = new();

        private Booster? _booster;
        private Scorer? _scorer;
        private ReadOnlyMemory<TRow> _values;
        private Memory<TOut> _output;
        private PredictionKind _kind;
        private IterationRange _iterations;
        private int _rows;
        private int _width;
        private int _next;

        public static PredictWork<TRow, TOut> Rent()
        {
            lock (Kept)
            {
                return Kept.TryPop(out PredictWork<TRow, TOut>? work) ? work : new PredictWork<TRow, TOut>();
            }
        }

        public void Set(Booster booster, Scorer scorer, ReadOnlyMemory<TRow> values, Memory<TOut> output, PredictionKind kind, IterationRange iterations, int rows, int width)
        {
            _booster = booster;
            _scorer = scorer;
            _values = values;
            _output = output;
            _kind = kind;
            _iterations = iterations;
            _rows = rows;
            _width = width;
            _next = 0;
        }

        protected override bool Do()
        {
            int columns = _rows == 0 ? 0 : _values.Length / _rows;
            int count = Math.Min(_booster!._options.Native.RowsPerCall, _rows - _next);
            _booster.Run(
                _scorer!,
                _values.Span.Slice(_next * columns, count * columns),
                _output.Span.Slice(_next * _width, count * _width),
                _kind,
                new PredictOptions { Iterations = _iterations },
                mostThreads: 1);
            _next += count;
            return _next < _rows;
        }

        protected override void Leave() => _scorer!.Leave();

        protected override void GiveBack()
        {
            _booster = null;
            _scorer = null;
            _values = default;
            _output = default;
            lock (Kept)
            {
                if (Kept.Count < MostKept)
                {
                    Kept.Push(this);
                }
            }
        }
    }
}
