using System;
using System.Diagnostics;

namespace Inference.Tests.Robustness;

/// <summary>What became of a file.</summary>
internal enum Outcome
{
    /// <summary>It loaded, and predicting stayed within bounds.</summary>
    Loaded,

    /// <summary><see cref="ModelFormatException"/>.</summary>
    Broken,

    /// <summary><see cref="ModelNotSupportedException"/>.</summary>
    NotSupported,
}

/// <summary>Loads a file that may be broken in any way, predicts with whatever loads, and watches time and memory.</summary>
internal static class Trial
{
    /// <summary>The longest that a load and its predictions may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private const int Rows = 6;

    /// <summary>What first calls allocate for themselves. More than this is not asked a second time: pools would hide it.</summary>
    private const int Noise = 128 * 1024;

    /// <summary>Something that loads a file.</summary>
    public delegate Booster Loader(ReadOnlySpan<byte> file);

    private static readonly BoosterOptions Options = new() { AbsentColumnsAreMissing = true };

    /// <summary>The managed memory that a load and its predictions may allocate.</summary>
    public static long Allowance(int fileLength) => (16L * fileLength) + 65536;

    /// <summary>Runs a file.</summary>
    /// <exception cref="TrialException">A promise was broken.</exception>
    public static Outcome Run(ReadOnlySpan<byte> file) => Run(file, Load);

    /// <summary>Runs a file with a loader of the caller's.</summary>
    /// <exception cref="TrialException">A promise was broken.</exception>
    public static Outcome Run(ReadOnlySpan<byte> file, Loader load)
    {
        try
        {
            return RunOnce(file, load);
        }
        catch (TrialException first) when (first.MayBeNoise)
        {
            // The first time that code runs it fills caches and waits for the compiler; a second time counts.
            return RunOnce(file, load);
        }
    }

    /// <summary>The loader under trial.</summary>
    public static Booster Load(ReadOnlySpan<byte> file) => Booster.Load(file, Options);

    private static Outcome RunOnce(ReadOnlySpan<byte> file, Loader load)
    {
        long clock = Stopwatch.GetTimestamp();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Outcome outcome;
        Booster? booster = null;
        try
        {
            booster = load(file);
            outcome = Outcome.Loaded;
        }
        catch (ModelFormatException)
        {
            outcome = Outcome.Broken;
        }
        catch (ModelNotSupportedException)
        {
            outcome = Outcome.NotSupported;
        }
        catch (Exception exception)
        {
            throw new TrialException($"loading threw {exception}");
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (booster is not null)
        {
            allocated += Predict(booster);
            booster.Dispose();
        }

        TimeSpan time = Stopwatch.GetElapsedTime(clock);
        if (allocated > Allowance(file.Length))
        {
            throw new TrialException(
                $"{outcome}: {allocated} bytes were allocated for a file of {file.Length}; at most {Allowance(file.Length)}",
                mayBeNoise: allocated - Allowance(file.Length) < Noise);
        }

        if (time > Patience)
        {
            throw new TrialException($"{outcome}: it took {time.TotalSeconds:0.0} s; at most {Patience.TotalSeconds:0} s", mayBeNoise: true);
        }

        return outcome;
    }

    /// <summary>Predicts and returns what the predictions allocated.</summary>
    private static long Predict(Booster booster)
    {
        int columns = Math.Min(booster.Info.Features.Count, 64);
        double[] rows = new double[Rows * columns];
        double[] kinds = [double.NaN, 1e300, 0, -1, double.PositiveInfinity, 3];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = kinds[i / columns];
        }

        float[] singles = Array.ConvertAll(rows, value => (float)value);
        double[] values = new double[Length(booster, PredictionKind.Value)];
        double[] margins = new double[Length(booster, PredictionKind.Margin)];
        int[] leaves = new int[Length(booster, PredictionKind.Leaf)];
        double[] contributions = new double[Length(booster, PredictionKind.Contribution) is < 4096 and int length && booster.Info.NodeCount < 2000 ? length : 0];
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            PredictOptions options = new() { Columns = columns };
            booster.Predict(rows, values, options);
            booster.Predict(singles, values, options);
            booster.PredictMargin(rows, margins, options);
            if (booster.Info.TreeCount > 0)
            {
                booster.PredictLeaf(rows, leaves, options);
            }

            if (contributions.Length > 0)
            {
                booster.PredictContributions(rows, contributions, options);
            }
        }
        catch (ModelNotSupportedException)
        {
            // Contributions of a model that does not hold what they need.
        }
        catch (Exception exception)
        {
            throw new TrialException($"predicting threw {exception}");
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static int Length(Booster booster, PredictionKind kind)
    {
        try
        {
            return booster.GetOutputLength(Rows, kind);
        }
        catch (OverflowException)
        {
            return int.MaxValue;
        }
    }
}

/// <summary>A promise about broken files was not kept.</summary>
internal sealed class TrialException(string message, bool mayBeNoise = false) : Exception(message)
{
    /// <summary>Whether a busy machine or a cold process may be the cause.</summary>
    public bool MayBeNoise { get; } = mayBeNoise;
}
