using System;

namespace Inference.Cli.Verification;

/// <summary>One way to run a model that must answer as every other does.</summary>
internal abstract class VerifiedEngine(string name, string kernel, string reason)
{
    /// <summary>The engine, as options spell it, and how it is called.</summary>
    public string Name { get; } = name;

    /// <summary>What does the work inside.</summary>
    public string Kernel { get; } = kernel;

    /// <summary>Why it runs this model.</summary>
    public string Reason { get; } = reason;

    /// <summary>Whether a native library computes, whose exp and log are not this library's.</summary>
    public virtual bool IsNative => false;

    /// <summary>Whether it answers such questions.</summary>
    public virtual bool Answers(PredictionKind kind) => true;

    /// <summary>Predicts rows of float or double into float or double, or into int for leaves.</summary>
    public abstract void Run<TRow, TResult>(PredictionKind kind, ReadOnlySpan<TRow> rows, Span<TResult> results)
        where TRow : unmanaged
        where TResult : unmanaged;
}

/// <summary>A loaded booster, whole batches at once.</summary>
internal class BoosterEngine(Booster booster, string manner = "") : VerifiedEngine(FormatNames.Key(booster.Info.Engine) + manner, booster.Info.Kernel, booster.Info.EngineReason)
{
    /// <inheritdoc/>
    public override bool IsNative => booster.Info.Engine == EngineKind.Native;

    /// <inheritdoc/>
    public override void Run<TRow, TResult>(PredictionKind kind, ReadOnlySpan<TRow> rows, Span<TResult> results) =>
        Prediction.Run(booster, kind, rows, results, IterationRange.All);
}

/// <summary>A loaded booster, a row at a time: an engine may take another path for one row than for many.</summary>
internal sealed class SingleRowEngine(Booster booster) : BoosterEngine(booster, ", row by row")
{
    private readonly int _features = booster.Info.Features.Count;

    /// <inheritdoc/>
    public override void Run<TRow, TResult>(PredictionKind kind, ReadOnlySpan<TRow> rows, Span<TResult> results)
    {
        int count = _features == 0 ? 0 : rows.Length / _features;
        int width = count == 0 ? 0 : results.Length / count;
        for (int row = 0; row < count; row++)
        {
            base.Run(kind, rows.Slice(row * _features, _features), results.Slice(row * width, width));
        }
    }
}
