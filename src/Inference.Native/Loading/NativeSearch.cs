using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace Inference.Native.Loading;

/// <summary>Where a library is looked for, in order: the options' path, the environment's, the application's, the system's.</summary>
internal static class NativeSearch
{
    /// <summary>The environment variable: folders, or files under the libraries' own names, separated as in PATH.</summary>
    public const string Variable = "INFERENCE_NATIVE_PATH";

    /// <summary>A place to try.</summary>
    /// <param name="Path">A file that exists, or a bare name for the system's loader.</param>
    /// <param name="Source">Which step this is, for people.</param>
    public readonly record struct Candidate(string Path, string Source);

    /// <summary>The files that exist, best first, and last the bare names for the system's loader.</summary>
    /// <param name="profile">The library.</param>
    /// <param name="given">The options' file or folder. Where it is given nothing else is tried: a wish is not overruled.</param>
    public static IEnumerable<Candidate> Candidates(NativeProfile profile, string? given)
    {
        if (given is not null)
        {
            return Files(profile, [given], "options");
        }

        return Files(profile, Entries().Where(entry => Concerns(profile, entry)), Variable)
            .Concat(Files(profile, ApplicationFolders(), "application"))
            .Concat(profile.FileNames.Select(name => new Candidate(name, "system")));
    }

    /// <summary>The search in words.</summary>
    public static string Describe(NativeProfile profile, string? given)
    {
        if (given is not null)
        {
            return given;
        }

        string[] entries = Entries();
        string variable = entries.Length == 0 ? $"{Variable} (not set)" : $"{Variable}={string.Join(Path.PathSeparator, entries.Select(entry => entry + Oddity(profile, entry)))}";
        return $"{string.Join(" or ", profile.FileNames)} in {variable}, {string.Join(", ", ApplicationFolders())} and the system's folders";
    }

    private static string[] Entries() => Environment.GetEnvironmentVariable(Variable)?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>A folder may hold any library; a file is meant for the library that it is named after.</summary>
    private static bool Concerns(NativeProfile profile, string entry) =>
        !File.Exists(entry) || profile.FileNames.Any(name => Path.GetFileName(entry).StartsWith(Path.GetFileNameWithoutExtension(name.Replace(".so.", ".", StringComparison.Ordinal)), StringComparison.Ordinal));

    /// <summary>Why an entry of the variable counts for nothing here.</summary>
    private static string Oddity(NativeProfile profile, string entry) =>
        !File.Exists(entry) && !Directory.Exists(entry) ? " (does not exist)"
        : !Concerns(profile, entry) ? " (a file of another name)"
        : "";

    private static IEnumerable<Candidate> Files(NativeProfile profile, IEnumerable<string> places, string source) =>
        places.SelectMany(place => File.Exists(place) ? [place] : profile.FileNames.Select(name => Path.Combine(place, name)))
            .Where(File.Exists)
            .Select(path => new Candidate(Path.GetFullPath(path), source));

    /// <summary>Where NuGet puts native files beside an application, the most exact first.</summary>
    private static IEnumerable<string> ApplicationFolders()
    {
        string home = Home;
        yield return Path.Combine(home, "runtimes", PortableIdentifier, "native");
        if (RuntimeInformation.RuntimeIdentifier != PortableIdentifier)
        {
            yield return Path.Combine(home, "runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        }

        yield return home;

        // Of an application that runs out of the NuGet cache (dotnet run, tests) the host lists the packages' folders here.
        string? folders = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string;
        foreach (string folder in folders?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            if (Path.TrimEndingDirectorySeparator(folder) != Path.TrimEndingDirectorySeparator(home))
            {
                yield return folder;
            }
        }
    }

    /// <summary>The application's folder. A C program that starts .NET has none of its own: there it is this assembly's.</summary>
    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "A single file has a base directory.")]
    private static string Home => AppContext.BaseDirectory is { Length: > 0 } folder
        ? folder
        : Path.GetDirectoryName(typeof(NativeSearch).Assembly.Location) ?? "";

    /// <summary>The identifier that packages use for this system: linux-x64, not debian.12-x64.</summary>
    private static string PortableIdentifier
    {
        get
        {
            string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            string architecture = RuntimeInformation.ProcessArchitecture switch
            {
                Architecture.X64 => "x64",
                Architecture.X86 => "x86",
                Architecture.Arm64 => "arm64",
                Architecture other => other.ToString(),
            };
            return $"{system}-{architecture}";
        }
    }
}
