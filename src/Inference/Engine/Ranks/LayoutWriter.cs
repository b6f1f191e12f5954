using System;
using System.Buffers;

namespace Inference.Engine.Ranks;

/// <summary>Collects the elements of an <see cref="AlignedArray{T}"/> whose length is not known before.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <param name="capacity">The elements that are expected.</param>
internal sealed class LayoutWriter<T>(int capacity)
    where T : unmanaged
{
    private T[] _elements = ArrayPool<T>.Shared.Rent(capacity);

    /// <summary>The elements so far.</summary>
    public int Count { get; private set; }

    /// <summary>The elements that were added.</summary>
    public Span<T> Span => _elements.AsSpan(0, Count);

    /// <summary>Adds an element.</summary>
    public void Add(T element)
    {
        Reserve(1);
        _elements[Count++] = element;
    }

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
        int needed = checked(Count + elements);
        if (needed > _elements.Length)
        {
            T[] larger = ArrayPool<T>.Shared.Rent(Math.Max(needed, (int)Math.Min(2L * _elements.Length, Array.MaxLength)));
            Span.CopyTo(larger);
            ArrayPool<T>.Shared.Return(_elements);
            _elements = larger;
        }

        return _elements.AsSpan(Count);
    }

    /// <summary>Adds as many elements as were written to what <see cref="Reserve"/> gave.</summary>
    public void Take(int elements) => Count += elements;

    /// <summary>The array, with zeros behind the elements up to a length. Nothing may be added afterwards.</summary>
    public AlignedArray<T> Build(int leastLength = 0)
    {
        AlignedArray<T> array = new(Math.Max(Count, leastLength));
        Span.CopyTo(array.Span);
        ArrayPool<T>.Shared.Return(_elements);
        (_elements, Count) = ([], 0);
        return array;
    }
}
