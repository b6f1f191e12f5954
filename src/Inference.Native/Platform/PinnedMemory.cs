using System;
using System.Runtime.InteropServices;

namespace Inference.Native.Platform;

/// <summary>Memory that native code may read and write while managed code holds spans of it.</summary>
/// <remarks>
/// An array of the garbage collector's that never moves, so a span outlives any release of native objects: it can become
/// stale, never wild. Aligned, because native code may add numbers in an order that depends on where vectors begin.
/// </remarks>
internal sealed unsafe class PinnedMemory
{
    /// <summary>The alignment in bytes: a cache line, and the widest vector register.</summary>
    public const int Alignment = 64;

    /// <summary>The most bytes.</summary>
    public static int MaxLength => Array.MaxLength - Alignment;

    private int _offset;
    private int _capacity;

    /// <summary>The array; whoever hands <see cref="Pointer"/> to native code keeps it alive.</summary>
    public byte[] Owner { get; private set; } = [];

    /// <summary>Makes room; the content is lost where the memory has to grow.</summary>
    /// <param name="length">Bytes, at most <see cref="MaxLength"/>.</param>
    public void Reserve(int length)
    {
        if (length <= _capacity && _capacity > 0)
        {
            return;
        }

        int capacity = (int)Math.Clamp(Math.Max(2L * _capacity, length), Alignment, MaxLength);
        byte[] owner = GC.AllocateArray<byte>(capacity + Alignment, pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(owner, 0);
        _offset = (int)(-address & (Alignment - 1));
        _capacity = capacity;
        Owner = owner;
    }

    /// <summary>The first bytes.</summary>
    public Span<byte> Bytes(int length) => Owner.AsSpan(_offset, length);

    /// <summary>The address of the first byte.</summary>
    internal void* Pointer => (void*)Marshal.UnsafeAddrOfPinnedArrayElement(Owner, _offset);
}
