using System;

namespace Inference;

/// <summary>A start score for each row and output, in place of (XGBoost) or on top of (LightGBM, ONNX) the model's own.</summary>
/// <remarks>
/// Shape (rows, outputs), row-major. XGBoost's <c>base_margin</c> replaces the model's base score and is added first,
/// in float32. LightGBM and ONNX know no such input to prediction: the start score is added after the trees and before
/// the transform, which is what users of LightGBM's <c>init_score</c> do by hand. Empty means: the model's own. A prediction's output must not lie in the same memory.
/// </remarks>
public readonly ref struct BaseMargin
{
    private readonly ReadOnlySpan<float> _single;
    private readonly ReadOnlySpan<double> _double;

    /// <summary>Start scores in float32.</summary>
    /// <param name="margins">Shape (rows, outputs); read during the call only.</param>
    public BaseMargin(ReadOnlySpan<float> margins) => _single = margins;

    /// <summary>Start scores in float64; a model that scores in float32 rounds each once.</summary>
    /// <param name="margins">Shape (rows, outputs); read during the call only.</param>
    public BaseMargin(ReadOnlySpan<double> margins) => _double = margins;

    /// <summary>The number of start scores; 0 when the model's own are used.</summary>
    public int Length => _single.Length + _double.Length;

    /// <summary>Whether the model's own base score is used.</summary>
    public bool IsEmpty => Length == 0;

    internal ReadOnlySpan<float> Singles => _single;

    internal ReadOnlySpan<double> Doubles => _double;

    internal double this[int index] => _double.IsEmpty ? _single[index] : _double[index];

    /// <summary>Start scores in float32.</summary>
    /// <param name="margins">Shape (rows, outputs).</param>
    public static implicit operator BaseMargin(ReadOnlySpan<float> margins) => new(margins);

    /// <summary>Start scores in float64.</summary>
    /// <param name="margins">Shape (rows, outputs).</param>
    public static implicit operator BaseMargin(ReadOnlySpan<double> margins) => new(margins);

    /// <summary>Start scores in float32.</summary>
    /// <param name="margins">Shape (rows, outputs).</param>
    public static implicit operator BaseMargin(Span<float> margins) => new((ReadOnlySpan<float>)margins);

    /// <summary>Start scores in float64.</summary>
    /// <param name="margins">Shape (rows, outputs).</param>
    public static implicit operator BaseMargin(Span<double> margins) => new((ReadOnlySpan<double>)margins);

    /// <summary>Start scores in float32.</summary>
    /// <param name="margins">Shape (rows, outputs).</param>
    public static implicit operator BaseMargin(float[]? margins) => new((ReadOnlySpan<float>)margins);

    /// <summary>Start scores in float64.</summary>
    /// <param name="margins">Shape (rows, outputs).</param>
    public static implicit operator BaseMargin(double[]? margins) => new((ReadOnlySpan<double>)margins);

    internal BaseMargin Slice(int start, int length) =>
        IsEmpty ? default : _double.IsEmpty ? new(_single.Slice(start, length)) : new(_double.Slice(start, length));
}
