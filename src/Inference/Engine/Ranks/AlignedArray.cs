using System;

namespace Inference.Engine.Ranks;

/// <summary>Memory that does not move and begins with a cache line. Owned by the garbage collector.</summary>
/// <typeparam name="T">The element type.</typeparam>
internal sealed unsafe class AlignedArray<T>
    where T : unmanaged
{
    private const int Alignment = 64;

    // Pinned for its life, so that Start stays true; held here, so that it lives as long.
    private readonly byte[] _owner;

    /// <summary>Zeroed memory.</summary>
    public AlignedArray(int length)
    {
        Length = length;
        _owner = GC.AllocateArray<byte>(checked((length * sizeof(T)) + Alignment), pinned: true);
        nuint start = (nuint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _owner[0]);
        Start = (T*)((start + Alignment - 1) & ~(nuint)(Alignment - 1));
    }

    /// <summary>The elements.</summary>
    public int Length { get; }

    /// <summary>The memory that the elements and their alignment take.</summary>
    public long Bytes => _owner.Length;

    /// <summary>The first element; whoever uses it keeps this object alive.</summary>
    public T* Start { get; }

    /// <summary>The elements as a span.</summary>
    public Span<T> Span => new(Start, Length);

    /// <summary>A copy of elements.</summary>
    public static AlignedArray<T> Of(ReadOnlySpan<T> elements)
    {
        AlignedArray<T> copy = new(elements.Length);
        elements.CopyTo(copy.Span);
        return copy;
    }
}
