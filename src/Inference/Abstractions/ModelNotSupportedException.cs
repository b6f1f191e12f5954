namespace Inference;

/// <summary>The model file is sound but asks for something, named here, that is not supported.</summary>
/// <remarks>
/// Also thrown by a prediction that the model has no data for, for example contributions of a format that stores
/// no node covers.
/// </remarks>
public sealed class ModelNotSupportedException : InferenceException
{
    internal ModelNotSupportedException(string source, string location, string found, string allowed)
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

    /// <summary>What the model asks for.</summary>
    public string Found { get; }

    /// <summary>What is supported in its place.</summary>
    public string Allowed { get; }
}
