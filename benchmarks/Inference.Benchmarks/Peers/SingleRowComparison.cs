using System;
using System.Diagnostics;
using System.Linq;

namespace Inference.Benchmarks.Peers;

/// <summary>
/// One row through <see cref="Booster.Predict(ReadOnlySpan{float})"/>, every call timed by itself, both sides in turns of
/// 256 calls. The first calls of a turn find the other side's data in the caches, and are counted.
/// </summary>
internal static class SingleRowComparison
{
    private const int Runs = 5;
    private const int CallsPerTurn = 256;
    private const int TurnsPerRun = 24;

    /// <summary>Measures our engine against the library that trained the model.</summary>
    public static SingleRowResult Measure(PeerCase model)
    {
        Side ours = new(model, model.Ours);
        Side peer = new(model, model.Library);
        Turns.WarmUp(ours.Turn, peer.Turn);
        for (int run = 0; run < Runs; run++)
        {
            for (int turn = 0; turn < TurnsPerRun; turn++)
            {
                ours.Turn();
                peer.Turn();
            }

            ours.EndRun(run);
            peer.EndRun(run);
        }

        return new SingleRowResult(model.Name, model.Library.Name, ours.Result(), peer.Result());
    }

    private sealed class Side(PeerCase model, Contender contender)
    {
        private readonly long[] _ticks = new long[CallsPerTurn * TurnsPerRun];
        private readonly (double Median, double Late)[] _runs = new (double, double)[Runs];
        private int _next;

        public void Turn()
        {
            for (int i = 0; i < CallsPerTurn; i++)
            {
                ReadOnlySpan<float> row = model.Rows.AsSpan(_next % PeerCase.MostRows * model.Columns, model.Columns);
                long start = Stopwatch.GetTimestamp();
                contender.ScoreRow(row);
                _ticks[_next % _ticks.Length] = Stopwatch.GetTimestamp() - start;
                _next++;
            }
        }

        public void EndRun(int run)
        {
            Array.Sort(_ticks);
            _runs[run] = (Microseconds(0.5), Microseconds(0.99));
            _next = 0;
        }

        public SingleRowTimes Result() => new(Median(run => run.Median), Median(run => run.Late), _runs.Min(run => run.Late / run.Median));

        private double Median(Func<(double Median, double Late), double> figure) => _runs.Select(figure).Order().ElementAt(Runs / 2);

        private double Microseconds(double quantile) => _ticks[(int)(quantile * _ticks.Length)] * 1e6 / Stopwatch.Frequency;
    }
}

/// <summary>What single calls take, in microseconds.</summary>
/// <param name="Median">Half of the calls take no longer: the median of five runs.</param>
/// <param name="Late">99 of 100 calls take no longer: the median of five runs.</param>
/// <param name="Spread">How many times as long the late calls take as the median, in the best of the runs.</param>
internal sealed record SingleRowTimes(double Median, double Late, double Spread);

/// <summary>One row, ours and the training library's.</summary>
internal sealed record SingleRowResult(string Model, string Peer, SingleRowTimes Ours, SingleRowTimes Theirs)
{
    /// <summary>How many times as long the peer's median is.</summary>
    public double Ratio => Theirs.Median / Ours.Median;
}
