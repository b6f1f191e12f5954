using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace Inference.Benchmarks;

/// <summary>This program once more, in a process of its own: what one run leaves behind is no other's.</summary>
internal static class ChildRun
{
    /// <summary>The lines that it printed.</summary>
    /// <exception cref="BenchmarkException">It did not end with 0.</exception>
    public static string[] Lines(string[] arguments, IReadOnlyDictionary<string, string>? variables = null)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true };
        foreach ((string name, string value) in variables ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new BenchmarkException($"{string.Join(' ', arguments)} ended with {process.ExitCode}: {output}");
    }
}
