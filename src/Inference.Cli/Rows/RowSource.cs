using System;
using System.Collections.Generic;
using System.IO;

namespace Inference.Cli.Rows;

/// <summary>Rows from a file, in the model's column order, a chunk at a time.</summary>
internal abstract class RowSource : IDisposable
{
    /// <summary>The columns of a row: the model's features.</summary>
    public abstract int Columns { get; }

    /// <summary>How much of the file has been read, from 0 to 1.</summary>
    public abstract double Progress { get; }

    /// <summary>Opens rows for a model. The extension says what they are.</summary>
    /// <returns>A <see cref="RowSource{T}"/> of float or double.</returns>
    /// <exception cref="CommandException">The file cannot be read, or its rows are not the model's.</exception>
    public static RowSource Open(string path, Booster booster)
    {
        string extension = Path.GetExtension(path);
        if (extension.Equals(".npy", StringComparison.OrdinalIgnoreCase))
        {
            return NpyRows.Open(path, booster.Info);
        }

        if (extension.Equals(".csv", StringComparison.OrdinalIgnoreCase))
        {
            // The model's own number type: text that becomes a double first and a float after may round twice.
            return booster.Info.ScoresInDouble ? new CsvRowSource<double>(path, booster) : new CsvRowSource<float>(path, booster);
        }

        throw new CommandException(path, extension.Length == 0 ? "a name without an extension" : $"the extension {extension}", ".npy or .csv");
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Refuses a table of another width than the model's.</summary>
    protected static void CheckColumns(string where, long columns, BoosterInfo info)
    {
        if (columns != info.Features.Count)
        {
            throw new CommandException(where, $"rows of {columns} columns", $"{info.Features.Count}, one for each feature of {info.Source}");
        }
    }
}

/// <summary>Rows of one number type.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal abstract class RowSource<T> : RowSource
    where T : unmanaged
{
    /// <summary>Reads the next rows.</summary>
    /// <param name="rows">Room for <paramref name="most"/> rows of <see cref="RowSource.Columns"/> elements; filled from its start.</param>
    /// <param name="most">The most rows to read, at least 1.</param>
    /// <returns>How many rows were read; fewer than <paramref name="most"/> at the end alone.</returns>
    public abstract int Read(Span<T> rows, int most);

    /// <summary>Reads all rows that are left.</summary>
    public T[] ReadAll()
    {
        const int ChunkRows = 1024;
        List<T> all = [];
        T[] chunk = new T[checked(ChunkRows * Columns)];
        int count;
        while ((count = Read(chunk, ChunkRows)) > 0)
        {
            all.AddRange(chunk.AsSpan(0, count * Columns));
        }

        return [.. all];
    }
}
