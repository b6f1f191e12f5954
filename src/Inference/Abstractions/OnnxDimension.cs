using System.Globalization;

namespace Inference;

/// <summary>One dimension of a model's input or output.</summary>
/// <param name="Length">Its length; <see langword="null"/> where each run decides.</param>
/// <param name="Symbol">The model's name for an open dimension, "rows"; <see langword="null"/> where it has none.</param>
public readonly record struct OnnxDimension(int? Length, string? Symbol)
{
    /// <summary>The length, the symbol, or "?".</summary>
    public override string ToString() => Length?.ToString(CultureInfo.InvariantCulture) ?? Symbol ?? "?";
}
