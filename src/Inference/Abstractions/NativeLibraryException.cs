using System;

namespace Inference;

/// <summary>A native library is missing, does not load, is too old, or lacks a function.</summary>
/// <remarks>The message says where it was looked for, what was found there, and which package brings it.</remarks>
public sealed class NativeLibraryException : InferenceException
{
    internal NativeLibraryException(NativeLibraryKind library, string message, Exception? innerException = null)
        : base(message, innerException) => Library = library;

    /// <summary>The library.</summary>
    public NativeLibraryKind Library { get; }
}
