using System;
using System.Collections.Generic;
using System.Numerics;

namespace Inference;

/// <summary>Which column of a table feeds which feature of a model. Made once, by <see cref="Booster.BindColumns"/>, and used for every batch.</summary>
/// <remarks>Immutable and safe for any number of threads. <see cref="Arrange(ReadOnlySpan{float}, Span{float})"/> allocates nothing.</remarks>
public sealed class ColumnMapping
{
    private readonly int[] _columns;

    internal ColumnMapping(int[] columns, int columnCount, IReadOnlyList<string> absent, IReadOnlyList<string> ignored)
    {
        _columns = columns;
        ColumnCount = columnCount;
        Absent = absent;
        Ignored = ignored;
        IsIdentity = columns.Length == columnCount;
        for (int feature = 0; feature < columns.Length; feature++)
        {
            IsIdentity &= columns[feature] == feature;
        }
    }

    /// <summary>The columns of the table.</summary>
    public int ColumnCount { get; }

    /// <summary>The features of the model: the columns of arranged rows.</summary>
    public int FeatureCount => _columns.Length;

    /// <summary>For each feature the column that feeds it, or -1 where the table has none and the feature counts as missing.</summary>
    public IReadOnlyList<int> Columns => _columns;

    /// <summary>Whether the table already has the model's columns in the model's order, so that its rows can be scored as they are.</summary>
    public bool IsIdentity { get; }

    /// <summary>Names of the features that no column feeds; always empty unless <see cref="BoosterOptions.AbsentColumnsAreMissing"/>.</summary>
    public IReadOnlyList<string> Absent { get; }

    /// <summary>Names of the columns that feed no feature; always empty unless they were to be ignored.</summary>
    public IReadOnlyList<string> Ignored { get; }

    /// <summary>Copies rows of the table into the model's column order.</summary>
    /// <param name="rows">Whole rows of <see cref="ColumnCount"/> elements, row-major. Read during the call only.</param>
    /// <param name="arranged">
    /// Receives as many rows of <see cref="FeatureCount"/> elements, NaN for absent columns. The length must be exact, and
    /// the memory must not overlap the rows. Owned by the caller.
    /// </param>
    /// <exception cref="SchemaMismatchException"><paramref name="rows"/> are not whole rows.</exception>
    /// <exception cref="ArgumentException"><paramref name="arranged"/> has a wrong length or overlaps the rows.</exception>
    public void Arrange(ReadOnlySpan<float> rows, Span<float> arranged) => ArrangeRows(rows, arranged, float.NaN);

    /// <inheritdoc cref="Arrange(ReadOnlySpan{float}, Span{float})"/>
    public void Arrange(ReadOnlySpan<double> rows, Span<double> arranged) => ArrangeRows(rows, arranged, double.NaN);

    private void ArrangeRows<T>(ReadOnlySpan<T> rows, Span<T> arranged, T missing)
        where T : unmanaged, INumberBase<T>
    {
        // No columns and no features: there is nothing to count rows by, and nothing to copy.
        (int count, int rest) = ColumnCount == 0 ? (0, rows.Length) : Math.DivRem(rows.Length, ColumnCount);
        if (rest != 0)
        {
            throw new SchemaMismatchException($"rows: {rows.Length} values are {count} rows of {ColumnCount} columns and {rest} values more; whole rows are needed");
        }

        if (arranged.Length != (long)count * FeatureCount)
        {
            throw new ArgumentException(
                $"arranged rows: {arranged.Length} elements; {count} rows of {FeatureCount} features need {(long)count * FeatureCount}",
                nameof(arranged));
        }

        if (rows.Overlaps(arranged))
        {
            throw new ArgumentException("arranged rows: the memory of the rows themselves; it must lie elsewhere", nameof(arranged));
        }

        if (IsIdentity)
        {
            rows.CopyTo(arranged);
            return;
        }

        ReadOnlySpan<int> columns = _columns;
        for (int row = 0; row < count; row++)
        {
            ReadOnlySpan<T> from = rows.Slice(row * ColumnCount, ColumnCount);
            Span<T> to = arranged.Slice(row * columns.Length, columns.Length);
            for (int feature = 0; feature < columns.Length; feature++)
            {
                to[feature] = columns[feature] < 0 ? missing : from[columns[feature]];
            }
        }
    }
}
