using System;
using System.IO;

namespace Inference.Cli.Results;

/// <summary>Where predictions go, a chunk of rows at a time.</summary>
/// <typeparam name="T">float, double, or int for leaves.</typeparam>
internal abstract class ResultWriter<T> : IDisposable
    where T : unmanaged, IUtf8SpanFormattable
{
    /// <summary>The writer that a path's extension asks for; CSV on standard output without a path.</summary>
    /// <exception cref="CommandException">The path has another extension, or cannot be written.</exception>
    public static ResultWriter<T> Open(string? path, ResultShape shape, Stream standardOutput)
    {
        if (path is null)
        {
            return new CsvResultWriter<T>(standardOutput, null, shape);
        }

        if (path.Length == 0)
        {
            throw new CommandException("''", "no path", "a file, .npy or .csv");
        }

        string extension = Path.GetExtension(path);
        if (extension.Equals(".npy", StringComparison.OrdinalIgnoreCase))
        {
            return new NpyResultWriter<T>(new AtomicFile(path), shape);
        }

        if (extension.Equals(".csv", StringComparison.OrdinalIgnoreCase))
        {
            AtomicFile file = new(path);
            return new CsvResultWriter<T>(file.Stream, file, shape);
        }

        throw new CommandException(path, extension.Length == 0 ? "a name without an extension" : $"the extension {extension}", ".npy or .csv");
    }

    /// <summary>Writes whole rows, which may be empty: those of a model without trees have no leaves.</summary>
    public abstract void Write(ReadOnlySpan<T> results, int rows);

    /// <summary>Ends the output. Without this call a file does not appear.</summary>
    public abstract void Complete();

    /// <inheritdoc/>
    public abstract void Dispose();
}
