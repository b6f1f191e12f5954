using System.Runtime.InteropServices;

namespace Inference.Native.Platform;

/// <summary>Functions of the C library.</summary>
internal static unsafe partial class LibC
{
    /// <summary>Pages that may be read and written: PROT_READ | PROT_WRITE.</summary>
    public const int ReadWrite = 1 | 2;

    /// <summary>Pages of this process alone, with no file behind them: Linux's MAP_PRIVATE | MAP_ANONYMOUS.</summary>
    public const int PrivateAnonymous = 0x02 | 0x20;

    /// <summary>Linux's MADV_WIPEONFORK, since 4.14: a forked child finds zeros.</summary>
    public const int WipeOnFork = 18;

    private const string Library = "libc";

    /// <summary>Sets a variable that C code sees; <c>Environment.SetEnvironmentVariable</c> changes a copy of .NET's own.</summary>
    [LibraryImport(Library, EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetEnvironment(string name, string value, int overwrite);

    /// <summary>Asks for pages; -1 as a pointer where there are none.</summary>
    [LibraryImport(Library, EntryPoint = "mmap")]
    public static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    /// <summary>Gives pages back.</summary>
    [LibraryImport(Library, EntryPoint = "munmap")]
    public static partial int Unmap(void* address, nuint length);

    /// <summary>Says how pages are to be treated; 0 where the kernel knows the wish.</summary>
    [LibraryImport(Library, EntryPoint = "madvise")]
    public static partial int Advise(void* address, nuint length, int advice);

    /// <summary>This process, asked of the system: <c>Environment.ProcessId</c> is remembered, and a forked child remembers its parent's.</summary>
    [LibraryImport(Library, EntryPoint = "getpid")]
    public static partial int ProcessId();

    /// <summary>The calling thread, as Linux counts threads.</summary>
    [LibraryImport(Library, EntryPoint = "gettid")]
    public static partial int ThreadId();

    /// <summary>Which CPUs a thread may run on, 0 for the caller's: a set of bits, CPU 0 the lowest bit of the first byte.</summary>
    [LibraryImport(Library, EntryPoint = "sched_getaffinity")]
    public static partial int GetAffinity(int thread, nuint length, byte* cpus);

    /// <summary>Says which CPUs a thread may run on.</summary>
    [LibraryImport(Library, EntryPoint = "sched_setaffinity")]
    public static partial int SetAffinity(int thread, nuint length, byte* cpus);
}
