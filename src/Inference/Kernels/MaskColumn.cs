namespace Inference.Kernels;

/// <summary>The masks of a column of ranks.</summary>
/// <param name="Column">The column.</param>
/// <param name="Count">How many; numbers of thresholds, and masks, stand in the same order, column after column.</param>
internal readonly record struct MaskColumn(ushort Column, byte Count);
