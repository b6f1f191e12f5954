using System;

namespace Inference.Benchmarks.Peers;

/// <summary>Something that scores rows: our engine or a peer. It owns the memory that its answers go to.</summary>
internal abstract class Contender : IDisposable
{
    /// <summary>A short name: "ours", "XGBoost", "LightGBM", "ONNX Runtime".</summary>
    public required string Name { get; init; }

    /// <summary>What does the work, with its version where it tells one.</summary>
    public abstract string Kernel { get; }

    /// <summary>Raw scores of whole rows, in one call.</summary>
    public abstract void ScoreBatch(ReadOnlySpan<float> rows);

    /// <summary>The value of one row, in one call.</summary>
    public abstract void ScoreRow(ReadOnlySpan<float> row);

    /// <summary>One answer of the last call of <see cref="ScoreBatch"/>.</summary>
    public abstract double Answer(int index);

    /// <inheritdoc/>
    public abstract void Dispose();
}
