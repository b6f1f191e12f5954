namespace Inference;

/// <summary>What one awaited prediction may ask for beyond its rows: <see cref="PredictOptions"/> over memory. The default value asks for nothing.</summary>
public readonly record struct AsyncPredictOptions
{
    /// <inheritdoc cref="PredictOptions.Iterations"/>
    public IterationRange Iterations { get; init; }

    /// <value>A start score for each row and output, unchanged until the prediction's end. Default: the model's own.</value>
    public BaseMarginMemory BaseMargin { get; init; }

    /// <inheritdoc cref="PredictOptions.Columns"/>
    public int Columns { get; init; }

    /// <inheritdoc cref="PredictOptions.RowStride"/>
    public int RowStride { get; init; }

    /// <summary>The same for a call that does not outlive its spans.</summary>
    internal PredictOptions Span => new()
    {
        Iterations = Iterations,
        BaseMargin = BaseMargin.Span,
        Columns = Columns,
        RowStride = RowStride,
    };
}
