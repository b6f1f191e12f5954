using System;
using System.Numerics;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks;
using Inference.Forests;

namespace Inference.Engine;

/// <summary>Splits a call by rows over several threads. Each row is scored by one thread, so the bits do not depend on their number.</summary>
internal static unsafe class ParallelPredictor
{
    /// <summary>Fewer rows for each thread than this are not worth a hand-over.</summary>
    private const int LeastRows = 64;

    /// <summary>The threads worth using for a number of rows.</summary>
    public static int Useful(int threads, int rows) => Math.Clamp(rows / LeastRows, 1, threads);

    /// <summary>As <see cref="Predictor.Score"/>, on several threads.</summary>
    public static void Score<TRow, TOut>(Scorer scorer, PredictionKind kind, RowBlock<TRow> rows, in ScoringCall call, Span<TOut> output, int threads)
        where TRow : unmanaged, INumberBase<TRow>
        where TOut : unmanaged, INumberBase<TOut>
    {
        Run(new ScoreJob(kind), scorer, rows, call, output, threads);
    }

    /// <summary>As <see cref="Predictor.Leaves"/>, on several threads.</summary>
    public static void Leaves<TRow>(Scorer scorer, RowBlock<TRow> rows, in ScoringCall call, Span<int> leaves, int threads)
        where TRow : unmanaged, INumberBase<TRow>
    {
        Run(default(LeafJob), scorer, rows, call, leaves, threads);
    }

    private static void Run<TJob, TRow, TOut>(TJob job, Scorer scorer, RowBlock<TRow> rows, in ScoringCall call, Span<TOut> output, int threads)
        where TJob : struct, IJob
        where TRow : unmanaged, INumberBase<TRow>
        where TOut : unmanaged, INumberBase<TOut>
    {
        // Spans cannot cross threads: the memory is pinned here, and this frame outlives the workers.
        fixed (TRow* values = rows.Values)
        fixed (TOut* results = output)
        fixed (float* singles = call.BaseMargin.Singles)
        fixed (double* doubles = call.BaseMargin.Doubles)
        {
            Pinned<TRow, TOut> pinned = new()
            {
                Values = values,
                ValueCount = rows.Values.Length,
                Results = results,
                ResultCount = output.Length,
                Singles = singles,
                SingleCount = call.BaseMargin.Singles.Length,
                Doubles = doubles,
                DoubleCount = call.BaseMargin.Doubles.Length,
            };
            int count = rows.Count, columns = rows.Columns, stride = rows.Stride;
            int firstTree = call.FirstTree, endTree = call.EndTree, firstIteration = call.FirstIteration, iterations = call.Iterations;
            void Part(int part)
            {
                int start = (int)((long)count * part / threads);
                int length = (int)((long)count * (part + 1) / threads) - start;
                RowBlock<TRow> all = new(new ReadOnlySpan<TRow>(pinned.Values, pinned.ValueCount), count, columns, stride);
                ScoringCall whole = new()
                {
                    FirstTree = firstTree,
                    EndTree = endTree,
                    FirstIteration = firstIteration,
                    Iterations = iterations,
                    BaseMargin = pinned.BaseMargin,
                };
                int width = pinned.ResultCount / count;
                Span<TOut> mine = new Span<TOut>(pinned.Results, pinned.ResultCount).Slice(start * width, length * width);
                job.Run(scorer, all.Slice(start, length), whole.ForRows(start, length, scorer.Forest.OutputCount), mine);
            }

            try
            {
                Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, Part);
            }
            catch (AggregateException exception)
            {
                // A native library may refuse; the caller meets the same exception as with one thread.
                ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
            }
        }
    }

    private interface IJob
    {
        public void Run<TRow, TOut>(Scorer scorer, RowBlock<TRow> rows, in ScoringCall call, Span<TOut> output)
            where TRow : unmanaged, INumberBase<TRow>
            where TOut : unmanaged, INumberBase<TOut>;
    }

    private readonly struct ScoreJob(PredictionKind kind) : IJob
    {
        public void Run<TRow, TOut>(Scorer scorer, RowBlock<TRow> rows, in ScoringCall call, Span<TOut> output)
            where TRow : unmanaged, INumberBase<TRow>
            where TOut : unmanaged, INumberBase<TOut> => Predictor.Score(scorer, kind, rows, call, output);
    }

    private readonly struct LeafJob : IJob
    {
        public void Run<TRow, TOut>(Scorer scorer, RowBlock<TRow> rows, in ScoringCall call, Span<TOut> output)
            where TRow : unmanaged, INumberBase<TRow>
            where TOut : unmanaged, INumberBase<TOut> =>
            Predictor.Leaves(scorer, rows, call, System.Runtime.InteropServices.MemoryMarshal.Cast<TOut, int>(output));
    }

    private struct Pinned<TRow, TOut>
        where TRow : unmanaged
        where TOut : unmanaged
    {
        public TRow* Values;
        public int ValueCount;
        public TOut* Results;
        public int ResultCount;
        public float* Singles;
        public int SingleCount;
        public double* Doubles;
        public int DoubleCount;

        public readonly BaseMargin BaseMargin => DoubleCount > 0
            ? new(new ReadOnlySpan<double>(Doubles, DoubleCount))
            : new(new ReadOnlySpan<float>(Singles, SingleCount));
    }
}
