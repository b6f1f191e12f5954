using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Inference.Tests.Support;

/// <summary>The threads of this process as Linux lists them.</summary>
internal static class OwnThreads
{
    /// <summary>A thread: its name and the CPUs that it may run on, as in /proc/self/task/…/status.</summary>
    public readonly record struct One(string Name, string Cpus);

    /// <summary>The threads whose names begin so; a thread that ends while it is looked at is left out.</summary>
    public static IReadOnlyList<One> Named(string prefix)
    {
        List<One> found = [];
        foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                string name = File.ReadAllText(Path.Combine(task, "comm")).TrimEnd('\n');
                if (name.StartsWith(prefix, StringComparison.Ordinal))
                {
                    string line = File.ReadLines(Path.Combine(task, "status")).First(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal));
                    found.Add(new One(name, line.Split(':')[1].Trim()));
                }
            }
            catch (IOException)
            {
                continue;
            }
        }

        return [.. found.OrderBy(thread => thread.Name, StringComparer.Ordinal)];
    }
}
