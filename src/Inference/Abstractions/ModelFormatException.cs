namespace Inference;

/// <summary>The model file is broken: truncated, damaged, or no model at all.</summary>
/// <remarks>A sound file that asks for something unsupported is a <see cref="ModelNotSupportedException"/>.</remarks>
public sealed class ModelFormatException : InferenceException
{
    internal ModelFormatException(string source, string location, string found, string allowed)
        : base(ModelErrorMessage.Compose(source, location, found, allowed))
    {
        ModelSource = source;
        Location = location;
        Found = found;
        Allowed = allowed;
    }

    /// <summary>The path of the model, or a description of where its bytes came from.</summary>
    public string ModelSource { get; }

    /// <summary>The place inside the file: a byte offset, a line, or the path of a field. Empty for the whole file.</summary>
    public string Location { get; }

    /// <summary>What was found there.</summary>
    public string Found { get; }

    /// <summary>What a sound file has there.</summary>
    public string Allowed { get; }
}
