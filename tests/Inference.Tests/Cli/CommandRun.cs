using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Inference.Cli;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Cli;

/// <summary>One run of the command: in this process for speed, or as a child for what only a process has.</summary>
/// <param name="ExitCode">The exit status.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The built command: beside the tests' own configuration, under the name that users type.</summary>
    public static string Executable { get; } = FindExecutable();

    /// <summary>The lines of standard output.</summary>
    public string[] Lines => Output.Split('\n')[..^1];

    /// <summary>Runs in this process.</summary>
    public static CommandRun Here(params string[] args) => Here(CancellationToken.None, args);

    /// <summary>Runs in this process until the token says otherwise.</summary>
    public static CommandRun Here(CancellationToken cancellation, params string[] args)
    {
        using MemoryStream output = new();
        using StringWriter error = new();
        int exitCode = CommandLine.Run(args, new CommandHost { Output = output, Error = error, Cancellation = cancellation });
        return new CommandRun(exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    /// <summary>Starts a child process with its output redirected.</summary>
    public static Process Start(IEnumerable<string> args) => Start(Executable, args);

    /// <summary>
    /// Starts the command with every signal at its default. A shell without job control starts background jobs deaf to
    /// SIGINT, and their children inherit that; GNU's env gives them their ears back.
    /// </summary>
    public static Process StartHearingSignals(IEnumerable<string> args) =>
        OperatingSystem.IsLinux() ? Start("/usr/bin/env", ["--default-signal", Executable, .. args]) : Start(args);

    private static Process Start(string file, IEnumerable<string> args)
    {
        ProcessStartInfo start = new(file)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (string arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs as a child process.</summary>
    public static Task<CommandRun> ChildAsync(params string[] args) => ChildOfAsync(Executable, args);

    /// <summary>Runs a copy of the command as a child process.</summary>
    public static async Task<CommandRun> ChildOfAsync(string executable, params string[] args)
    {
        using Process process = Start(executable, args);
        using CancellationTokenSource late = new(Patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(late.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(late.Token);
            await process.WaitForExitAsync(late.Token);
            return new CommandRun(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>Holds that the run ended with a status and exactly one line of the fixed shape on standard error.</summary>
    /// <returns>The line without "error: ".</returns>
    public string Failed(int exitCode = ExitCodes.Error)
    {
        Assert.True(ExitCode == exitCode, $"exit status {ExitCode}, expected {exitCode}; standard error: {Error}");
        Assert.Equal("", Output);
        string line = Error.TrimEnd('\r', '\n');
        Assert.Matches("^error: [^\n\r]+: [^\n\r]+; [^\n\r]+$", line);
        return line["error: ".Length..];
    }

    /// <summary>Holds that the run ended well and said nothing on standard error.</summary>
    public CommandRun Succeeded()
    {
        Assert.True(ExitCode == 0 && Error.Length == 0, $"exit status {ExitCode}; standard error: {Error}");
        return this;
    }

    private static string FindExecutable()
    {
        string suffix = OperatingSystem.IsWindows() ? ".exe" : "";
        DirectoryInfo framework = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        string named = Path.Combine(Repository.Root, "src", "Inference.Cli", "bin", framework.Parent!.Name, framework.Name, "inference" + suffix);
        return File.Exists(named) ? named : Path.Combine(AppContext.BaseDirectory, "Inference.Cli" + suffix);
    }
}
