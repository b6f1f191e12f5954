namespace Inference;

/// <summary>A native library refused a call, in its own words.</summary>
public sealed class NativeCallException : InferenceException
{
    internal NativeCallException(NativeLibraryKind library, string source, string function, string error)
        : base($"{source}: {function} of {library} failed: {error}")
    {
        Library = library;
        Function = function;
        Error = error;
    }

    /// <summary>The library.</summary>
    public NativeLibraryKind Library { get; }

    /// <summary>The C function.</summary>
    public string Function { get; }

    /// <summary>The library's message.</summary>
    public string Error { get; }
}
