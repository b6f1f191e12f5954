using System;

namespace Inference.Cli;

/// <summary>Something that the user can put right, in the three parts of every message.</summary>
internal sealed class CommandException : Exception
{
    /// <summary>A message.</summary>
    /// <param name="where">A file, a line of it, an option.</param>
    /// <param name="found">What is there.</param>
    /// <param name="allowed">What may be there.</param>
    public CommandException(string where, string found, string allowed)
        : base($"{where}: {found}; {allowed}")
    {
    }

    /// <summary>The library's message, and which of the user's files it is about.</summary>
    public CommandException(string where, InferenceException exception)
        : base($"{where}: {exception.Message}", exception)
    {
    }
}
