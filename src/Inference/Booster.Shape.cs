using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Inference.Forests;

namespace Inference;

/// <content>What a caller's memory must look like. Everything is checked here, once, before a scorer sees it.</content>
public sealed partial class Booster
{
    private RowBlock<TRow> Shape<TRow>(ReadOnlySpan<TRow> values, int outputLength, int width, in PredictOptions options)
        where TRow : unmanaged
    {
        int features = Info.Features.Count;
        int columns = options.Columns == 0 ? features : options.Columns;
        if (columns != features && !(columns < features && columns > 0 && _options.AbsentColumnsAreMissing))
        {
            throw new SchemaMismatchException(
                $"{_name}: rows of {columns} columns; the model has {features} features"
                + (columns < features ? " (BoosterOptions.AbsentColumnsAreMissing accepts fewer)" : " (PredictOptions.RowStride scores a slice of wider rows)"));
        }

        int stride = options.RowStride == 0 ? columns : options.RowStride;
        if (stride < columns)
        {
            throw new ArgumentOutOfRangeException(nameof(options), $"a row stride of {stride}; rows of {columns} columns need at least {columns}");
        }

        if (stride == 0)
        {
            // A model without features: only the output says how many rows there are.
            return new RowBlock<TRow>([], width == 0 ? 0 : outputLength / width, 0, 0);
        }

        (int count, int rest) = Math.DivRem(values.Length, stride);
        if (rest >= columns)
        {
            count++;
        }
        else if (rest != 0)
        {
            throw new SchemaMismatchException(
                $"{_name}: {values.Length} values are {count} rows of {stride} and {rest} values more; whole rows of {columns} columns are needed");
        }

        return new RowBlock<TRow>(values, count, columns, stride);
    }

    private void CheckOutput<TRow, TOut>(RowBlock<TRow> rows, Span<TOut> output, int width, PredictionKind kind)
        where TRow : unmanaged
        where TOut : unmanaged
    {
        if (output.Length != (long)rows.Count * width)
        {
            throw new ArgumentException(
                $"{_name}: an output of {output.Length} elements; {rows.Count} rows need {(long)rows.Count * width} ({kind}: {width} for each row)",
                nameof(output));
        }

        if (Overlap<TRow, TOut>(rows.Values, output))
        {
            throw new ArgumentException($"{_name}: the output lies in the same memory as the rows; it must lie elsewhere", nameof(output));
        }
    }

    /// <summary>Whether two spans of any lengths have a byte in common. The spans of <see cref="MemoryMarshal.AsBytes{T}(ReadOnlySpan{T})"/> end at 2 GB.</summary>
    private static bool Overlap<TFirst, TSecond>(ReadOnlySpan<TFirst> first, ReadOnlySpan<TSecond> second)
        where TFirst : unmanaged
        where TSecond : unmanaged
    {
        nint distance = Unsafe.ByteOffset(
            ref Unsafe.As<TFirst, byte>(ref MemoryMarshal.GetReference(first)), ref Unsafe.As<TSecond, byte>(ref MemoryMarshal.GetReference(second)));
        return !first.IsEmpty && !second.IsEmpty
            && distance < (nint)first.Length * Unsafe.SizeOf<TFirst>() && -distance < (nint)second.Length * Unsafe.SizeOf<TSecond>();
    }

    private void CheckBaseMargin<TOut>(int rows, int outputs, BaseMargin baseMargin, ReadOnlySpan<TOut> output)
        where TOut : unmanaged
    {
        if (baseMargin.IsEmpty)
        {
            return;
        }

        if (Overlap(baseMargin.Singles, output) || Overlap(baseMargin.Doubles, output))
        {
            throw new ArgumentException($"{_name}: the output lies in the same memory as the base margins; it must lie elsewhere", nameof(output));
        }

        if (baseMargin.Length != (long)rows * outputs)
        {
            throw new ArgumentException(
                $"{_name}: {baseMargin.Length} base margins; {rows} rows of {outputs} outputs need {(long)rows * outputs}",
                nameof(baseMargin));
        }
    }

    /// <summary>A row alone says itself how many columns it has; no columns would be all of them (<see cref="PredictOptions.Columns"/>).</summary>
    private void CheckOneRow(int length)
    {
        if (length == 0 && Info.Features.Count > 0)
        {
            throw new SchemaMismatchException($"{_name}: an empty row; the model has {Info.Features.Count} features, and a row one column at least");
        }

        if (Info.ValueCount != 1)
        {
            throw new SchemaMismatchException(
                $"{_name}: one value was asked of a model with {Info.ValueCount} values for each row; Predict(rows, values) fills them all");
        }
    }
}
