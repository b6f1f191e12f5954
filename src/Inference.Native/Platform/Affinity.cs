using System;
using System.Collections.Generic;

namespace Inference.Native.Platform;

/// <summary>The CPUs that a thread may run on. Linux alone can be told.</summary>
internal static unsafe class Affinity
{
    /// <summary>The C library's cpu_set_t knows 1024 CPUs.</summary>
    private const int Bytes = 1024 / 8;

    /// <summary>Whether threads can be pinned here.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>The CPUs that the calling thread may run on, ascending.</summary>
    public static IReadOnlyList<int> Get()
    {
        byte* set = stackalloc byte[Bytes];
        List<int> cpus = [];
        if (IsSupported && LibC.GetAffinity(0, Bytes, set) == 0)
        {
            for (int cpu = 0; cpu < Bytes * 8; cpu++)
            {
                if ((set[cpu / 8] & (1 << (cpu % 8))) != 0)
                {
                    cpus.Add(cpu);
                }
            }
        }

        return cpus;
    }

    /// <summary>Pins the calling thread, and the threads that it will start; false where the system refuses.</summary>
    public static bool TrySet(ReadOnlySpan<int> cpus)
    {
        byte* set = stackalloc byte[Bytes];
        new Span<byte>(set, Bytes).Clear();
        foreach (int cpu in cpus)
        {
            if (cpu < 0 || cpu >= Bytes * 8)
            {
                return false;
            }

            set[cpu / 8] |= (byte)(1 << (cpu % 8));
        }

        return IsSupported && LibC.SetAffinity(0, Bytes, set) == 0;
    }
}
