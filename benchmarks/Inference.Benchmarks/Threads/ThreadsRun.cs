using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using Inference.Benchmarks.Raw;

namespace Inference.Benchmarks.Threads;

/// <summary>Many .NET threads that predict one model in this process, rows and batches mixed, while the system's threads are counted.</summary>
internal static class ThreadsRun
{
    /// <summary>The first word of a command line that runs one way.</summary>
    public const string Command = "threads-run";

    /// <summary>The ways to predict.</summary>
    public static readonly string[] Ways = ["lanes of two threads", "callers", "raw C, two threads each"];

    private const string Model = "xgb-d6-500/model.ubj";
    private const int Callers = 64;
    private const int Batch = 512;
    private const int SinglesForEachBatch = 15;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private static readonly float[] Rows = BenchmarkModels.Rows(Model);
    private static readonly float[] Expected = ExpectedMargins();
    private static readonly int Columns = Rows.Length / Expected.Length;

    private static long s_rows;
    private static long s_wrong;

    private delegate void Predict(ReadOnlySpan<float> rows, Span<float> margins);

    /// <summary>Prints one line of figures.</summary>
    /// <param name="arguments">The way, the seconds.</param>
    public static int Run(string[] arguments)
    {
        using LanePool? lanes = arguments[0] == Ways[0] ? new LanePool(new LaneOptions { ThreadsPerLane = 2 }) : null;
        using Booster? booster = arguments[0] == Ways[2]
            ? null
            : Booster.Load(BenchmarkModels.PathOf(Model), new BoosterOptions { Engine = EngineKind.Native, Native = new NativeOptions { Lanes = lanes } });
        using RawXGBoost? raw = booster is null ? RawXGBoost.Load(File.ReadAllBytes(BenchmarkModels.PathOf(Model)), threads: 2) : null;
        Predict predict = booster is null
            ? (rows, margins) => raw!.Predict(rows, margins.Length, margins)
            : (rows, margins) => booster.PredictMargin(rows, margins);

        using ManualResetEventSlim begin = new();
        using CancellationTokenSource end = new();
        List<double>[] latencies = [.. Enumerable.Range(0, Callers).Select(_ => new List<double>())];
        Thread[] callers = [.. latencies.Select((mine, index) => new Thread(() => Call(predict, index, mine, begin, end.Token)) { Name = "caller" })];
        Array.ForEach(callers, caller => caller.Start());
        SpinWait.SpinUntil(() => Count("caller") == Callers);
        int before = Tasks().Length;

        begin.Set();
        long start = Stopwatch.GetTimestamp();
        int most = 0, mostNative = 0;
        HashSet<string> seen = [];
        TimeSpan time = TimeSpan.FromSeconds(int.Parse(arguments[1], CultureInfo.InvariantCulture));
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            Thread.Sleep(Look);
            most = Math.Max(most, Tasks().Length);

            // A thread that OpenMP starts keeps its starter's name. One of the runtime's has it until it names itself: it is not seen twice.
            HashSet<string> named = [.. Named("lane"), .. Named("caller")];
            mostNative = Math.Max(mostNative, named.Count(seen.Contains) - Callers);
            seen = named;
        }

        double rows = Interlocked.Read(ref s_rows) / Stopwatch.GetElapsedTime(start).TotalSeconds;
        end.Cancel();
        Array.ForEach(callers, caller => caller.Join());
        double[] sorted = [.. latencies.SelectMany(mine => mine).Order()];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{before} {most} {mostNative} {lanes?.Lanes ?? 0} {LaneBudget.Total} {rows:F0} {Quantile(sorted, 0.5):F2} {Quantile(sorted, 0.99):F2} {s_wrong}"));
        return 0;
    }

    private static void Call(Predict predict, int seed, List<double> latencies, ManualResetEventSlim begin, CancellationToken end)
    {
        Random random = new(seed);
        float[] margins = new float[Batch];
        begin.Wait(CancellationToken.None);
        while (!end.IsCancellationRequested)
        {
            int count = random.Next(1 + SinglesForEachBatch) == 0 ? Batch : 1;
            int first = random.Next(Expected.Length - count + 1);
            Span<float> found = margins.AsSpan(0, count);
            long start = Stopwatch.GetTimestamp();
            predict(Rows.AsSpan(first * Columns, count * Columns), found);
            if (count == 1)
            {
                latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            Interlocked.Add(ref s_rows, count);
            if (!MemoryMarshal.AsBytes(found).SequenceEqual(MemoryMarshal.AsBytes(Expected.AsSpan(first, count))))
            {
                Interlocked.Increment(ref s_wrong);
            }
        }
    }

    /// <summary>What the managed engine says.</summary>
    private static float[] ExpectedMargins()
    {
        using Booster managed = Booster.Load(BenchmarkModels.PathOf(Model));
        float[] margins = new float[Rows.Length / managed.Info.Features.Count];
        managed.PredictMargin(Rows, margins);
        return margins;
    }

    private static string[] Tasks() => Directory.GetDirectories("/proc/self/task");

    private static int Count(string name) => Named(name).Count();

    private static IEnumerable<string> Named(string name) => Tasks().Where(task => Name(task).StartsWith(name, StringComparison.Ordinal));

    private static string Name(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm"));
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return "";
        }
    }

    private static double Quantile(double[] sorted, double share) => sorted.Length == 0 ? double.NaN : sorted[(int)(share * (sorted.Length - 1))];
}
