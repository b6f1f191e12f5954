using System;
using System.Buffers;
using System.Numerics;
using Inference.Forests;
using Inference.Native;

namespace Inference.Backends;

/// <summary>
/// Rows as a library takes them: the caller's memory, or a rented copy where columns are absent (they become NaN) or a
/// library refuses infinities.
/// </summary>
/// <typeparam name="TRow">float or double.</typeparam>
internal readonly ref struct WholeRows<TRow> : IDisposable
    where TRow : unmanaged, INumberBase<TRow>
{
    private readonly TRow[]? _copy;

    /// <summary>The same rows with every column of the model.</summary>
    public WholeRows(RowBlock<TRow> rows, int features)
    {
        Rows = rows;
        if (rows.Columns < features)
        {
            _copy = ArrayPool<TRow>.Shared.Rent(checked(rows.Count * features));
            Rows = Copy(rows, features, _copy);
        }
    }

    private WholeRows(RowBlock<TRow> rows, TRow[]? copy)
    {
        Rows = rows;
        _copy = copy;
    }

    /// <summary>The rows.</summary>
    public RowBlock<TRow> Rows { get; }

    /// <summary>The rows as the native bindings take them.</summary>
    public DenseRows<TRow> Dense => new(Rows.Values, Rows.Count, Rows.Columns, Rows.Stride);

    /// <summary>
    /// The same rows with the largest float32 in place of infinities, of what becomes infinite as float32 too. No test
    /// against a threshold between them tells the difference.
    /// </summary>
    public static WholeRows<TRow> WithoutInfinities(RowBlock<TRow> rows)
    {
        if (!HasInfinities(rows))
        {
            return new WholeRows<TRow>(rows, null);
        }

        TRow[] copy = ArrayPool<TRow>.Shared.Rent(checked(rows.Count * rows.Columns));
        RowBlock<TRow> finite = Copy(rows, rows.Columns, copy);
        foreach (ref TRow value in copy.AsSpan(0, rows.Count * rows.Columns))
        {
            float single = float.CreateTruncating(value);
            value = float.IsInfinity(single) ? TRow.CreateTruncating(MathF.CopySign(float.MaxValue, single)) : value;
        }

        return new WholeRows<TRow>(finite, copy);
    }

    /// <summary>Gives the copy back.</summary>
    public void Dispose()
    {
        if (_copy is not null)
        {
            ArrayPool<TRow>.Shared.Return(_copy);
        }
    }

    private static bool HasInfinities(RowBlock<TRow> rows)
    {
        for (int row = 0; row < rows.Count; row++)
        {
            foreach (TRow value in rows[row])
            {
                if (float.IsInfinity(float.CreateTruncating(value)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static RowBlock<TRow> Copy(RowBlock<TRow> rows, int columns, TRow[] copy)
    {
        for (int row = 0; row < rows.Count; row++)
        {
            Span<TRow> to = copy.AsSpan(row * columns, columns);
            rows[row].CopyTo(to);
            to[rows.Columns..].Fill(TRow.CreateTruncating(float.NaN));
        }

        return new RowBlock<TRow>(copy.AsSpan(0, rows.Count * columns), rows.Count, columns, columns);
    }
}
