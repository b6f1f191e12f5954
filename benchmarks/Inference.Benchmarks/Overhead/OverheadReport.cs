using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;

namespace Inference.Benchmarks.Overhead;

/// <summary>
/// What this library adds to a raw call of the library below it: both sides take turns of a few milliseconds in one process,
/// and each turn is compared with its neighbour, so that what else the machine does concerns both. Time is what the thread
/// worked: all of a prediction happens on its caller's thread.
/// </summary>
internal static class OverheadReport
{
    private const int Pairs = 5;
    private const int TurnsOfAPair = 60;
    private const int LongTurnsOfAPair = 12;
    private const double TurnNanoseconds = 3e6;
    private const double LongTurn = 20e6;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1.5);

    private static readonly (string Model, int Rows, double Limit)[] Promises =
    [
        ("xgb-risk-31f-100/model.ubj", 1, 1.05),
        ("xgb-risk-31f-100/model.ubj", 8192, 1.02),
        ("xgb-d6-500/model.ubj", 1, 1.05),
        ("xgb-d6-500/model.ubj", 8192, 1.02),
        (Tower, 1, 1.1),
    ];

    private const string Tower = "two-tower-user/model.onnx";

    /// <summary>Prints a table; the result is 0 when every promise was kept and 3 when one was not.</summary>
    public static int Run(string[] arguments)
    {
        CommandOptions options = new(arguments);
        options.Check();
        CHarness harness = CHarness.Build();
        Console.WriteLine($"{Machine.Describe()}, {Machine.DescribeLibraries()}, {harness.Compiler}");
        Console.WriteLine(
            $"{Pairs} pairs of models, in turns of {TurnNanoseconds / 1e6:F0} ms or one call; medians of the thread's processor time; the ratio is the median of the ratios of neighbouring turns, the quartiles beside it");
        Console.WriteLine();
        Console.WriteLine("| model | rows | raw C us | Inference us | ratio | quartiles | limit | bytes/call |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|");
        List<string> broken = [];
        foreach ((string model, int rows, double limit) in Promises)
        {
            if (options.Words.Length > 0 && !options.Words.Any(word => model.StartsWith(word, StringComparison.Ordinal)))
            {
                continue;
            }

            Result result = Measure(harness, isRawFirst => model == Tower ? new TowerDuel(harness, isRawFirst) : new XGBoostDuel(harness, model, rows, isRawFirst));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {model} | {rows} | {result.Raw / 1e3:F2} | {result.Ours / 1e3:F2} | {result.Ratio:F3} | {result.Low:F3} to {result.High:F3} | {limit} | {result.BytesPerCall:0.##} |"));
            if (result.Ratio > limit || result.BytesPerCall > 0)
            {
                broken.Add(string.Create(CultureInfo.InvariantCulture, $"{model} with {rows} rows"));
            }
        }

        Console.WriteLine();
        Console.WriteLine($"Promised: at most the limit times the raw call, nothing allocated: {(broken.Count == 0 ? "kept" : $"broken by {string.Join(", ", broken)}")}.");
        return broken.Count == 0 ? 0 : 3;
    }

    private static Result Measure(CHarness harness, Func<bool, Duel> make)
    {
        List<double> raw = [], ours = [], ratios = [];
        long allocated = 0, calls = 0;
        for (int pair = 0; pair < Pairs; pair++)
        {
            // Where a model lies in memory matters by a few percent: five pairs, each side the first in turn.
            using Duel duel = make(pair % 2 == 0);
            double nanoseconds = Warm(harness, duel, pair == 0 ? WarmUp : WarmUp / 5);
            int perTurn = (int)Math.Max(1, TurnNanoseconds / nanoseconds);
            int turns = nanoseconds > LongTurn ? LongTurnsOfAPair : TurnsOfAPair;
            for (int turn = 0; turn < turns; turn++)
            {
                bool isRawFirst = turn % 2 == 0;
                double first = isRawFirst ? duel.TimeRaw(perTurn) : 0;
                long before = GC.GetAllocatedBytesForCurrentThread();
                double mine = TimeOurs(harness, duel, perTurn);
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
                double theirs = isRawFirst ? first : duel.TimeRaw(perTurn);
                calls += perTurn;
                raw.Add(theirs / perTurn);
                ours.Add(mine / perTurn);
                ratios.Add(mine / theirs);
            }
        }

        return new Result(Quantile(raw, 0.5), Quantile(ours, 0.5), Quantile(ratios, 0.5), Quantile(ratios, 0.25), Quantile(ratios, 0.75), (double)allocated / calls);
    }

    /// <summary>Runs both sides until the just-in-time compiler has had its time; the nanoseconds of a raw call.</summary>
    private static double Warm(CHarness harness, Duel duel, TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        double nanoseconds;
        do
        {
            nanoseconds = duel.TimeRaw(1);
            int calls = (int)Math.Max(1, TurnNanoseconds / nanoseconds);
            TimeOurs(harness, duel, calls);
            nanoseconds = duel.TimeRaw(calls) / (double)calls;
        }
        while (Stopwatch.GetElapsedTime(start) < time);
        return nanoseconds;
    }

    private static double TimeOurs(CHarness harness, Duel duel, int calls)
    {
        long start = harness.Now();
        duel.Call(calls);
        return harness.Now() - start;
    }

    private static double Quantile(List<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted[(int)(share * (sorted.Length - 1))];
    }

    private sealed record Result(double Raw, double Ours, double Ratio, double Low, double High, double BytesPerCall);
}
