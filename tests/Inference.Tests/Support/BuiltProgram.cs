using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;

namespace Inference.Tests.Support;

/// <summary>Programs that are built with the tests and started by them.</summary>
internal static class BuiltProgram
{
    /// <summary>A program's assembly, built in the tests' own configuration.</summary>
    /// <param name="folder">Its project's folder from the root.</param>
    public static string PathOf(string folder)
    {
        // The tests run from …/bin/<configuration>/<framework>, and so does the program.
        DirectoryInfo framework = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(Repository.Root, folder, "bin", framework.Parent!.Name, framework.Name, Path.GetFileName(folder) + ".dll");
    }

    /// <summary>Runs tests/Hosts, whose scenarios are hosts of the library.</summary>
    public static Task<ChildProcess> RunHost(IReadOnlyDictionary<string, string> variables, params IEnumerable<string> arguments) =>
        ChildProcess.Run(ChildProcess.DotNetPath, Repository.Root, variables, [PathOf("tests/Hosts"), .. arguments]);
}
