using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>What a numeric split compares, once values are ranks: right where the rank in a byte column is above a threshold.</summary>
/// <param name="Column">The byte column.</param>
/// <param name="Number">The number of its threshold among those of the column.</param>
internal readonly record struct SplitCompare(ushort Column, byte Number)
{
    /// <summary>No rank is above this threshold.</summary>
    public static SplitCompare Never => new(0, byte.MaxValue);

    /// <summary>The threshold, as ranks stand in memory.</summary>
    public sbyte Threshold => (sbyte)(Number - RankKernel.Bias);
}
