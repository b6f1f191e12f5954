namespace Inference.Formats;

/// <summary>What every reader of a model needs: a name for messages, the limits, and the two exceptions.</summary>
/// <param name="Source">The path, or a description of where the bytes came from.</param>
/// <param name="Limits">Bounds on what a file may ask for.</param>
internal sealed record LoadContext(string Source, LoadLimits Limits)
{
    /// <summary>
    /// Whether the library that wrote the file will read it too, so that what it reads unchecked must be checked here, even
    /// where the managed engine has no use for it.
    /// </summary>
    public bool IsForLibrary { get; init; }

    /// <summary>The file is broken.</summary>
    /// <param name="location">A byte offset, a line or a field's path; empty for the whole file.</param>
    /// <param name="found">What stands there.</param>
    /// <param name="allowed">What a sound file has there.</param>
    public ModelFormatException Broken(string location, string found, string allowed) => new(Source, location, found, allowed);

    /// <summary>The file is sound but asks for something unsupported.</summary>
    /// <param name="location">A byte offset, a line or a field's path; empty for the whole file.</param>
    /// <param name="found">What the file asks for.</param>
    /// <param name="allowed">What is supported.</param>
    public ModelNotSupportedException Unsupported(string location, string found, string allowed) => new(Source, location, found, allowed);

    /// <summary>Refuses a feature count beyond the limit.</summary>
    public void CheckFeatures(long features, string location)
    {
        if (features < 0)
        {
            throw Broken(location, $"{features} features", "a count of 0 or more");
        }

        if (features > Limits.MaxFeatures)
        {
            throw Unsupported(location, $"{features} features", $"at most {Limits.MaxFeatures} (LoadLimits.MaxFeatures)");
        }
    }

    /// <summary>Refuses a node count beyond the limit.</summary>
    public void CheckNodes(long nodes, string location)
    {
        if (nodes > Limits.MaxNodes)
        {
            throw Unsupported(location, $"{nodes} nodes", $"at most {Limits.MaxNodes} (LoadLimits.MaxNodes)");
        }
    }
}
