using System;

namespace Inference.Engine.Ranks;

/// <summary>Memory that does not move, and begins with a cache line where it has many. Owned by the garbage collector.</summary>
/// <typeparam name="T">The element type.</typeparam>
internal sealed unsafe class AlignedArray<T>
    where T : unmanaged
{
    private const int LineBytes = 64;

    // Shorter ones begin anywhere: what is left free before a line would count for more than a line crossed.
    private const int AlignedBytes = 16 * LineBytes;

    // Pinned for its life, so that Start stays true; held here, so that it lives as long.
    private readonly byte[] _owner;

    /// <summary>Zeroed memory.</summary>
    public AlignedArray(int length)
        : this(length, isZeroed: true)
    {
    }

    private AlignedArray(int length, bool isZeroed)
    {
        Length = length;
        int bytes = checked(length * sizeof(T));
        if (bytes == 0)
        {
            _owner = [];
            return;
        }

        int alignment = bytes < AlignedBytes ? 1 : LineBytes;
        bytes = checked(bytes + alignment - 1);
        _owner = isZeroed ? GC.AllocateArray<byte>(bytes, pinned: true) : GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
        nuint start = (nuint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _owner[0]);
        Start = (T*)((start + (nuint)alignment - 1) & ~((nuint)alignment - 1));
    }

    /// <summary>The elements.</summary>
    public int Length { get; }

    /// <summary>The memory that the elements and their alignment take.</summary>
    public long Bytes => _owner.Length;

    /// <summary>The first element; whoever uses it keeps this object alive.</summary>
    public T* Start { get; }

    /// <summary>The elements as a span.</summary>
    public Span<T> Span => new(Start, Length);

    /// <summary>Memory for the caller to fill.</summary>
    public static AlignedArray<T> Uninitialized(int length) => new(length, isZeroed: false);

    /// <summary>A copy of elements.</summary>
    public static AlignedArray<T> Of(ReadOnlySpan<T> elements)
    {
        AlignedArray<T> copy = Uninitialized(elements.Length);
        elements.CopyTo(copy.Span);
        return copy;
    }
}
