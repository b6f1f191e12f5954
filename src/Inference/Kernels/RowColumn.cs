namespace Inference.Kernels;

/// <summary>A column of ranks as <see cref="RowRankKernel"/> reads it.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Table">Where its thresholds start.</param>
/// <param name="Low">The place of its rank with missing values lowest, or <see cref="None"/>.</param>
/// <param name="High">The place of its rank with missing values highest, or <see cref="None"/>.</param>
/// <param name="HasBlocks">Whether a register does not hold all of its thresholds.</param>
/// <param name="Tiny">What becomes of a value that LightGBM takes for zero.</param>
internal readonly record struct RowColumn(int Feature, int Table, short Low, short High, bool HasBlocks, TinyRule Tiny)
{
    /// <summary>No place.</summary>
    public const short None = -1;
}
