using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Inference.Benchmarks;

/// <summary>
/// What loading costs, against what is promised: time for each MB of the file, memory that stays, and memory that is
/// allocated on the way, all as multiples of the file. "First" is the first load of a process of its own, which waits for the
/// just-in-time compiler; the other times are those of a service that has loaded models before.
/// </summary>
internal static class LoadReport
{
    /// <summary>The first word of a command line that measures one load.</summary>
    public const string FirstCommand = "load-first";

    private const int Loads = 15;
    private const int FreshProcesses = 3;
    private const double MegaByte = 1e6;

    /// <summary>The promises: for XGBoost's UBJSON and LightGBM's text, and for memory in every format.</summary>
    private const double MostMillisecondsPerMegaByte = 30;
    private const double MostLiveRatio = 8;
    private const double MostAllocatedRatio = 16;
    private const double AllocationAllowance = 64 * 1024;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1.5);

    /// <summary>Prints a table; the result is 0 when every promise was kept and 3 when one was not.</summary>
    public static int Run(string[] names)
    {
        string[] models = names.Length > 0 ? names : [.. BenchmarkModels.Names];
        Console.WriteLine($"{Machine.Describe()}, {Loads} loads of each model, file in the system's cache; first and ms/MB by the best, since what else a machine does only adds");
        Console.WriteLine();
        Console.WriteLine("| model | file MB | first ms | first ms/MB | median ms | best ms | ms/MB | live MB | live ratio | allocated ratio |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        List<string> broken = [];
        foreach (string name in models)
        {
            Result result = Measure(BenchmarkModels.PathOf(name));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {result.FileMegaBytes:F2} | {result.First:F1} | {result.First / result.FileMegaBytes:F1} | {result.Median:F1} | {result.Best:F1} | {result.MillisecondsPerMegaByte:F1} | {result.LiveMegaBytes:F2} | {result.LiveRatio:F2} | {result.AllocatedRatio:F2} |"));
            broken.AddRange(result.Broken().Select(promise => $"{name}: {promise}"));
        }

        Console.WriteLine();
        broken.AddRange(LayoutReport.Print(models));
        foreach (string promise in broken)
        {
            Console.WriteLine(promise);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Promised: at most {MostMillisecondsPerMegaByte} ms/MB, live {MostLiveRatio} times the file, allocated {MostAllocatedRatio} times the file and 64 KiB; of the engine {LayoutReport.BytesPerNode} bytes a node and {LayoutReport.BytesPerThreshold} a threshold, and no more time than parsing: {(broken.Count == 0 ? "kept" : "broken")}."));
        return broken.Count == 0 ? 0 : 3;
    }

    /// <summary>Prints the milliseconds of one load: what a fresh process runs.</summary>
    public static int RunFirst(string path)
    {
        long start = Stopwatch.GetTimestamp();
        Booster.Load(path).Dispose();
        Console.WriteLine(Stopwatch.GetElapsedTime(start).TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    private static double MeasureFirst(string path)
    {
        double best = double.PositiveInfinity;
        for (int i = 0; i < FreshProcesses; i++)
        {
            ProcessStartInfo start = new(Environment.ProcessPath!, [FirstCommand, path]) { RedirectStandardOutput = true };
            using Process process = Process.Start(start)!;
            best = Math.Min(best, double.Parse(process.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture));
            process.WaitForExit();
        }

        return best;
    }

    private static Result Measure(string path)
    {
        double first = MeasureFirst(path);

        // The compiler compiles what is hot again in the background; wait until it has.
        long warming = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(warming) < WarmUp)
        {
            Booster.Load(path).Dispose();
        }

        double[] times = new double[Loads];
        for (int i = 0; i < times.Length; i++)
        {
            Settle();
            long start = Stopwatch.GetTimestamp();
            Booster.Load(path).Dispose();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        long before = Settle();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Booster booster = Booster.Load(path);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        long live = Settle() - before;
        GC.KeepAlive(booster);
        return new Result(new FileInfo(path).Length, first, times[Loads / 2], times[0], live, allocated, booster.Info.Format);
    }

    private static long Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private sealed record Result(long FileBytes, double First, double Median, double Best, long LiveBytes, long AllocatedBytes, ModelFormat Format)
    {
        public double FileMegaBytes => FileBytes / MegaByte;

        public double MillisecondsPerMegaByte => Best / FileMegaBytes;

        public double LiveMegaBytes => LiveBytes / MegaByte;

        public double LiveRatio => (double)LiveBytes / FileBytes;

        public double AllocatedRatio => (double)AllocatedBytes / FileBytes;

        public IEnumerable<string> Broken()
        {
            if (Format is ModelFormat.XGBoostUbjson or ModelFormat.LightGbmText && MillisecondsPerMegaByte > MostMillisecondsPerMegaByte)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{MillisecondsPerMegaByte:F1} ms/MB");
            }

            if (LiveRatio > MostLiveRatio)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"live memory {LiveRatio:F2} times the file");
            }

            if (AllocatedBytes > (MostAllocatedRatio * FileBytes) + AllocationAllowance)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"allocated {AllocatedRatio:F2} times the file");
            }
        }
    }
}
