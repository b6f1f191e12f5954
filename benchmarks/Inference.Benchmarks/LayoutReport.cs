using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Inference.Engine;
using Inference.Formats;
using Inference.Forests;

namespace Inference.Benchmarks;

/// <summary>What the managed engine makes of a parsed model, against what is promised: memory for its nodes and thresholds, and no more time than parsing took.</summary>
internal static class LayoutReport
{
    /// <summary>The promise: memory for each node and for each threshold.</summary>
    public const double BytesPerNode = 16;
    public const double BytesPerThreshold = 8;

    private const int Loads = 25;
    private const int LayoutsShown = 3;
    private const double KiloByte = 1e3;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>Prints a table; the result names the promises that were broken.</summary>
    public static IReadOnlyList<string> Print(IEnumerable<string> models)
    {
        Console.WriteLine("| model | kernel | nodes | thresholds | engine KB | of promised | parse ms | engine ms | of parsing | largest layouts, KB |");
        Console.WriteLine("|---|---|--:|--:|--:|--:|--:|--:|--:|---|");
        List<string> broken = [];
        foreach (string name in models)
        {
            Result result = Measure(BenchmarkModels.PathOf(name));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {result.Scorer.Kernel} | {result.Scorer.Forest.NodeCount} | {result.Thresholds} | {result.Bytes / KiloByte:F0} | {result.MemoryRatio:P0} | {result.ParseMilliseconds:F1} | {result.BuildMilliseconds:F1} | {result.TimeRatio:P0} | {result.Largest} |"));
            if (result.MemoryRatio > 1)
            {
                broken.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: engine memory {result.MemoryRatio:P0} of what is promised"));
            }

            if (result.TimeRatio > 1)
            {
                broken.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: engine built in {result.TimeRatio:P0} of the time of parsing"));
            }
        }

        Console.WriteLine();
        return broken;
    }

    private static Result Measure(string path)
    {
        byte[] content = File.ReadAllBytes(path);
        LoadContext context = new(path, LoadLimits.Default);
        long warming = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(warming) < WarmUp)
        {
            _ = Build(content, context);
        }

        Result best = Build(content, context);
        for (int i = 1; i < Loads; i++)
        {
            GC.Collect();
            Result result = Build(content, context);
            best = best with
            {
                ParseMilliseconds = Math.Min(best.ParseMilliseconds, result.ParseMilliseconds),
                BuildMilliseconds = Math.Min(best.BuildMilliseconds, result.BuildMilliseconds),
            };
        }

        return best;
    }

    private static Result Build(byte[] content, LoadContext context)
    {
        long start = Stopwatch.GetTimestamp();
        Forest forest = ModelFile.Read(content, context);
        double parse = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        start = Stopwatch.GetTimestamp();
        Scorer scorer = EngineCatalog.Choose(forest, BoosterOptions.Default);
        return new Result(scorer, parse, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    private sealed record Result(Scorer Scorer, double ParseMilliseconds, double BuildMilliseconds)
    {
        public long Thresholds => new FeatureList(Scorer.Forest).Sum(feature => (long)feature.Thresholds);

        public long Bytes => Scorer.Layouts.Sum(layout => layout.Bytes);

        public double MemoryRatio => Bytes / ((BytesPerNode * Scorer.Forest.NodeCount) + (BytesPerThreshold * Thresholds));

        public double TimeRatio => BuildMilliseconds / ParseMilliseconds;

        public string Largest => string.Join(", ", Scorer.Layouts.OrderByDescending(layout => layout.Bytes).Take(LayoutsShown).Select(layout => string.Create(CultureInfo.InvariantCulture, $"{layout.Name} {layout.Bytes / KiloByte:F0}")));
    }
}
