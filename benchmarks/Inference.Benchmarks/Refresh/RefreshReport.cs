using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Inference.Benchmarks.Raw;

namespace Inference.Benchmarks.Refresh;

/// <summary>
/// Whether a service that loads, uses and frees models again and again keeps its size: each library and each way in a
/// process of its own, with the C library's allocator as it comes.
/// </summary>
internal static class RefreshReport
{
    private const double MostGrowth = 0.05;
    private const int DefaultCycles = 2000;
    private const string Rows = "xgb-deep-forest-100/model.ubj";
    private const string LargeLightGbm = "lgb-leaves255-500/model.txt";

    /// <summary>Of its 500 iterations as many as make 5 MB.</summary>
    private const int Iterations = 178;

    /// <summary>Prints a table; the result is 0 when every promise was kept and 3 when one was not.</summary>
    public static int Run(string[] arguments)
    {
        CommandOptions options = new(arguments);
        int cycles = options.Number("--cycles", DefaultCycles);
        string[] wanted = options.Words;
        options.Check();
        string folder = Directory.CreateTempSubdirectory("inference-refresh").FullName;
        try
        {
            return Run(folder, cycles, wanted);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Run(string folder, int cycles, string[] wanted)
    {
        Dictionary<NativeLibraryKind, string> files = WriteModels(folder);
        Console.WriteLine($"{Machine.Describe()}, {Machine.DescribeLibraries()}");
        Console.WriteLine($"{cycles} cycles of load, predict (callers of few rows, and 8192 rows in one call of every fourth cycle) and free, each step on a thread of the pool, about 100 MB of garbage a second");
        Console.WriteLine();
        Console.WriteLine("| library | way | model MB | ms/cycle | threads | collections | RSS MB at tenths of the cycles | growth after a tenth | malloc in use MB | live handles |");
        Console.WriteLine("|---|---|--:|--:|--:|--:|---|--:|--:|--:|");
        List<string> broken = [];
        foreach ((NativeLibraryKind library, string way) in RefreshModel.Ways.Keys)
        {
            if (wanted.Length > 0 && !wanted.Contains(library.ToString()) && !wanted.Contains($"{library}/{way}"))
            {
                continue;
            }

            Result result = new(ChildRun.Lines([RefreshRun.Command, $"{library}", way, files[library], BenchmarkModels.PathOfRows(Rows), $"{cycles}"]));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {library} | {way} | {new FileInfo(files[library]).Length / 1e6:F1} | {result.Milliseconds:F0} | {result.Threads} | {result.Collections} | {string.Join(" ", result.Resident.Select(bytes => $"{bytes / 1e6:F0}"))} | {result.Growth:+0.0 %;-0.0 %} | {result.Used[0] / 1e6:F1} to {result.Used[^1] / 1e6:F1} | {result.Handles} |"));
            if (way != "raw C" && (Math.Abs(result.Growth) >= MostGrowth || result.Handles != 0))
            {
                broken.Add($"{library} on {way}");
            }
        }

        Console.WriteLine();
        Console.WriteLine($"Promised: RSS within {MostGrowth:P0} between a tenth of the cycles and the last, no live handle at the end, on lanes and on callers: {(broken.Count == 0 ? "kept" : $"broken by {string.Join(", ", broken)}")}.");
        return broken.Count == 0 ? 0 : 3;
    }

    /// <summary>A file of about 5 MB for each library.</summary>
    private static Dictionary<NativeLibraryKind, string> WriteModels(string folder)
    {
        string lightGbm = Path.Combine(folder, "model.txt"), onnx = Path.Combine(folder, "model.onnx");
        using (RawLightGbm large = RawLightGbm.Load(File.ReadAllBytes(BenchmarkModels.PathOf(LargeLightGbm))))
        {
            File.WriteAllBytes(lightGbm, large.Save(Iterations));
        }

        File.WriteAllBytes(onnx, DenseGraph.Write());
        return new Dictionary<NativeLibraryKind, string>
        {
            [NativeLibraryKind.XGBoost] = BenchmarkModels.PathOf(Rows),
            [NativeLibraryKind.LightGbm] = lightGbm,
            [NativeLibraryKind.OnnxRuntime] = onnx,
        };
    }

    /// <summary>What a run printed.</summary>
    private sealed class Result
    {
        public Result(string[] lines)
        {
            string[][] samples = [.. lines[..^1].Select(line => line.Split(' '))];
            string[] end = lines[^1].Split(' ');
            Resident = [.. samples.Select(sample => long.Parse(sample[1], CultureInfo.InvariantCulture))];
            Used = [.. samples.Select(sample => long.Parse(sample[3], CultureInfo.InvariantCulture))];
            Handles = int.Parse(samples[^1][5], CultureInfo.InvariantCulture);
            Milliseconds = double.Parse(end[1], CultureInfo.InvariantCulture);
            Threads = int.Parse(end[2], CultureInfo.InvariantCulture);
            Collections = $"{end[3]}, {end[4]} full";
        }

        public long[] Resident { get; }

        /// <summary>What the C library's allocator has handed out: a leak shows here, its unused pages do not.</summary>
        public long[] Used { get; }

        public int Handles { get; }

        public double Milliseconds { get; }

        public int Threads { get; }

        public string Collections { get; }

        public double Growth => ((double)Resident[^1] / Resident[0]) - 1;
    }
}
