namespace Inference.Kernels;

/// <summary>The masks of a column of ranks.</summary>
/// <param name="Column">The column.</param>
/// <param name="First">The first of its thresholds' numbers; its masks stand in the same order.</param>
/// <param name="Count">How many.</param>
internal readonly record struct MaskColumn(int Column, int First, int Count);
