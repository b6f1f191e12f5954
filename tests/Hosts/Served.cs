using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Inference;

namespace Hosts;

/// <summary>A model as a host serves it: natively, on a lane of two OpenMP threads, and its answers by which every process is judged.</summary>
internal sealed class Served
{
    private const int RowCount = 8192;

    private readonly Booster _booster;
    private readonly float[] _rows;
    private readonly double[] _expected;

    /// <summary>Loads a model; nothing is predicted natively but what loading itself checks.</summary>
    public Served(string model, ForkPolicy policy)
    {
        LanePool lanes = new(new LaneOptions { Lanes = 1, ThreadsPerLane = 2, AllowsMoreThanBudget = true, Name = "served" });
        BoosterOptions options = new() { Engine = EngineKind.Native, Native = new NativeOptions { Fork = policy, Lanes = lanes } };
        _booster = Booster.Load(model, options);
        _rows = new float[RowCount * _booster.Info.Features.Count];
        _booster.FillProbeRows(_rows);
        using Booster managed = Booster.Load(model);
        _expected = new double[_booster.GetOutputLength(RowCount, PredictionKind.Margin)];
        managed.PredictMargin(_rows, _expected);
    }

    /// <summary>The threads of this process.</summary>
    public static int ThreadCount => Directory.GetDirectories("/proc/self/task").Length;

    /// <summary>Waits without a continuation: a child has no threads of .NET's pool.</summary>
    public static void Wait(ValueTask prediction)
    {
        SpinWait spin = default;
        while (!prediction.IsCompleted)
        {
            spin.SpinOnce();
        }

        prediction.GetAwaiter().GetResult();
    }

    /// <summary>Predicts, blocking and awaited, and compares with what the managed engine said before any fork.</summary>
    public Outcome Predict()
    {
        Outcome blocking = Judge(margins => _booster.PredictMargin(_rows, margins));
        Outcome awaited = Judge(margins => Wait(_booster.PredictMarginAsync(_rows, margins)));
        return blocking == awaited ? blocking : Outcome.Different;
    }

    private Outcome Judge(Action<double[]> predict)
    {
        try
        {
            double[] margins = new double[_expected.Length];
            predict(margins);
            return MemoryMarshal.AsBytes<double>(margins).SequenceEqual(MemoryMarshal.AsBytes<double>(_expected)) ? Outcome.Equal : Outcome.Different;
        }
        catch (ForkedProcessException)
        {
            return Outcome.Refused;
        }
    }
}
