namespace Inference.Kernels;

/// <summary>A column of ranks as <see cref="RowRankKernel"/> reads it.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Table">Where its thresholds start: of float32 models their table among all in float32, of float64 models the NaN before them, behind the rest of their head.</param>
/// <param name="Low">The place of its rank with missing values lowest, or <see cref="None"/>.</param>
/// <param name="High">The place of its rank with missing values highest, or <see cref="None"/>.</param>
/// <param name="Search">How they are searched.</param>
/// <param name="Tiny">What becomes of a value that LightGBM takes for zero.</param>
internal readonly record struct RowColumn(int Feature, int Table, short Low, short High, RowSearch Search, TinyRule Tiny)
{
    /// <summary>No place.</summary>
    public const short None = -1;
}

/// <summary>How <see cref="RowRankKernel"/> searches the thresholds of a column; of float64 the lowest bit says that two registers are compared in the end, the next that there are blocks.</summary>
internal enum RowSearch : byte
{
    /// <summary>Eight numbers hold them.</summary>
    One,

    /// <summary>Sixteen numbers hold them.</summary>
    Two,

    /// <summary>In blocks of eight.</summary>
    Eights,

    /// <summary>In blocks of sixteen.</summary>
    Sixteens,
}
