using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Inference;

namespace Hosts;

/// <summary>A host that predicts, step by step, and says after each step what it holds: native libraries, threads beside .NET's own.</summary>
internal static class ThreadsScenario
{
    private static readonly string[] Libraries = ["libxgboost", "lib_lightgbm", "libonnxruntime", "libgomp", "libomp"];

    private static readonly HashSet<string> Before = [.. Tasks()];

    /// <summary>What starts when: loading and predicting managed, loading natively, predicting natively on a lane.</summary>
    /// <param name="xgboost">A small model.</param>
    /// <param name="lightGbm">One so large that its load has a thread of its own.</param>
    public static int RunLazily(string xgboost, string lightGbm)
    {
        Say("start");
        using LanePool lanes = new(new LaneOptions { Lanes = 1, ThreadsPerLane = 2, AllowsMoreThanBudget = true, Name = "owned" });
        BoosterOptions native = new() { Engine = EngineKind.Native, Native = new NativeOptions { Lanes = lanes } };
        using Booster managed = Booster.Load(xgboost);
        Predict(managed);
        Say("managed");
        foreach (NativeLibraryKind library in Enum.GetValues<NativeLibraryKind>())
        {
            NativeLibraries.Warm(library);
        }

        Say("warm");
        using Booster onLane = Booster.Load(xgboost, native);
        Say("loaded small");
        using Booster onCaller = Booster.Load(lightGbm, native with { Native = NativeOptions.Default });
        Say("loaded large");
        Predict(onCaller);
        Say("caller");
        Predict(onLane);
        Say("lane");
        lanes.Dispose();

        // The system takes a moment more to forget threads that have ended.
        SpinWait.SpinUntil(() => !Tasks().Select(Name).Any(name => name.StartsWith("owned", StringComparison.Ordinal)), TimeSpan.FromSeconds(5));
        Say("disposed");
        return 0;
    }

    /// <summary>What a process may use, and what its defaults start: all libraries, the boosters' on the caller's thread and on lanes.</summary>
    public static int RunWithDefaults(string xgboost, string lightGbm, string onnx)
    {
        Say("start");
        Console.WriteLine($"budget: {LaneBudget.Total}");
        using LanePool lanes = new(new LaneOptions { Name = "owned" });
        Console.WriteLine($"lanes: {lanes.Lanes}");
        foreach (string model in (string[])[xgboost, lightGbm])
        {
            foreach (LanePool? pool in (LanePool?[])[null, lanes])
            {
                using Booster booster = Booster.Load(model, new BoosterOptions { Engine = EngineKind.Native, Native = new NativeOptions { Lanes = pool } });
                Predict(booster);
            }
        }

        using OnnxSession session = OnnxSession.Load(onnx);
        session.Run(new float[session.Inputs[0].Dimensions[^1].Length!.Value]);
        Say("predicted");
        return 0;
    }

    private static void Predict(Booster booster)
    {
        const int rows = 8192;
        float[] values = new float[rows * booster.Info.Features.Count];
        booster.FillProbeRows(values);
        booster.PredictMargin(values, new double[booster.GetOutputLength(rows, PredictionKind.Margin)]);
    }

    private static void Say(string step)
    {
        string[] maps = File.ReadAllLines("/proc/self/maps");
        IEnumerable<string> libraries = Libraries.Where(library => maps.Any(line => line.Contains($"/{library}.", StringComparison.Ordinal)));
        IEnumerable<string> threads = Tasks()
            .Except(Before)
            .Select(Name)
            .Where(name => name.Length > 0 && !name.StartsWith(".NET", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        Console.WriteLine($"{step}: [{string.Join(", ", libraries)}] [{string.Join(", ", threads)}]");
    }

    private static IEnumerable<string> Tasks() => Directory.EnumerateDirectories("/proc/self/task");

    private static string Name(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).TrimEnd('\n');
        }
        catch (IOException)
        {
            return "";
        }
    }
}
