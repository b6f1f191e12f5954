using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Inference.Tests.Support;

namespace Inference.Tests.RepositoryRules;

/// <summary>The files of the repository as a person sees them: what builds, editors and version control write is left out.</summary>
internal static class RepositoryFiles
{
    private static readonly HashSet<string> NotOurs = new(StringComparer.Ordinal)
    {
        ".git", ".vs", ".idea", ".vscode", "bin", "obj", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts",
    };

    /// <summary>Every file, by its path from the root with forward slashes, in order.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Walk(Repository.Root).Order(StringComparer.Ordinal)];

    /// <summary>The C# sources below a folder.</summary>
    public static IEnumerable<string> Sources(string folder) =>
        All.Where(file => file.StartsWith(folder + "/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal));

    /// <summary>The content of a file.</summary>
    public static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            if (!NotOurs.Contains(Path.GetFileName(file)))
            {
                yield return Path.GetRelativePath(Repository.Root, file).Replace('\\', '/');
            }
        }

        foreach (string inner in Directory.EnumerateDirectories(folder).Where(inner => !NotOurs.Contains(Path.GetFileName(inner))))
        {
            foreach (string file in Walk(inner))
            {
                yield return file;
            }
        }
    }
}
