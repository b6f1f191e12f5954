using System;
using System.Runtime.InteropServices;

namespace Inference.Benchmarks.Raw;

/// <summary>The functions of a native library as a C program calls them: nothing between but a pointer.</summary>
internal static unsafe class RawLibrary
{
    /// <summary>A function of the file that this process has loaded, or loads now.</summary>
    public static void* Function(NativeLibraryKind library, string name) =>
        (void*)NativeLibrary.GetExport(NativeLibrary.Load(NativeLibraries.Warm(library).Path), name);

    /// <summary>Ends the benchmark where a call failed.</summary>
    public static void Check(int code, string function)
    {
        if (code != 0)
        {
            throw new InvalidOperationException($"{function} answered {code}");
        }
    }
}
