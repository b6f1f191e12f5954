using System;

namespace Inference.Cli.Rows;

/// <summary>Rows that are in memory already.</summary>
internal sealed class RowsInMemory<T>(T[] values, int rows, int columns) : RowSource<T>
    where T : unmanaged
{
    private int _read;

    /// <inheritdoc/>
    public override int Columns => columns;

    /// <inheritdoc/>
    public override double Progress => rows == 0 ? 1 : (double)_read / rows;

    /// <inheritdoc/>
    public override int Read(Span<T> target, int most)
    {
        int count = Math.Min(most, rows - _read);
        values.AsSpan(_read * columns, count * columns).CopyTo(target);
        _read += count;
        return count;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
    }
}

/// <summary>Makes rows.</summary>
internal static class RowsInMemory
{
    /// <summary>A model of very many features is probed with fewer rows, so that they stay within this many values.</summary>
    private const int MostValues = 1 << 24;

    /// <summary>Rows made from a model, in its own number type.</summary>
    public static RowSource Probes(Booster booster, int rows)
    {
        int columns = booster.Info.Features.Count;
        rows = Math.Clamp(MostValues / Math.Max(1, columns), 1, rows);
        if (booster.Info.ScoresInDouble)
        {
            double[] doubles = new double[rows * columns];
            booster.FillProbeRows(doubles);
            return new RowsInMemory<double>(doubles, rows, columns);
        }

        float[] singles = new float[rows * columns];
        booster.FillProbeRows(singles);
        return new RowsInMemory<float>(singles, rows, columns);
    }
}
