using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Inference.Native.Loading;

/// <summary>Which OpenMP runtime a library wants, and which the process holds. More than one in a process do not know of each other's threads.</summary>
internal static class OpenMpRuntimes
{
    private static readonly string[] Names = ["libgomp", "libomp", "libiomp5", "vcomp140", "libomp140"];

    /// <summary>The OpenMP runtime named among a file's dependencies, or empty.</summary>
    /// <remarks>Dependencies are plain zero-terminated names in every object format; wheels rename theirs (libgomp-24e2ab19.so.1.0.0).</remarks>
    public static string NeededBy(string path)
    {
        if (!File.Exists(path))
        {
            return "";
        }

        byte[] content = File.ReadAllBytes(path);
        foreach (string name in Names)
        {
            byte[] needle = [0, .. System.Text.Encoding.ASCII.GetBytes(name)];
            for (int from = 0; from < content.Length;)
            {
                int at = content.AsSpan(from).IndexOf(needle);
                if (at < 0)
                {
                    break;
                }

                ReadOnlySpan<byte> rest = content.AsSpan(from + at + 1);
                int end = rest.IndexOf((byte)0);
                if (end is > 0 and < 80 && (rest[..end].IndexOf(".so"u8) > 0 || rest[..end].IndexOf(".d"u8) > 0) && !rest[..end].Contains((byte)' '))
                {
                    return System.Text.Encoding.ASCII.GetString(rest[..end]);
                }

                from += at + 1;
            }
        }

        return "";
    }

    /// <summary>The OpenMP runtimes mapped into the process, by path; known on Linux alone.</summary>
    public static IReadOnlyList<string> Loaded()
    {
        const string maps = "/proc/self/maps";
        if (!OperatingSystem.IsLinux() || !File.Exists(maps))
        {
            return [];
        }

        return [.. File.ReadLines(maps)
            .Select(line => line.IndexOf('/', StringComparison.Ordinal) is >= 0 and int at ? line[at..] : "")
            .Where(path => Names.Any(name => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal)))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];
    }
}
