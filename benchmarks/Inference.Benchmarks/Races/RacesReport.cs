using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;

namespace Inference.Benchmarks.Races;

/// <summary>
/// Whether predicting, freeing, disposing of and forgetting the same models at once is safe: each library in a process of its
/// own, and LightGBM once more with an address sanitizer in it, which ends the process at the first touch of freed memory.
/// </summary>
internal static class RacesReport
{
    private const int DefaultSeconds = 60;
    private const string LibraryPath = "INFERENCE_NATIVE_PATH";

    /// <summary>Prints a table; the result is 0 when every promise was kept and 3 when one was not.</summary>
    public static int Run(string[] arguments)
    {
        CommandOptions options = new(arguments);
        int seconds = options.Number("--seconds", DefaultSeconds);
        Dictionary<string, string> variables = options.Flag("--asan") ? Sanitizer() : [];
        options.Check();
        Console.WriteLine($"{Machine.Describe()}, {Machine.DescribeLibraries()}");
        Console.WriteLine($"8 threads for {seconds} s on 4 models that are replaced all the time{(variables.Count > 0 ? "; LightGBM with AddressSanitizer" : "")}");
        Console.WriteLine();
        Console.WriteLine("| subject | answered | refused as disposed | wrong | loaded | disposed | forgotten | collections | live handles | anything else |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|---|");
        List<string> broken = [];
        foreach (string subject in variables.Count > 0 ? RaceSubject.LightGbmAlone : RaceSubject.All.Keys)
        {
            string[] lines = ChildRun.Lines([RacesRun.Command, subject, $"{seconds}"], variables);
            string[] figures = lines[0].Split(' ');
            Console.WriteLine($"| {subject} | {string.Join(" | ", figures)} | {lines[1]} |");
            if (variables.TryGetValue(LibraryPath, out string? folder) && Path.GetDirectoryName(lines[2]) != folder)
            {
                throw new BenchmarkException($"{lines[2]} took part, not what is in {folder}");
            }

            if (figures[0] == "0" || figures[2] != "0" || figures[^1] != "0" || lines[1] != "-")
            {
                broken.Add(subject);
            }
        }

        Console.WriteLine();
        Console.WriteLine($"Promised: no crash, every call answers rightly or throws ObjectDisposedException, no live handle at the end: {(broken.Count == 0 ? "kept" : $"broken by {string.Join(", ", broken)}")}.");
        return broken.Count == 0 ? 0 : 3;
    }

    /// <summary>The environment in which a process has the sanitizer before the library that needs it.</summary>
    private static Dictionary<string, string> Sanitizer()
    {
        string folder = BenchmarkModels.PathInCheckout($"artifacts/native/linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}-asan");
        string runtime = Path.Combine(folder, "libasan.so");
        if (!File.Exists(runtime))
        {
            throw new BenchmarkException($"{runtime} is missing; eng/natives.sh --asan brings it");
        }

        return new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = runtime,
            [LibraryPath] = folder,

            // Signals are .NET's, which turns some of them into exceptions; leaks are told by the count of handles.
            ["ASAN_OPTIONS"] = "detect_leaks=0:handle_segv=0:handle_sigfpe=0:use_sigaltstack=0",
        };
    }
}
