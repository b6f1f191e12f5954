using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Inference.Cli.Results;
using Inference.Cli.Rows;

namespace Inference.Cli.Commands;

/// <summary>Reads, scores and writes a chunk of rows at a time. The scores do not depend on where a chunk ends.</summary>
/// <remarks>
/// A chunk starts small and grows while it takes less than a twentieth of a second: large enough to keep an engine busy,
/// small enough for a progress bar and Ctrl-C, whatever a row of this model costs. Several threads are worth their
/// hand-over from 64 rows each, so that a chunk grows to that in any case.
/// </remarks>
internal sealed class ChunkedPrediction<TRow, TResult>(
    Booster booster, PredictionKind kind, IterationRange iterations, int threads, RowSource<TRow> source, ResultWriter<TResult> writer, int width)
    where TRow : unmanaged
    where TResult : unmanaged, IUtf8SpanFormattable
{
    private const int FirstRows = 16;
    private const int RowsOfAThread = 64;
    private const long LargestBytes = 32 << 20;
    private static readonly TimeSpan Brief = TimeSpan.FromMilliseconds(50);

    private readonly int _leastRows = threads == 1 ? 1 : threads * RowsOfAThread;
    private readonly int _mostRows = (int)Math.Clamp(
        LargestBytes / Math.Max(1, ((long)source.Columns * Unsafe.SizeOf<TRow>()) + ((long)width * Unsafe.SizeOf<TResult>())), 1, 1 << 20);

    private TRow[] _rows = [];
    private TResult[] _results = [];
    private int _chunk;

    /// <summary>Does one chunk; <see langword="false"/> when no row is left.</summary>
    public bool Step()
    {
        if (_chunk == 0)
        {
            Resize(Math.Min(FirstRows, _mostRows));
        }

        long start = Stopwatch.GetTimestamp();
        int count = source.Read(_rows, _chunk);
        if (count == 0)
        {
            return false;
        }

        Span<TResult> results = _results.AsSpan(0, count * width);
        Prediction.Run<TRow, TResult>(booster, kind, _rows.AsSpan(0, count * source.Columns), results, iterations);
        writer.Write(results, count);
        if (count == _chunk && _chunk < _mostRows && (_chunk < _leastRows || Stopwatch.GetElapsedTime(start) < Brief))
        {
            Resize(Math.Min(_chunk * 2, _mostRows));
        }

        return true;
    }

    private void Resize(int rows)
    {
        _chunk = rows;
        _rows = new TRow[checked(rows * source.Columns)];
        _results = new TResult[checked(rows * width)];
    }
}
