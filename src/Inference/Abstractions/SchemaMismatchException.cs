using System.Collections.Generic;

namespace Inference;

/// <summary>The rows do not have the columns that the model was trained on.</summary>
public sealed class SchemaMismatchException : InferenceException
{
    internal SchemaMismatchException(string message)
        : this(message, [], [])
    {
    }

    internal SchemaMismatchException(string message, IReadOnlyList<string> missing, IReadOnlyList<string> unknown)
        : base(message)
    {
        Missing = missing;
        Unknown = unknown;
    }

    /// <summary>Names of model features that the rows lack; empty when the mismatch is not one of names.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Names of columns that the model does not know; empty when the mismatch is not one of names.</summary>
    public IReadOnlyList<string> Unknown { get; }
}
