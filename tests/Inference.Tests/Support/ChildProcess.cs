using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace Inference.Tests.Support;

/// <summary>A program that a test started and that has ended.</summary>
/// <param name="CommandLine">What was started, for messages.</param>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
internal sealed record ChildProcess(string CommandLine, int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    /// <summary>The lines of the standard output, without empty ones at the end.</summary>
    public string[] Lines => Output.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    /// <summary>The .NET command line.</summary>
    public static string DotNetPath => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>Starts the .NET command line and waits for its end.</summary>
    public static Task<ChildProcess> DotNet(string folder, params IEnumerable<string> arguments) =>
        Run(DotNetPath, folder, arguments);

    /// <summary>Starts a program and waits for its end.</summary>
    public static Task<ChildProcess> Run(string program, string folder, params IEnumerable<string> arguments) =>
        Run(program, folder, new Dictionary<string, string>(), arguments);

    /// <summary>Starts a program with variables added to the environment and waits for its end.</summary>
    public static async Task<ChildProcess> Run(string program, string folder, IReadOnlyDictionary<string, string> variables, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

        // `dotnet test` tells its children where its own build engine is; a build of ours must find its own.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            await Task.WhenAll(process.WaitForExitAsync(TestContext.Current.CancellationToken), output, errors).WaitAsync(Patience);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new ChildProcess($"{program} {string.Join(' ', start.ArgumentList)}", process.ExitCode, await output, await errors);
    }

    /// <summary>Fails the test with everything the program said unless it ended well.</summary>
    public ChildProcess Succeeded()
    {
        Assert.True(ExitCode == 0, $"'{CommandLine}' ended with {ExitCode}\n{Output}\n{Errors}");
        return this;
    }
}
