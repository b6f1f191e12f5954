using System;
using System.Globalization;
using System.IO;
using System.Text;

namespace Inference.Cli.Results;

/// <summary>Writes results as CSV: a header line, then a line for each row; numbers in the shortest text that reads back as the same bits.</summary>
internal sealed class CsvResultWriter<T> : ResultWriter<T>
    where T : unmanaged, IUtf8SpanFormattable
{
    /// <summary>More room than any number's text takes, its separator included.</summary>
    private const int LongestNumber = 64;

    private readonly Stream _output;
    private readonly AtomicFile? _file;
    private readonly int _width;
    private readonly byte[] _buffer = new byte[1 << 16];
    private byte[]? _header;
    private int _used;

    /// <summary>A writer to a stream, or to a file that appears at the end.</summary>
    public CsvResultWriter(Stream output, AtomicFile? file, ResultShape shape)
    {
        _output = output;
        _file = file;
        _width = shape.Names.Length;
        _header = Encoding.UTF8.GetBytes(string.Join(',', Array.ConvertAll(shape.Names, Quote)) + "\n");
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<T> results, int rows)
    {
        WriteHeader();
        for (int left = _width == 0 ? rows : 0; left > 0; left -= _used)
        {
            Flush();
            _used = Math.Min(left, _buffer.Length);
            _buffer.AsSpan(0, _used).Fill((byte)'\n');
        }

        for (int i = 0; i < results.Length; i++)
        {
            if (_buffer.Length - _used < LongestNumber)
            {
                Flush();
            }

            results[i].TryFormat(_buffer.AsSpan(_used), out int written, default, CultureInfo.InvariantCulture);
            _used += written;
            _buffer[_used++] = (byte)((i + 1) % _width == 0 ? '\n' : ',');
        }

        Flush();
    }

    /// <inheritdoc/>
    public override void Complete()
    {
        WriteHeader();
        _output.Flush();
        _file?.Commit();
    }

    /// <inheritdoc/>
    public override void Dispose() => _file?.Dispose();

    private static string Quote(string name) =>
        name.AsSpan().IndexOfAny(",\"\r\n") < 0 ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The header comes with the first row: work that fails before it has written nothing.</summary>
    private void WriteHeader()
    {
        _output.Write(_header);
        _header = null;
    }

    private void Flush()
    {
        _output.Write(_buffer.AsSpan(0, _used));
        _used = 0;
    }
}
