using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Inference.Tests.Training;

/// <summary>Functions of a training library, which the product has no use for.</summary>
internal static unsafe class TrainerApi
{
    /// <summary>A function of the library that this process has loaded, or loads now.</summary>
    public static void* Function(NativeLibraryKind library, string name) =>
        (void*)NativeLibrary.GetExport(NativeLibrary.Load(NativeLibraries.Warm(library).Path), name);

    /// <summary>Text as C reads it.</summary>
    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + '\0');

    /// <summary>Throws what the library says of a call that failed.</summary>
    public static void Check(int code, delegate* unmanaged<byte*> lastError)
    {
        if (code != 0)
        {
            throw new InvalidOperationException(Marshal.PtrToStringUTF8((nint)lastError()));
        }
    }
}
