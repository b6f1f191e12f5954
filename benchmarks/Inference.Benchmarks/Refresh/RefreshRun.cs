using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Inference.Native;

namespace Inference.Benchmarks.Refresh;

/// <summary>Cycles of load, predict and free in this process, every step on another thread of the pool, while garbage is made.</summary>
internal static class RefreshRun
{
    /// <summary>The first word of a command line that runs one library one way.</summary>
    public const string Command = "refresh-run";

    /// <summary>How often memory is looked at.</summary>
    public const int Samples = 10;

    private const int Predictors = 4;
    private const int Batch = 8192;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Prints a line for each sample, then one of totals.</summary>
    /// <param name="arguments">Library, way, model file, rows file, cycles.</param>
    public static async Task<int> Run(string[] arguments)
    {
        NativeLibraryKind library = Enum.Parse<NativeLibraryKind>(arguments[0]);
        Func<byte[], RefreshModel> load = RefreshModel.Ways[(library, arguments[1])];
        float[] rows = BenchmarkModels.RowsOf(arguments[3]);
        int cycles = int.Parse(arguments[4], CultureInfo.InvariantCulture);
        using PoolThreads pool = new();
        using CancellationTokenSource end = new();
        Task pressure = Task.Factory.StartNew(() => MakeGarbage(end.Token), TaskCreationOptions.LongRunning);

        long start = Stopwatch.GetTimestamp();
        for (int cycle = 1; cycle <= cycles; cycle++)
        {
            RefreshModel? model = null;
            await pool.Run(() => model = load(File.ReadAllBytes(arguments[2])));
            Task[] predictions = new Task[Predictors];
            for (int i = 0; i < Predictors; i++)
            {
                // Callers of a few rows each, and in every fourth cycle a whole batch.
                int count = i == 0 && cycle % 4 == 1 ? Batch : 1 + i;
                predictions[i] = pool.Run(() => model!.Predict(rows, count));
            }

            await Task.WhenAll(predictions);
            await pool.Run(model!.Free);
            model = null;
            if (cycle % (cycles / Samples) == 0)
            {
                // A lane frees after its caller has gone on.
                SpinWait.SpinUntil(() => NativeHandle.Live == 0, Patience);
                long resident = ProcessMemory.Settle();
                (long used, long kept) = ProcessMemory.Malloc();
                Console.WriteLine($"{cycle} {resident} {GC.GetGCMemoryInfo().TotalCommittedBytes} {used} {kept} {NativeHandle.Live}");
            }
        }

        double perCycle = Stopwatch.GetElapsedTime(start).TotalMilliseconds / cycles;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"end {perCycle} {PoolThreads.Count} {GC.CollectionCount(0)} {GC.CollectionCount(2)}"));
        await end.CancelAsync();
        await pressure;
        return 0;
    }

    /// <summary>About 100 MB a second, some of which lives for a while.</summary>
    private static void MakeGarbage(CancellationToken end)
    {
        byte[][] kept = new byte[256][];
        Random random = new(1);
        while (!end.IsCancellationRequested)
        {
            for (int i = 0; i < 32; i++)
            {
                kept[random.Next(kept.Length)] = new byte[random.Next(1, 60_000)];
            }

            Thread.Sleep(10);
        }
    }
}
