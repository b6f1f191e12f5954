using System;

namespace Inference.Native;

/// <summary>Dense rows in the memory of whoever calls.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="values">The values; row r's are at r * stride. The last row may end with its last column.</param>
/// <param name="count">The rows.</param>
/// <param name="columns">The columns of a row.</param>
/// <param name="stride">Elements from one row to the next.</param>
internal readonly ref struct DenseRows<T>(ReadOnlySpan<T> values, int count, int columns, int stride)
    where T : unmanaged
{
    /// <summary>The values.</summary>
    public readonly ReadOnlySpan<T> Values = values;

    /// <summary>The rows.</summary>
    public readonly int Count = count;

    /// <summary>The columns of a row.</summary>
    public readonly int Columns = columns;

    /// <summary>Elements from one row to the next.</summary>
    public readonly int Stride = stride;

    /// <summary>A part of the rows.</summary>
    public DenseRows<T> Slice(int start, int length) =>
        length == 0 ? new([], 0, Columns, Stride) : new(Values.Slice(start * Stride, ((length - 1) * Stride) + Columns), length, Columns, Stride);
}
