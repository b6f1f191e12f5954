namespace Inference.Forests;

/// <summary>Which part of a forest a call uses, resolved and checked.</summary>
internal readonly ref struct ScoringCall
{
    /// <summary>The first tree.</summary>
    public required int FirstTree { get; init; }

    /// <summary>The tree after the last.</summary>
    public required int EndTree { get; init; }

    /// <summary>The first iteration.</summary>
    public int FirstIteration { get; init; }

    /// <summary>The iterations that those trees make up.</summary>
    public required int Iterations { get; init; }

    /// <summary>Start scores for the rows of the call; empty for the model's own.</summary>
    public BaseMargin BaseMargin { get; init; }

    /// <summary>The same call for a part of its rows.</summary>
    public ScoringCall ForRows(int start, int count, int outputs) => new()
    {
        FirstTree = FirstTree,
        EndTree = EndTree,
        FirstIteration = FirstIteration,
        Iterations = Iterations,
        BaseMargin = BaseMargin.Slice(start * outputs, count * outputs),
    };
}
