using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace Inference.Cli.Benchmarking;

/// <summary>What one engine took, round by round.</summary>
/// <typeparam name="TRow">float or double.</typeparam>
/// <typeparam name="TScore">float or double, the model's own.</typeparam>
internal sealed class EngineTimes<TRow, TScore> : IEngineTimes, IDisposable
    where TRow : unmanaged
    where TScore : unmanaged
{
    private static readonly TimeSpan SingleRowTime = TimeSpan.FromMilliseconds(100);

    private readonly string _model;
    private readonly EngineKind _engine;
    private readonly int _threads;
    private readonly TRow[] _rows;
    private readonly int _count;
    private readonly TScore[] _scores;
    private readonly List<double> _loads = [];
    private readonly List<double> _batches = [];
    private readonly List<double> _singles = [];
    private Booster _booster;
    private int _nextRow;

    /// <summary>Loads the model into an engine.</summary>
    public EngineTimes(string model, EngineKind engine, int threads, TRow[] rows, int count)
    {
        (_model, _engine, _threads, _rows, _count) = (model, engine, threads, rows, count);
        _booster = InputFiles.LoadModel(model, engine, threads);
        _scores = new TScore[checked(count * Info.OutputCount)];
    }

    /// <inheritdoc/>
    public BoosterInfo Info => _booster.Info;

    /// <inheritdoc/>
    public int Threads => _threads;

    /// <inheritdoc/>
    public double LoadMilliseconds => Median(_loads) * 1e3;

    /// <inheritdoc/>
    public double BatchSeconds => Median(_batches);

    /// <inheritdoc/>
    public long AllocatedBytes { get; private set; }

    /// <inheritdoc/>
    public double SingleMicroseconds(double quantile)
    {
        _singles.Sort();
        return _singles[(int)Math.Min(_singles.Count - 1, quantile * _singles.Count)] * 1e6;
    }

    /// <inheritdoc/>
    public void TimeLoad(bool isWarmUp)
    {
        long start = Stopwatch.GetTimestamp();
        Booster loaded = InputFiles.LoadModel(_model, _engine, _threads);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (!isWarmUp)
        {
            _loads.Add(seconds);
        }

        _booster.Dispose();
        _booster = loaded;
    }

    /// <inheritdoc/>
    public void TimeBatch(bool isWarmUp)
    {
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        long start = Stopwatch.GetTimestamp();
        Prediction.Run<TRow, TScore>(_booster, PredictionKind.Margin, _rows, _scores, IterationRange.All);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (!isWarmUp)
        {
            _batches.Add(seconds);
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            AllocatedBytes = _batches.Count == 1 ? allocated : Math.Min(AllocatedBytes, allocated);
        }
    }

    /// <inheritdoc/>
    public void TimeSingleRows(bool isWarmUp)
    {
        int columns = _rows.Length / _count;
        long began = Stopwatch.GetTimestamp();
        do
        {
            ReadOnlySpan<TRow> row = _rows.AsSpan(_nextRow * columns, columns);
            _nextRow = (_nextRow + 1) % _count;
            long start = Stopwatch.GetTimestamp();
            Prediction.Run(_booster, PredictionKind.Margin, row, _scores.AsSpan(0, Info.OutputCount), IterationRange.All);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (!isWarmUp)
            {
                _singles.Add(seconds);
            }
        }
        while (Stopwatch.GetElapsedTime(began) < SingleRowTime);
    }

    /// <inheritdoc/>
    public void Dispose() => _booster.Dispose();

    private static double Median(List<double> values)
    {
        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }
}

/// <summary>What one engine took, whatever the number types.</summary>
internal interface IEngineTimes
{
    /// <summary>The model as the engine runs it.</summary>
    public BoosterInfo Info { get; }

    /// <summary>The most threads that a call may use.</summary>
    public int Threads { get; }

    /// <summary>The median of the loads.</summary>
    public double LoadMilliseconds { get; }

    /// <summary>The median over the rounds of the time for all rows.</summary>
    public double BatchSeconds { get; }

    /// <summary>What one call for all rows allocates on the managed heap, once warm.</summary>
    public long AllocatedBytes { get; }

    /// <summary>The time of a call for one row that a share of all calls stayed below.</summary>
    public double SingleMicroseconds(double quantile);

    /// <summary>Loads the model again.</summary>
    public void TimeLoad(bool isWarmUp);

    /// <summary>Scores all rows once.</summary>
    public void TimeBatch(bool isWarmUp);

    /// <summary>Scores rows one by one for a tenth of a second.</summary>
    public void TimeSingleRows(bool isWarmUp);
}
