using System;
using System.Collections.Generic;

namespace Inference.Engine.Ranks;

/// <summary>Collects the elements of an <see cref="AlignedArray{T}"/> whose length is not known before, in pieces: nothing is copied but once, to the array.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <param name="capacity">The elements that are expected, or fewer.</param>
internal sealed class LayoutWriter<T>(int capacity)
    where T : unmanaged
{
    private readonly List<ArraySegment<T>> _full = [];
    private T[] _piece = [];
    private int _first;

    /// <summary>The elements so far.</summary>
    public int Count { get; private set; }

    /// <summary>Adds zeroed elements, to be filled by the caller.</summary>
    public Span<T> Add(int elements)
    {
        Span<T> added = Reserve(elements)[..elements];
        added.Clear();
        Count += elements;
        return added;
    }

    /// <summary>Room for more elements, of which <see cref="Take"/> says how many were added.</summary>
    public Span<T> Reserve(int elements)
    {
        int used = Count - _first;
        if (elements > _piece.Length - used)
        {
            _ = checked(Count + elements);
            _full.Add(new ArraySegment<T>(_piece, 0, used));
            // Room for some more as long as these, so that little is left over behind the last.
            _piece = GC.AllocateUninitializedArray<T>(Count == 0 ? Math.Max(elements, capacity) : elements * Math.Max(1, Count / 8 / elements));
            (_first, used) = (Count, 0);
        }

        return _piece.AsSpan(used);
    }

    /// <summary>Adds as many elements as were written to what <see cref="Reserve"/> gave.</summary>
    public void Take(int elements) => Count += elements;

    /// <summary>The array, with zeros behind the elements up to a length. Nothing may be added afterwards.</summary>
    public AlignedArray<T> Build(int leastLength = 0)
    {
        AlignedArray<T> array = AlignedArray<T>.Uninitialized(Math.Max(Count, leastLength));
        Span<T> rest = array.Span;
        foreach (ArraySegment<T> piece in _full)
        {
            piece.AsSpan().CopyTo(rest);
            rest = rest[piece.Count..];
        }

        _piece.AsSpan(0, Count - _first).CopyTo(rest);
        rest[(Count - _first)..].Clear();
        return array;
    }
}
