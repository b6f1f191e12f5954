using System.IO;

namespace Inference.Cli.Rows;

/// <summary>Opens .npy files of rows.</summary>
internal static class NpyRows
{
    /// <summary>A source of the file's own number type.</summary>
    /// <exception cref="CommandException">The file cannot be read, or its rows are not the model's.</exception>
    public static RowSource Open(string path, BoosterInfo info)
    {
        FileStream stream = InputFiles.OpenRows(path);
        try
        {
            NpyHeader header = NpyHeader.Read(stream);
            if (header.Descr is not ("<f4" or "<f8"))
            {
                throw new CommandException($"{path}, descr", ErrorLine.Quote(header.Descr) + (header.Descr.StartsWith('>') ? ", big-endian" : ""), "'<f4' or '<f8' (array.astype('<f4'))");
            }

            if (header.IsFortranOrder)
            {
                throw new CommandException($"{path}, fortran_order", "True", "False, C order (numpy.ascontiguousarray)");
            }

            // One dimension could be one row or one column: the file has to say which.
            if (header.Shape.Length != 2)
            {
                throw new CommandException(
                    $"{path}, shape",
                    $"({string.Join(", ", header.Shape)}{(header.Shape.Length == 1 ? "," : "")})",
                    $"(rows, {info.Features.Count}){(header.Shape.Length == 1 ? "; array.reshape(1, -1) makes one row" : "")}");
            }

            return header.Descr == "<f4" ? new NpyRowSource<float>(path, stream, header, info) : new NpyRowSource<double>(path, stream, header, info);
        }
        catch (InvalidDataException exception)
        {
            stream.Dispose();
            throw NotAnArray(path, exception);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static CommandException NotAnArray(string path, InvalidDataException exception)
    {
        // The reader's messages are "where: found; allowed" themselves; the file's name comes before the place.
        string[] parts = exception.Message.Split(": ", 2);
        string[] rest = parts[1].Split("; ", 2);
        return new CommandException($"{path}, {parts[0]}", rest[0], rest[1]);
    }
}
