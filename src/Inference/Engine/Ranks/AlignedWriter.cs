using System;

namespace Inference.Engine.Ranks;

/// <summary>Fills an <see cref="AlignedArray{T}"/> whose length is known before: a load is to allocate each layout once.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <param name="length">The elements that will be added.</param>
internal sealed class AlignedWriter<T>(int length)
    where T : unmanaged
{
    private readonly AlignedArray<T> _array = new(length);

    /// <summary>The elements so far.</summary>
    public int Count { get; private set; }

    /// <summary>The elements that were added.</summary>
    public Span<T> Span => _array.Span[..Count];

    /// <summary>Adds an element.</summary>
    public void Add(T element) => _array.Span[Count++] = element;

    /// <summary>Adds zeroed elements, to be filled by the caller.</summary>
    public Span<T> Add(int elements)
    {
        Count += elements;
        return _array.Span.Slice(Count - elements, elements);
    }

    /// <summary>The array.</summary>
    public AlignedArray<T> Build() => _array;
}
