using System;
using System.IO;
using Inference.Benchmarks.Raw;

namespace Inference.Benchmarks.Overhead;

/// <summary>Margins of one row or of many.</summary>
internal sealed unsafe class XGBoostDuel : Duel
{
    private readonly CHarness _harness;
    private readonly RawXGBoost _raw;
    private readonly Booster _booster;
    private readonly float[] _rows;
    private readonly float[] _margins;
    private readonly byte[] _array;
    private readonly byte[] _config = RawXGBoost.Config.ToArray();

    public XGBoostDuel(CHarness harness, string model, int rows, bool isRawFirst)
    {
        _harness = harness;
        string path = BenchmarkModels.PathOf(model);
        RawXGBoost? first = isRawFirst ? LoadRaw(path) : null;
        _booster = Booster.Load(path, new BoosterOptions { Engine = EngineKind.Native });
        _raw = first ?? LoadRaw(path);
        int columns = _booster.Info.Features.Count;
        float[] content = BenchmarkModels.Rows(model);

        // Pinned: C is told the address once.
        _rows = GC.AllocateUninitializedArray<float>(rows * columns, pinned: true);
        content.AsSpan(0, _rows.Length).CopyTo(_rows);
        _margins = new float[rows];
        fixed (float* place = _rows)
        {
            _array = RawXGBoost.Array(place, rows, columns);
        }
    }

    public override long TimeRaw(int calls) => _harness.TimeXGBoost(RawXGBoost.PredictFunction, _raw.Booster, _array, _config, calls);

    public override void Call(int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            _booster.PredictMargin(_rows, _margins);
        }
    }

    public override void Dispose()
    {
        _booster.Dispose();
        _raw.Dispose();
    }

    private static RawXGBoost LoadRaw(string path) => RawXGBoost.Load(File.ReadAllBytes(path), threads: 1);
}
