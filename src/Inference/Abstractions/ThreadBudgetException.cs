namespace Inference;

/// <summary>More native threads were asked for than the process should run, or another number than it has settled on.</summary>
public sealed class ThreadBudgetException : InferenceException
{
    internal ThreadBudgetException(string source, string found, string allowed, int asked)
        : base($"{source}: {found}; {allowed}") => Asked = asked;

    /// <summary>How many threads were asked for.</summary>
    public int Asked { get; }
}
