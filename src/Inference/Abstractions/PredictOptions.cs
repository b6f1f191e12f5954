namespace Inference;

/// <summary>What one prediction may ask for beyond its rows. The default value asks for nothing.</summary>
public readonly ref struct PredictOptions
{
    /// <value>The boosting iterations to use. Default: all.</value>
    public IterationRange Iterations { get; init; }

    /// <value>A start score for each row and output. Default: the model's own.</value>
    public BaseMargin BaseMargin { get; init; }

    /// <value>
    /// The columns of a row. Default: 0, which means the model's feature count. Fewer are accepted only with
    /// <see cref="BoosterOptions.AbsentColumnsAreMissing"/>; more are refused: use <see cref="RowStride"/> for a slice of a wider table.
    /// </value>
    public int Columns { get; init; }

    /// <value>
    /// The distance from one row to the next, in elements. Default: 0, which means rows lie without gaps. Must be at
    /// least the number of columns; the last row may end at its last column.
    /// </value>
    public int RowStride { get; init; }
}
