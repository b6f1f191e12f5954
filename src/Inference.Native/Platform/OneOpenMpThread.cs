using System;
using Inference.Native.Loading;

namespace Inference.Native.Platform;

/// <summary>
/// Keeps what a library does on this thread from opening a team of OpenMP threads where its own settings do not reach,
/// while it loads a model above all; disposal gives the thread its number back.
/// </summary>
/// <remarks>
/// omp_set_num_threads concerns the calling thread alone (OpenMP 5.2, section 18.2.1). Where the library's OpenMP runtime
/// cannot be asked through the library (Windows), nothing changes.
/// </remarks>
internal readonly unsafe ref struct OneOpenMpThread : IDisposable
{
    private readonly delegate* unmanaged[Cdecl]<int, void> _set;
    private readonly int _before;

    private OneOpenMpThread(delegate* unmanaged[Cdecl]<int, void> set, int before)
    {
        _set = set;
        _before = before;
    }

    /// <summary>One OpenMP thread for a loaded library's code on this thread.</summary>
    public static OneOpenMpThread For(NativeKind kind)
    {
        if (!NativeLoader.TryGetExport(kind, "omp_set_num_threads", out nint set) || !NativeLoader.TryGetExport(kind, "omp_get_max_threads", out nint get))
        {
            return default;
        }

        int before = ((delegate* unmanaged[Cdecl]<int>)get)();
        ((delegate* unmanaged[Cdecl]<int, void>)set)(1);
        return new OneOpenMpThread((delegate* unmanaged[Cdecl]<int, void>)set, before);
    }

    /// <summary>Gives the thread its number back.</summary>
    public void Dispose()
    {
        if (_set is not null)
        {
            _set(_before);
        }
    }
}
