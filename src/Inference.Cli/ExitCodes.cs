using System.Runtime.InteropServices;

namespace Inference.Cli;

/// <summary>What the command's exit status says.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>A file, a model or the machine stood in the way; one line on standard error says what.</summary>
    public const int Error = 1;

    /// <summary>The command line itself is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Engines differ (<c>verify</c>).</summary>
    public const int Different = 3;

    /// <summary>The terminal went away: 128 + SIGHUP.</summary>
    public const int HungUp = 129;

    /// <summary>Ctrl-C: 128 + SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>Ctrl-\: 128 + SIGQUIT.</summary>
    public const int Quit = 131;

    /// <summary>The reader of standard output went away: 128 + SIGPIPE.</summary>
    public const int BrokenPipe = 141;

    /// <summary>A polite kill: 128 + SIGTERM.</summary>
    public const int Terminated = 143;

    /// <summary>What a command that a signal ended leaves.</summary>
    public static int Of(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => HungUp,
        PosixSignal.SIGQUIT => Quit,
        PosixSignal.SIGTERM => Terminated,
        _ => Interrupted,
    };
}
