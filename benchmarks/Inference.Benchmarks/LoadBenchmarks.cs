using System.Collections.Generic;
using BenchmarkDotNet.Attributes;

namespace Inference.Benchmarks;

/// <summary>Loading a model from its path, the file in the system's cache.</summary>
[MemoryDiagnoser]
public class LoadBenchmarks
{
    /// <summary>The models.</summary>
    public static IEnumerable<string> Models => BenchmarkModels.Names;

    /// <summary>The model of this run.</summary>
    [ParamsSource(nameof(Models))]
    public string Model { get; set; } = "";

    /// <summary>Reads, checks and prepares the model.</summary>
    [Benchmark]
    public Booster Load() => Booster.Load(BenchmarkModels.PathOf(Model));
}
