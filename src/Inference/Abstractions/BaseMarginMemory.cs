using System;

namespace Inference;

/// <summary>A <see cref="BaseMargin"/> that outlives the call which names it, for predictions that are awaited.</summary>
/// <remarks>Shape (rows, outputs), row-major. Empty means: the model's own. Equal are those over the same memory.</remarks>
public readonly record struct BaseMarginMemory
{
    private readonly ReadOnlyMemory<float> _single;
    private readonly ReadOnlyMemory<double> _double;

    /// <summary>Start scores in float32.</summary>
    /// <param name="margins">Shape (rows, outputs); read, and unchanged, until the prediction's end.</param>
    public BaseMarginMemory(ReadOnlyMemory<float> margins) => _single = margins;

    /// <summary>Start scores in float64; a model that scores in float32 rounds each once.</summary>
    /// <param name="margins">Shape (rows, outputs); read, and unchanged, until the prediction's end.</param>
    public BaseMarginMemory(ReadOnlyMemory<double> margins) => _double = margins;

    /// <summary>The number of start scores; 0 when the model's own are used.</summary>
    public int Length => _single.Length + _double.Length;

    /// <summary>Whether the model's own base score is used.</summary>
    public bool IsEmpty => Length == 0;

    internal BaseMargin Span => _double.IsEmpty ? new BaseMargin(_single.Span) : new BaseMargin(_double.Span);

    /// <summary>Start scores in float32.</summary>
    /// <param name="margins">Shape (rows, outputs).</param>
    public static implicit operator BaseMarginMemory(ReadOnlyMemory<float> margins) => new(margins);

    /// <summary>Start scores in float64.</summary>
    /// <param name="margins">Shape (rows, outputs).</param>
    public static implicit operator BaseMarginMemory(ReadOnlyMemory<double> margins) => new(margins);

    /// <summary>Start scores in float32.</summary>
    /// <param name="margins">Shape (rows, outputs).</param>
    public static implicit operator BaseMarginMemory(Memory<float> margins) => new((ReadOnlyMemory<float>)margins);

    /// <summary>Start scores in float64.</summary>
    /// <param name="margins">Shape (rows, outputs).</param>
    public static implicit operator BaseMarginMemory(Memory<double> margins) => new((ReadOnlyMemory<double>)margins);

    /// <summary>Start scores in float32.</summary>
    /// <param name="margins">Shape (rows, outputs).</param>
    public static implicit operator BaseMarginMemory(float[]? margins) => new((ReadOnlyMemory<float>)margins);

    /// <summary>Start scores in float64.</summary>
    /// <param name="margins">Shape (rows, outputs).</param>
    public static implicit operator BaseMarginMemory(double[]? margins) => new((ReadOnlyMemory<double>)margins);
}
