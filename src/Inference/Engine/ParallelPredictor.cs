using System;
using System.Numerics;
using Inference.Forests;

namespace Inference.Engine;

/// <summary>Shares the rows of a call among several threads. Each row is scored by one thread, so the bits do not depend on their number.</summary>
internal static unsafe class ParallelPredictor
{
    /// <summary>Fewer rows for each thread than this are not worth a hand-over.</summary>
    private const int LeastRows = 64;

    /// <summary>The threads worth using for a number of rows.</summary>
    public static int Useful(Scorer scorer, int threads, int rows) => Math.Clamp(rows / Math.Max(scorer.RowUnit, LeastRows), 1, threads);

    /// <summary>As <see cref="Predictor.Answer"/>, on several threads. Allocates nothing once warm.</summary>
    public static void Answer<TRow, TOut>(Scorer scorer, PredictionKind kind, RowBlock<TRow> rows, in ScoringCall call, Span<TOut> output, int threads)
        where TRow : unmanaged, INumberBase<TRow>
        where TOut : unmanaged, INumberBase<TOut>
    {
        // Spans cannot cross threads: the memory is pinned here, and this frame outlives the helpers' work.
        fixed (TRow* values = rows.Values)
        fixed (TOut* results = output)
        fixed (float* singles = call.BaseMargin.Singles)
        fixed (double* doubles = call.BaseMargin.Doubles)
        {
            PinnedCall<TRow, TOut> pinned = new()
            {
                Kind = kind,
                Values = values,
                ValueCount = rows.Values.Length,
                Rows = rows.Count,
                Columns = rows.Columns,
                Stride = rows.Stride,
                Results = results,
                Width = output.Length / rows.Count,
                FirstTree = call.FirstTree,
                EndTree = call.EndTree,
                FirstIteration = call.FirstIteration,
                Iterations = call.Iterations,
                Singles = singles,
                SingleCount = call.BaseMargin.Singles.Length,
                Doubles = doubles,
                DoubleCount = call.BaseMargin.Doubles.Length,
            };
            int pieceRows = kind == PredictionKind.Contribution ? scorer.ContributionRows : scorer.PieceRows;
            RowPieces pieces = new(rows.Count, scorer.RowUnit, pieceRows, threads);
            ParallelJob.Own.Run(scorer, &ScorePiece<TRow, TOut>, &pinned, pieces, threads - 1);
        }
    }

    private static void ScorePiece<TRow, TOut>(Scorer scorer, void* context, int start, int count)
        where TRow : unmanaged, INumberBase<TRow>
        where TOut : unmanaged, INumberBase<TOut>
    {
        PinnedCall<TRow, TOut>* pinned = (PinnedCall<TRow, TOut>*)context;
        RowBlock<TRow> rows = new RowBlock<TRow>(new(pinned->Values, pinned->ValueCount), pinned->Rows, pinned->Columns, pinned->Stride).Slice(start, count);
        ScoringCall call = pinned->Call.ForRows(start, count, scorer.Forest.OutputCount);
        Span<TOut> output = new(pinned->Results + ((nint)start * pinned->Width), count * pinned->Width);
        Predictor.Answer(scorer, pinned->Kind, rows, call, output);
    }

    /// <summary>A call whose memory stays where it is.</summary>
    private struct PinnedCall<TRow, TOut>
        where TRow : unmanaged
        where TOut : unmanaged
    {
        public PredictionKind Kind;
        public TRow* Values;
        public int ValueCount;
        public int Rows;
        public int Columns;
        public int Stride;
        public TOut* Results;
        public int Width;
        public int FirstTree;
        public int EndTree;
        public int FirstIteration;
        public int Iterations;
        public float* Singles;
        public int SingleCount;
        public double* Doubles;
        public int DoubleCount;

        public readonly ScoringCall Call => new()
        {
            FirstTree = FirstTree,
            EndTree = EndTree,
            FirstIteration = FirstIteration,
            Iterations = Iterations,
            BaseMargin = DoubleCount > 0 ? new(new ReadOnlySpan<double>(Doubles, DoubleCount)) : new(new ReadOnlySpan<float>(Singles, SingleCount)),
        };
    }
}
