using System;
using System.IO;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace Inference.Cli;

/// <summary>What a command writes to and is stopped by: a process, or a test.</summary>
internal sealed record CommandHost
{
    /// <summary>Standard output.</summary>
    public required Stream Output { get; init; }

    /// <summary>Standard error.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether a progress bar would be seen, and would not mix with the output.</summary>
    public bool ShowsProgress { get; init; }

    /// <summary>Ctrl-C.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>The streams of this process.</summary>
    public static CommandHost ForProcess(CancellationToken cancellation) => new()
    {
        Output = OpenStandardOutput(),
        Error = Console.Error,
        ShowsProgress = !Console.IsErrorRedirected,
        Cancellation = cancellation,
    };

    /// <summary>Standard output, with an exception where its reader has gone.</summary>
    /// <remarks>
    /// The console's own stream ignores a broken pipe, so that "| head" would wait for the last of a million rows. A
    /// FileStream reports it, but keeps a position of its own and would overwrite what ">>" appends to: it is for pipes alone.
    /// </remarks>
    private static Stream OpenStandardOutput()
    {
        if (!OperatingSystem.IsWindows() && Console.IsOutputRedirected)
        {
            try
            {
                FileStream stream = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
                if (!stream.CanSeek)
                {
                    return stream;
                }
            }
            catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
            {
                // A closed or unusual descriptor: the console's stream copes with it.
            }
        }

        return Console.OpenStandardOutput();
    }
}
