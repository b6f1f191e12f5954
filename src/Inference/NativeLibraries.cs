using System;
using System.Collections.Generic;
using System.Linq;
using Inference.Backends;
using Inference.Native.Loading;

namespace Inference;

/// <summary>The native libraries of this process: loads them on purpose, tells where they are.</summary>
/// <remarks>
/// Searched are, in this order: the path given here, the environment variable INFERENCE_NATIVE_PATH (folders, or files under
/// the libraries' own names, separated as in PATH), the application's <c>runtimes/&lt;rid&gt;/native</c>, the system's folders.
/// Nothing native is loaded before the first native prediction or a call of this class. Any number of threads may call.
/// What was loaded stays loaded until the process ends.
/// </remarks>
public static class NativeLibraries
{
    /// <summary>Loads a library now, where the first prediction would load it otherwise.</summary>
    /// <param name="library">The library.</param>
    /// <param name="path">Its file or folder; <see langword="null"/> to search as the class says.</param>
    /// <returns>Where it was found and what it is.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="library"/> is none.</exception>
    /// <exception cref="NativeLibraryException">It is missing, too old or incomplete, or another file of it is loaded already.</exception>
    public static NativeLibraryInfo Warm(NativeLibraryKind library, string? path = null)
    {
        Check(library);
        return Info(NativeFailures.Load(library, path));
    }

    /// <summary>Loads every library that can be found, and says of the others why not.</summary>
    public static IReadOnlyList<NativeLibraryInfo> Find() => [.. Enum.GetValues<NativeLibraryKind>().Select(Find)];

    /// <summary>The OpenMP runtimes in the process, by path; more than one do not know of each other's threads. Known on Linux alone.</summary>
    public static IReadOnlyList<string> OpenMpRuntimes => Native.Loading.OpenMpRuntimes.Loaded();

    /// <summary>
    /// What stands against forking this process once it runs .NET code, one sentence each with the remedy; empty for nothing.
    /// Settings of the runtime alone: W^X, tiered compilation, the server and the concurrent garbage collector. Always empty on Windows.
    /// </summary>
    /// <remarks>Only a host that forks without starting another program (uWSGI, gunicorn, a C program) needs care.</remarks>
    public static IReadOnlyList<string> ForkHazards => Native.Platform.ForkHazards.Find();

    private static NativeLibraryInfo Find(NativeLibraryKind library)
    {
        try
        {
            return Warm(library);
        }
        catch (NativeLibraryException exception)
        {
            return new NativeLibraryInfo { Library = library, IsLoaded = false, Reason = exception.Message };
        }
    }

    private static NativeLibraryInfo Info(LoadedLibrary loaded) => new()
    {
        Library = (NativeLibraryKind)loaded.Kind,
        IsLoaded = true,
        Path = loaded.Path,
        Source = loaded.Source,
        Version = loaded.VersionText,
        OpenMp = loaded.OpenMp,
    };

    private static void Check(NativeLibraryKind library)
    {
        if (!Enum.IsDefined(library))
        {
            throw new ArgumentOutOfRangeException(nameof(library), library, "not a native library");
        }
    }
}
