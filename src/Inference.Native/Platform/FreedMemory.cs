using System.Runtime.InteropServices;

namespace Inference.Native.Platform;

/// <summary>Gives memory that native code has freed back to the system.</summary>
/// <remarks>
/// glibc's allocator keeps what is freed in the arena of the thread that allocated it, for that arena's next use. A service
/// that loads models on changing threads fills one arena after the other with room for a whole load (XGBoost 1.7.4: 22 MB
/// for a file of 6 MB, in up to eight arenas for each CPU), and none of it is in use. malloc_trim gives back whole pages of
/// all arenas; it takes a few milliseconds, so it follows large models alone.
/// </remarks>
internal static unsafe class FreedMemory
{
    /// <summary>The file size, in bytes, from which on freeing a model is worth the call.</summary>
    public const long LargeModel = 1 << 20;

    private static readonly delegate* unmanaged<nuint, int> Trim = Find();

    /// <summary>Gives back what all threads have freed. Nothing where the C library has no such function.</summary>
    public static void GiveBack()
    {
        if (Trim is not null)
        {
            _ = Trim(0);
        }
    }

    private static delegate* unmanaged<nuint, int> Find() =>
        NativeLibrary.TryLoad("libc.so.6", out nint library) && NativeLibrary.TryGetExport(library, "malloc_trim", out nint trim)
            ? (delegate* unmanaged<nuint, int>)trim
            : null;
}
