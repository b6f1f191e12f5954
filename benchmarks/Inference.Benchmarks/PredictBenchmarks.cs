using System;
using System.Collections.Generic;
using BenchmarkDotNet.Attributes;

namespace Inference.Benchmarks;

/// <summary>Scoring on one thread: a batch of a thousand rows, and row by row.</summary>
[MemoryDiagnoser]
public class PredictBenchmarks
{
    private const int BatchRows = 1000;

    private Booster? _booster;
    private float[] _rows = [];
    private float[] _scores = [];
    private int _columns;
    private int _next;

    /// <summary>The models.</summary>
    public static IEnumerable<string> Models => BenchmarkModels.Names;

    /// <summary>The model of this run.</summary>
    [ParamsSource(nameof(Models))]
    public string Model { get; set; } = "";

    /// <summary>Loads model and rows.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _booster = Booster.Load(BenchmarkModels.PathOf(Model));
        _columns = _booster.Info.Features.Count;
        _rows = BenchmarkModels.Rows(Model)[..(BatchRows * _columns)];
        _scores = new float[_booster.GetOutputLength(BatchRows, PredictionKind.Margin)];
    }

    /// <summary>Lets go of the model.</summary>
    [GlobalCleanup]
    public void Cleanup() => _booster?.Dispose();

    /// <summary>A thousand rows in one call.</summary>
    [Benchmark(OperationsPerInvoke = BatchRows)]
    public void Batch() => _booster!.PredictMargin(_rows, _scores);

    /// <summary>One row in one call, another row each time.</summary>
    [Benchmark]
    public void SingleRow()
    {
        _next = (_next + 1) % BatchRows;
        _booster!.PredictMargin(_rows.AsSpan(_next * _columns, _columns), _scores.AsSpan(0, _booster.Info.OutputCount));
    }
}
