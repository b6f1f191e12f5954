using System.Runtime.InteropServices;

namespace Inference.Native.Platform;

/// <summary>Functions of the C library.</summary>
internal static partial class LibC
{
    private const string Library = "libc";

    /// <summary>Sets a variable that C code sees; <c>Environment.SetEnvironmentVariable</c> changes a copy of .NET's own.</summary>
    [LibraryImport(Library, EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetEnvironment(string name, string value, int overwrite);
}
