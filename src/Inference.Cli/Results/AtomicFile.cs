using System;
using System.IO;

namespace Inference.Cli.Results;

/// <summary>A file that appears under its name when it is whole, and not at all when the work fails.</summary>
internal sealed class AtomicFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private bool _isCommitted;

    /// <summary>Opens a file beside the one that is wanted.</summary>
    /// <exception cref="CommandException">The folder does not exist or cannot be written.</exception>
    public AtomicFile(string path)
    {
        try
        {
            // A link keeps pointing where it points: what is replaced is the file behind it. A link's own path has to be a full one:
            // .NET takes what a link without a folder points to for a file of the root's.
            _path = Path.GetFullPath(path);
            _path = new FileInfo(_path).LinkTarget is null ? _path : File.ResolveLinkTarget(_path, returnFinalTarget: true)!.FullName;
            string folder = Path.GetDirectoryName(_path)!;
            if (Directory.Exists(_path))
            {
                throw new CommandException(path, "a folder", "a file, .npy or .csv");
            }

            if (!Directory.Exists(folder))
            {
                throw new CommandException(path, $"the folder {folder} does not exist", "a folder that does");
            }

            _temporary = Path.Combine(folder, $".{Path.GetFileName(_path)}.{Guid.NewGuid():N}.tmp");
            Stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16);
        }
        catch (UnauthorizedAccessException)
        {
            throw new CommandException(path, "no permission to write beside it", "a folder that can be written");
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or NotSupportedException)
        {
            throw new CommandException(path, exception.Message.TrimEnd('.'), "a file that can be written");
        }
    }

    /// <summary>The file's content so far.</summary>
    public FileStream Stream { get; }

    /// <summary>Gives the file its name, in place of one that had it.</summary>
    public void Commit()
    {
        Stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _isCommitted = true;
    }

    /// <summary>Takes the file away unless it was committed.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        if (!_isCommitted)
        {
            File.Delete(_temporary);
        }
    }
}
