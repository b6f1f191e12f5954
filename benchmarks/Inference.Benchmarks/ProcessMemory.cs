using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace Inference.Benchmarks;

/// <summary>What this process holds. Linux.</summary>
internal static partial class ProcessMemory
{
    /// <summary>Bytes in memory (RSS) once everything that the garbage collector can give back has been given back.</summary>
    public static long Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Resident;
    }

    /// <summary>Bytes in memory.</summary>
    public static long Resident => StatusKilobytes("VmRSS:") * 1024;

    /// <summary>Bytes that the C library's allocator has handed out, in all its arenas, and those that it keeps beside.</summary>
    public static unsafe (long Used, long Kept) Malloc()
    {
        const int mapped = 4, used = 7, free = 8;
        MallocInfo info = Info();
        return ((long)(info.Counts[used] + info.Counts[mapped]), (long)info.Counts[free]);
    }

    private static long StatusKilobytes(string key)
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(key, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(key.Length).Trim(" \tkB"), CultureInfo.InvariantCulture);
    }

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial MallocInfo Info();

    /// <summary>struct mallinfo2 of glibc 2.33 and later: ten numbers of the size of a pointer.</summary>
    private unsafe struct MallocInfo
    {
        public fixed ulong Counts[10];
    }
}
