using System;

namespace Inference.Cli;

/// <summary>Something that the user can put right, in the three parts of every message.</summary>
/// <param name="where">A file, a line of it, an option.</param>
/// <param name="found">What is there.</param>
/// <param name="allowed">What may be there.</param>
internal sealed class CommandException(string where, string found, string allowed) : Exception($"{where}: {found}; {allowed}");
