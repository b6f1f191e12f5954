using System;
using System.Runtime.InteropServices;

namespace Inference.Forests;

/// <summary>A view of dense rows in the caller's memory: the one shape in which engines meet data.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal readonly ref struct RowBlock<T>
    where T : unmanaged
{
    /// <summary>The values; row r's are at r * Stride.</summary>
    public readonly ReadOnlySpan<T> Values;

    /// <summary>The number of rows.</summary>
    public readonly int Count;

    /// <summary>The columns of a row. Features from here on are missing.</summary>
    public readonly int Columns;

    /// <summary>Elements from one row to the next.</summary>
    public readonly int Stride;

    /// <summary>A view. The caller has checked the lengths.</summary>
    public RowBlock(ReadOnlySpan<T> values, int count, int columns, int stride)
    {
        Values = values;
        Count = count;
        Columns = columns;
        Stride = stride;
    }

    /// <summary>The columns of one row.</summary>
    public ReadOnlySpan<T> this[int row] => Values.Slice(checked(row * Stride), Columns);

    /// <summary>The same memory under the element type it has: for generic code that knows T to be TOther.</summary>
    public RowBlock<TOther> As<TOther>()
        where TOther : unmanaged =>
        new(MemoryMarshal.Cast<T, TOther>(Values), Count, Columns, Stride);

    /// <summary>A part of the rows.</summary>
    public RowBlock<T> Slice(int start, int count) =>
        count == 0 ? new([], 0, Columns, Stride) : new(Values.Slice(start * Stride, ((count - 1) * Stride) + Columns), count, Columns, Stride);
}
