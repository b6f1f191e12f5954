using System;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Inference.Tests.Engine;

/// <summary>Memory that ends where a page begins that nobody may touch: a read beyond the end kills the process.</summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int PrivateAnonymous = 0x22;
    private const int ReadWrite = 3;
    private readonly nuint _length;
    private readonly byte* _start;
    private readonly byte* _end;

    public GuardedMemory(int bytes)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        nuint usable = ((nuint)bytes + page - 1) / page * page;
        _length = usable + page;
        nint start = Map(0, _length, ReadWrite, PrivateAnonymous, -1, 0);
        if (start == -1 || Protect(start + (nint)usable, page, 0) != 0)
        {
            throw new Win32Exception();
        }

        _start = (byte*)start;
        _end = _start + usable;
    }

    /// <summary>Whether the numbers above are this system's.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>The last elements before the page.</summary>
    public Span<T> Last<T>(int count)
        where T : unmanaged => new(_end - (count * sizeof(T)), count);

    public void Dispose() => Unmap((nint)_start, _length);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);
}
