using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace Inference.Benchmarks;

/// <summary>Names the machine and the versions that a number belongs to.</summary>
internal static class Machine
{
    /// <summary>Processor, cores, system, runtime and library, in one line.</summary>
    public static string Describe()
    {
        string library = typeof(Booster).Assembly.GetName().Version?.ToString(3) ?? "?";
        return $"{Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, Inference {library}";
    }

    /// <summary>The native libraries that this process finds, with their versions.</summary>
    public static string DescribeLibraries() =>
        string.Join(", ", NativeLibraries.Find().Select(library => $"{library.Library} {(library.IsLoaded ? library.Version : "missing")}"));

    private static string Processor()
    {
        const string CpuInfo = "/proc/cpuinfo";
        string? name = File.Exists(CpuInfo)
            ? File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            : null;
        return name ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
