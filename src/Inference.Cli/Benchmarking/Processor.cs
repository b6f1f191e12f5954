using System;
using System.IO;
using System.Runtime.InteropServices;

namespace Inference.Cli.Benchmarking;

/// <summary>The name of this machine's processor.</summary>
internal static class Processor
{
    /// <summary>The name as the system knows it; the architecture where it does not say.</summary>
    public static string Name { get; } = Find();

    private static string Find()
    {
        const string LinuxList = "/proc/cpuinfo";
        if (File.Exists(LinuxList))
        {
            foreach (string line in File.ReadLines(LinuxList))
            {
                if (line.StartsWith("model name", StringComparison.Ordinal) && line.Split(':', 2) is [_, string name])
                {
                    return name.Trim();
                }
            }
        }

        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
