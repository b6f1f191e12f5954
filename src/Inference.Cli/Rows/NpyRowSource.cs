using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Inference.Cli.Rows;

/// <summary>Rows streamed from a .npy file: no more of it in memory than the caller's chunk.</summary>
/// <typeparam name="T">float or double, the file's number type.</typeparam>
internal sealed class NpyRowSource<T> : RowSource<T>
    where T : unmanaged
{
    private readonly string _path;
    private readonly FileStream _stream;
    private readonly long _rows;
    private long _read;

    /// <summary>A source over a stream that stands at the first element; owns the stream.</summary>
    public NpyRowSource(string path, FileStream stream, NpyHeader header, BoosterInfo info)
    {
        _path = path;
        _stream = stream;
        _rows = header.Shape[0];
        CheckColumns($"{path}, shape", header.Shape[1], info);
        Columns = (int)header.Shape[1];
        if (stream.CanSeek && stream.Length - header.DataOffset != header.Length * Unsafe.SizeOf<T>())
        {
            throw new CommandException(
                $"{path}, data",
                $"{stream.Length - header.DataOffset} bytes",
                $"{header.Length * Unsafe.SizeOf<T>()}, {_rows} x {Columns} elements of {Unsafe.SizeOf<T>()} bytes");
        }
    }

    /// <inheritdoc/>
    public override int Columns { get; }

    /// <inheritdoc/>
    public override double Progress => _rows == 0 ? 1 : (double)_read / _rows;

    /// <inheritdoc/>
    public override int Read(Span<T> rows, int most)
    {
        int count = (int)Math.Min(most, _rows - _read);
        Span<byte> bytes = MemoryMarshal.AsBytes(rows[..(count * Columns)]);
        if (_stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw new CommandException($"{_path}, data", $"the end of the file within row {_read} to {_read + count}", $"{_rows} rows");
        }

        _read += count;
        return count;
    }

    /// <inheritdoc/>
    public override void Dispose() => _stream.Dispose();
}
