using System;
using System.Runtime.InteropServices;
using Inference.Cli.Rows;

namespace Inference.Cli.Results;

/// <summary>Streams results into a .npy file; the number of rows enters its header at the end.</summary>
internal sealed class NpyResultWriter<T>(AtomicFile file, ResultShape shape) : ResultWriter<T>
    where T : unmanaged, IUtf8SpanFormattable
{
    private readonly int _headerLength = WriteHeader(file, shape, 0);
    private long _rows;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<T> results, int rows)
    {
        file.Stream.Write(MemoryMarshal.AsBytes(results));
        _rows += rows;
    }

    /// <inheritdoc/>
    public override void Complete()
    {
        file.Stream.Position = 0;
        if (WriteHeader(file, shape, _rows) != _headerLength)
        {
            throw new InvalidOperationException("the header's length depends on the number of rows");
        }

        file.Commit();
    }

    /// <inheritdoc/>
    public override void Dispose() => file.Dispose();

    private static int WriteHeader(AtomicFile file, ResultShape shape, long rows)
    {
        string descr = typeof(T) == typeof(float) ? "<f4" : typeof(T) == typeof(double) ? "<f8" : "<i4";
        long[] dimensions = [rows, .. Array.ConvertAll(shape.Inner, dimension => (long)dimension)];
        byte[] header = NpyHeader.Compose(descr, dimensions);
        file.Stream.Write(header);
        return header.Length;
    }
}
