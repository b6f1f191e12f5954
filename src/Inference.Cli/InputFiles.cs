using System;
using System.IO;

namespace Inference.Cli;

/// <summary>Opens the files that a command line names, with messages for what a path may be.</summary>
internal static class InputFiles
{
    /// <summary>Loads a model.</summary>
    public static Booster LoadModel(string path, EngineKind engine, int threads) => LoadModel(path, new BoosterOptions { Engine = engine, Threads = threads });

    /// <summary>Loads a model.</summary>
    public static Booster LoadModel(string path, BoosterOptions options)
    {
        try
        {
            return Booster.Load(path, options);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw FileProblem(path, exception, "a model file");
        }
    }

    /// <summary>Opens a file of rows.</summary>
    public static FileStream OpenRows(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw FileProblem(path, exception, "a file of rows, .npy or .csv");
        }
    }

    private static CommandException FileProblem(string path, Exception exception, string allowed) => exception switch
    {
        _ when path.Length == 0 => new CommandException("''", "no path", allowed),
        _ when Directory.Exists(path) => new CommandException(path, "a folder", allowed),
        FileNotFoundException or DirectoryNotFoundException => new CommandException(path, "no such file", allowed),
        UnauthorizedAccessException => new CommandException(path, "no permission to read it", allowed),
        _ => new CommandException(path, exception.Message.TrimEnd('.'), allowed),
    };
}
