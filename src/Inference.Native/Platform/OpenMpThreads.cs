using System.Threading;
using Inference.Native.Loading;

namespace Inference.Native.Platform;

/// <summary>The number of threads that the next parallel region of the calling thread may use, in each library's own OpenMP runtime.</summary>
/// <remarks>
/// The number belongs to the calling thread (OpenMP 5.2, section 2.4, nthreads-var), so nothing else in the process
/// notices. Asking a library for the function finds it in the runtime that this very library is linked with.
/// </remarks>
internal static unsafe class OpenMpThreads
{
    private static readonly nint[] Setters = new nint[NativeProfile.All.Count];

    /// <summary>Sets the number for the calling thread in every library that is loaded, if some were loaded since.</summary>
    /// <param name="threads">The number, at least 1.</param>
    /// <param name="librariesSeen">How many were loaded when the calling thread last asked; 0 at first.</param>
    public static void SetAll(int threads, ref int librariesSeen)
    {
        int loaded = NativeLoader.LoadedCount;
        if (loaded != librariesSeen)
        {
            librariesSeen = loaded;
            foreach (NativeProfile profile in NativeProfile.All)
            {
                Set(profile.Kind, threads);
            }
        }
    }

    private static void Set(NativeKind kind, int threads)
    {
        nint setter = Volatile.Read(ref Setters[(int)kind]);
        if (setter == 0 && NativeLoader.TryGetExport(kind, "omp_set_num_threads", out setter))
        {
            Volatile.Write(ref Setters[(int)kind], setter);
        }

        if (setter != 0)
        {
            ((delegate* unmanaged[Cdecl]<int, void>)setter)(threads);
        }
    }
}
