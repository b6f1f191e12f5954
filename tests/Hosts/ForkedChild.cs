using System;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading;

namespace Hosts;

/// <summary>A child made by fork, watched by its parent.</summary>
/// <param name="ExitCode">What it returned, or the signal that ended it, negative.</param>
/// <param name="Time">From the fork to its end.</param>
/// <param name="WasKilled">Whether the parent's patience ended first.</param>
internal readonly partial record struct ForkedChild(int ExitCode, TimeSpan Time, bool WasKilled)
{
    private const int Kill = 9;
    private const int DoNotWait = 1;

    /// <summary>Forks, runs the work in the child and waits for its end.</summary>
    /// <param name="work">Runs on the only thread that the child has; its result is the exit code, 0 to 100.</param>
    /// <param name="patience">After this the child is killed.</param>
    public static ForkedChild Run(Func<int> work, TimeSpan patience)
    {
        long start = Stopwatch.GetTimestamp();
        int child = Fork();
        if (child == 0)
        {
            int code = 100;
            try
            {
                code = work();
            }
            catch (Exception exception)
            {
                Console.WriteLine(exception);
            }

            // Not Environment.Exit: it waits for threads that stayed with the parent.
            Exit(code);
        }

        bool killed = false;
        int status;
        while (Wait(child, out status, DoNotWait) == 0)
        {
            if (!killed && Stopwatch.GetElapsedTime(start) > patience)
            {
                killed = true;
                _ = Signal(child, Kill);
            }

            Thread.Sleep(1);
        }

        int signal = status & 0x7f;
        return new ForkedChild(signal == 0 ? (status >> 8) & 0xff : -signal, Stopwatch.GetElapsedTime(start), killed);
    }

    [LibraryImport("libc", EntryPoint = "fork")]
    private static partial int Fork();

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    private static partial int Wait(int process, out int status, int options);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
