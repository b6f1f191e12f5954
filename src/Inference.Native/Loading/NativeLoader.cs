using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using Inference.Native.Platform;

namespace Inference.Native.Loading;

/// <summary>Loads each native library once a process, at its first use, and keeps it: unloading code that owns threads is not safe.</summary>
/// <remarks>Any number of threads may call.</remarks>
internal static class NativeLoader
{
    private static readonly Lock Gate = new();
    private static readonly LoadedLibrary?[] Loaded = new LoadedLibrary?[NativeProfile.All.Count];
    private static readonly nint[] Handles = new nint[NativeProfile.All.Count];
    private static int _loadedCount;

    static NativeLoader() => NativeLibrary.SetDllImportResolver(typeof(NativeLoader).Assembly, (name, _, _) => Resolve(name));

    /// <summary>The library, or <see langword="null"/> where nothing has used it yet. Loads nothing.</summary>
    public static LoadedLibrary? Peek(NativeKind kind) => Volatile.Read(ref Loaded[(int)kind]);

    /// <summary>How many libraries are loaded; it only grows.</summary>
    public static int LoadedCount => Volatile.Read(ref _loadedCount);

    /// <summary>The library, loaded now if this is its first use.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="given">The file or folder that options name; <see langword="null"/> to search.</param>
    /// <exception cref="NativeLoadFailure">
    /// It is nowhere, cannot be loaded, lacks a function, is too old, or another file of it is loaded already.
    /// </exception>
    public static LoadedLibrary Load(NativeKind kind, string? given = null)
    {
        if (Peek(kind) is { } loaded && (given is null || IsSame(loaded, given)))
        {
            return loaded;
        }

        lock (Gate)
        {
            if (Loaded[(int)kind] is { } present)
            {
                return given is null || IsSame(present, given)
                    ? present
                    : throw new NativeLoadFailure(kind, given, $"this process has loaded {present.Path} already", "one file of a library in a process");
            }

            NativeProfile profile = NativeProfile.Of(kind);
            LibrarySettings.Apply();
            LoadedLibrary found = Find(profile, given);
            Volatile.Write(ref Loaded[(int)kind], found);
            Volatile.Write(ref _loadedCount, _loadedCount + 1);
            return found;
        }
    }

    /// <summary>A function of a loaded library or, on Unix, of a library that it is linked with.</summary>
    public static bool TryGetExport(NativeKind kind, string name, out nint function)
    {
        function = 0;
        return Peek(kind) is not null && NativeLibrary.TryGetExport(Handles[(int)kind], name, out function);
    }

    private static bool IsSame(LoadedLibrary loaded, string given) =>
        NativeSearch.Candidates(NativeProfile.Of(loaded.Kind), given).Any(candidate => candidate.Path == loaded.Path);

    private static nint Resolve(string importName)
    {
        foreach (NativeProfile profile in NativeProfile.All)
        {
            if (profile.ImportName == importName)
            {
                Load(profile.Kind);
                return Handles[(int)profile.Kind];
            }
        }

        return 0;
    }

    private static LoadedLibrary Find(NativeProfile profile, string? given)
    {
        List<string> refusals = [];
        Exception? cause = null;
        foreach (NativeSearch.Candidate candidate in NativeSearch.Candidates(profile, given))
        {
            bool isBareName = candidate.Source == "system";
            if (!TryLoad(candidate.Path, isBareName, out nint handle, out Exception? failure))
            {
                // A name that the system does not know is no news; a file that is there and does not load is.
                if (!isBareName)
                {
                    refusals.Add($"{candidate.Path} does not load ({FirstReason(failure!)})");
                    cause ??= failure;
                }

                continue;
            }

            if (profile.Symbols.FirstOrDefault(symbol => !NativeLibrary.TryGetExport(handle, symbol, out _)) is { } lacking)
            {
                refusals.Add($"{candidate.Path} lacks the function {lacking}");
                continue;
            }

            (Version version, string text) = profile.ReadVersion(handle);
            if (version < profile.Oldest)
            {
                refusals.Add($"{candidate.Path} is version {text}");
                continue;
            }

            Handles[(int)profile.Kind] = handle;
            return new LoadedLibrary(profile.Kind, candidate.Path, candidate.Source, version, text, OpenMpRuntimes.NeededBy(candidate.Path));
        }

        throw new NativeLoadFailure(
            profile.Kind,
            NativeSearch.Describe(profile, given),
            refusals.Count == 0 ? $"no {profile.Title} library" : string.Join(", ", refusals),
            $"{profile.Title} {profile.Oldest.ToString(2)} or later: {profile.Package}",
            cause);
    }

    private static bool TryLoad(string path, bool isBareName, out nint handle, out Exception? failure)
    {
        if (isBareName)
        {
            failure = null;
            return NativeLibrary.TryLoad(path, out handle);
        }

        if (ElfFile.Shortfall(path) is { } shortfall)
        {
            handle = 0;
            failure = new BadImageFormatException(shortfall);
            return false;
        }

        try
        {
            handle = NativeLibrary.Load(path);
            failure = null;
            return true;
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            // The system's loader does not look beside a library for what it needs; packages unpacked into one folder need that.
            if (LoadCompanions(Path.GetDirectoryName(path)!) && NativeLibrary.TryLoad(path, out handle))
            {
                failure = null;
                return true;
            }

            handle = 0;
            failure = exception;
            return false;
        }
    }

    private static bool LoadCompanions(string folder)
    {
        bool any = false;
        foreach (string name in (string[])["libgomp.so.1", "libomp.so.5", "libomp.dylib", "libdmlc.so.0"])
        {
            string path = Path.Combine(folder, name);
            any |= File.Exists(path) && NativeLibrary.TryLoad(path, out _);
        }

        return any;
    }

    /// <summary>.NET says first that it could not, over one line, and then what the system's loader said of each name tried: the first is the file's own.</summary>
    private static string FirstReason(Exception failure)
    {
        string[] lines = failure.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length > 1 ? lines[1] : lines[0];
    }
}
