using System;
using System.Collections.Generic;
using System.Globalization;

namespace Inference.Benchmarks.Threads;

/// <summary>How many threads a process gets that predicts on 64 threads of its own: on lanes, without, and by the C functions alone.</summary>
internal static class ThreadsReport
{
    private const int DefaultSeconds = 60;

    /// <summary>Prints a table; the result is 0 when every promise was kept and 3 when one was not.</summary>
    public static int Run(string[] arguments)
    {
        CommandOptions options = new(arguments);
        int seconds = options.Number("--seconds", DefaultSeconds);
        options.Check();
        if (!OperatingSystem.IsLinux())
        {
            throw new BenchmarkException("threads are counted in /proc, which Linux alone has");
        }

        if (LaneBudget.Total < 2)
        {
            throw new BenchmarkException("a lane of two threads needs two processors");
        }

        Console.WriteLine($"{Machine.Describe()}, {Machine.DescribeLibraries()}");
        Console.WriteLine($"64 .NET threads predict xgb-d6-500 for {seconds} s, one row fifteen times, then 512 rows; every answer is compared with the managed engine's");
        Console.WriteLine();
        Console.WriteLine("| way | OS threads before | most OS threads | of them native | lanes | budget | rows/s | one row p50 ms | p99 ms | wrong |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        List<string> broken = [];
        foreach (string way in ThreadsRun.Ways)
        {
            string[] found = ChildRun.Lines([ThreadsRun.Command, way, $"{seconds}"])[^1].Split(' ');
            Console.WriteLine($"| {way} | {string.Join(" | ", found)} |");
            int native = int.Parse(found[2], CultureInfo.InvariantCulture), lanes = int.Parse(found[3], CultureInfo.InvariantCulture);
            bool isOurs = way != ThreadsRun.Ways[^1];
            if (isOurs && (native != 2 * lanes || native > LaneBudget.Total || found[^1] != "0"))
            {
                broken.Add(way);
            }
        }

        Console.WriteLine();
        Console.WriteLine("Native threads are the lanes and those that OpenMP started; the others are the 64 callers and .NET's own.");
        Console.WriteLine(
            $"Promised: on lanes one OpenMP team for each lane, two threads of a budget of {LaneBudget.Total}; without lanes no native thread; no wrong answer: {(broken.Count == 0 ? "kept" : $"broken by {string.Join(", ", broken)}")}.");
        return broken.Count == 0 ? 0 : 3;
    }
}
