using System.Runtime.InteropServices;

namespace Inference.Native.Platform;

/// <summary>What a process does before it forks: <c>pthread_atfork</c>.</summary>
internal static unsafe class ForkHandler
{
    /// <summary>Has a function called by every thread that forks, before it does; for the rest of the process's life.</summary>
    /// <param name="prepare">The function; its code must stay.</param>
    /// <returns>Whether the C library has such a thing. Programs that are started by vfork or posix_spawn do not come by.</returns>
    public static bool TryRegister(delegate* unmanaged<void> prepare)
    {
        // glibc has the standard's function in an archive that is linked into programs, and exports the one that it calls.
        nint library = NativeLibrary.GetMainProgramHandle();
        if (NativeLibrary.TryGetExport(library, "__register_atfork", out nint glibc))
        {
            return ((delegate* unmanaged<delegate* unmanaged<void>, void*, void*, void*, int>)glibc)(prepare, null, null, null) == 0;
        }

        return NativeLibrary.TryGetExport(library, "pthread_atfork", out nint standard)
            && ((delegate* unmanaged<delegate* unmanaged<void>, void*, void*, int>)standard)(prepare, null, null) == 0;
    }
}
