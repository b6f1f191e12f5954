using System;
using System.Runtime.InteropServices;

namespace Inference.Native.Platform;

/// <summary>A large piece of memory for a moment, on Linux straight from the system.</summary>
/// <remarks>
/// A large block that glibc's malloc takes back raises the size from which it asks the system for a block of its own, for the
/// whole process and for good (mallopt(3), M_MMAP_THRESHOLD). Later blocks of that size then come from a thread's arena,
/// whose end stays in memory up to twice that size, and malloc_trim does not give it back.
/// </remarks>
internal readonly unsafe ref struct MappedMemory : IDisposable
{
    private readonly nuint _length;

    /// <summary>Zeroed memory.</summary>
    /// <exception cref="InsufficientMemoryException">There is none.</exception>
    public MappedMemory(nuint length)
    {
        _length = length;
        if (!OperatingSystem.IsLinux())
        {
            Start = (byte*)NativeMemory.AllocZeroed(length);
            return;
        }

        Start = (byte*)LibC.Map(null, length, LibC.ReadWrite, LibC.PrivateAnonymous, -1, 0);
        if (Start == (byte*)-1)
        {
            throw new InsufficientMemoryException();
        }
    }

    /// <summary>The first byte.</summary>
    public byte* Start { get; }

    /// <summary>Gives it back.</summary>
    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = LibC.Unmap(Start, _length);
        }
        else
        {
            NativeMemory.Free(Start);
        }
    }
}
