using System;
using System.Collections.Generic;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Inference.Forests;
using Inference.Lanes;
using Inference.Native.Platform;

namespace Inference;

/// <content>The one way that every awaited prediction takes.</content>
public sealed partial class Booster
{
    /// <summary>Checks what was asked and brings it to the lanes. No <paramref name="kind"/> is the class of each row, here and below.</summary>
    private ValueTask RunAsync<TRow, TOut>(ReadOnlyMemory<TRow> values, Memory<TOut> output, PredictionKind? kind, in AsyncPredictOptions options, CancellationToken cancellation)
        where TRow : unmanaged, INumberBase<TRow>
        where TOut : unmanaged, INumberBase<TOut>
    {
        if (_options.Native.Lanes is not LanePool lanes || _options.Engine != EngineKind.Native)
        {
            throw new InvalidOperationException($"{_name}: it was loaded without lanes; NativeOptions.Lanes brings some, and Predict works on its caller's thread");
        }

        Scorer scorer = Enter();
        PredictWork<TRow, TOut> work;
        try
        {
            PredictOptions asked = options.Span;
            ScoringCall call = Resolve(scorer, asked.Iterations, asked.BaseMargin);
            CheckCanAnswer(scorer.Forest, kind);
            int width = kind is { } known ? Width(scorer.Forest, known, call) : 1;
            RowBlock<TRow> rows = Shape(values.Span, output.Length, width, asked);
            CheckOutput(rows, output.Span, width, kind ?? PredictionKind.Value);
            CheckBaseMargin(rows.Count, scorer.Forest.OutputCount, asked.BaseMargin, (ReadOnlySpan<TOut>)output.Span);
            if (ForkGuard.IsForkedChild)
            {
                Answer(scorer, values.Span, output.Span, kind, asked);
                scorer.Leave();
                return ValueTask.CompletedTask;
            }

            work = PredictWork<TRow, TOut>.Rent();
            work.Set(this, scorer, values, output, kind, options, rows, width);
        }
        catch
        {
            scorer.Leave();
            throw;
        }

        return work.Start(lanes, cancellation);
    }

    private void CheckCanAnswer(Forest forest, PredictionKind? kind)
    {
        if (kind == PredictionKind.Leaf)
        {
            CheckHasLeaves(forest);
        }
        else if (kind is null)
        {
            _ = RuleOf(forest);
        }
    }

    private void Answer<TRow, TOut>(Scorer scorer, ReadOnlySpan<TRow> values, Span<TOut> output, PredictionKind? kind, in PredictOptions options)
        where TRow : unmanaged, INumberBase<TRow>
        where TOut : unmanaged, INumberBase<TOut>
    {
        if (kind is { } known)
        {
            Run(scorer, values, output, known, options, mostThreads: 1);
        }
        else
        {
            ChooseClasses(scorer, values, MemoryMarshal.Cast<TOut, int>(output), options, mostThreads: 1);
        }
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
        private AsyncPredictOptions _options;
        private PredictionKind? _kind;
        private int _rows;
        private int _stride;
        private int _width;
        private int _next;

        public static PredictWork<TRow, TOut> Rent()
        {
            lock (Kept)
            {
                return Kept.TryPop(out PredictWork<TRow, TOut>? work) ? work : new PredictWork<TRow, TOut>();
            }
        }

        public void Set(Booster booster, Scorer scorer, ReadOnlyMemory<TRow> values, Memory<TOut> output, PredictionKind? kind, in AsyncPredictOptions options, RowBlock<TRow> rows, int width)
        {
            _booster = booster;
            _scorer = scorer;
            _values = values;
            _output = output;
            _options = options;
            _kind = kind;
            _rows = rows.Count;
            _stride = rows.Stride;
            _width = width;
            _next = 0;
        }

        protected override bool Do()
        {
            int count = Math.Min(_booster!._options.Native.RowsPerCall, _rows - _next);
            int outputs = _scorer!.Forest.OutputCount;

            // The last row may end at its last column, before the stride does.
            ReadOnlySpan<TRow> values = _values.Span[(_next * _stride)..];
            PredictOptions options = new()
            {
                Iterations = _options.Iterations,
                BaseMargin = _options.BaseMargin.Span.Slice(_next * outputs, count * outputs),
                Columns = _options.Columns,
                RowStride = _options.RowStride,
            };
            _booster.Answer(
                _scorer,
                values[..(int)Math.Min((long)count * _stride, values.Length)],
                _output.Span.Slice(_next * _width, count * _width),
                _kind,
                options);
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
            _options = default;
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
