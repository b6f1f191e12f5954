using System;
using System.Buffers.Text;

namespace Inference.Native.XGBoost;

/// <summary>A small JSON text that an XGBoost function takes, written into a buffer of the caller's stack: no call allocates a string.</summary>
internal ref struct XGBoostJson
{
    /// <summary>Room for each of the texts.</summary>
    public const int Length = 256;

    private readonly Span<byte> _buffer;
    private int _written;

    private XGBoostJson(Span<byte> buffer) => _buffer = buffer;

    /// <summary>An array interface: where a matrix lies and how.</summary>
    /// <remarks>NumPy's __array_interface__, version 3; XGBoost, src/data/array_interface.h. Strides are in bytes.</remarks>
    public static unsafe void WriteArray<T>(Span<byte> buffer, T* values, int rows, int columns, int stride)
        where T : unmanaged
    {
        XGBoostJson json = new(buffer);
        json.Append("{\"data\":["u8);
        json.Append((long)values);
        json.Append(",true],\"shape\":["u8);
        json.Append(rows);
        json.Append(","u8);
        json.Append(columns);
        json.Append("],\"strides\":["u8);
        json.Append((long)stride * sizeof(T));
        json.Append(","u8);
        json.Append(sizeof(T));
        json.Append(typeof(T) == typeof(float) ? "],\"typestr\":\"<f4\",\"version\":3}\0"u8 : "],\"typestr\":\"<f8\",\"version\":3}\0"u8);
    }

    /// <summary>What to predict: cache_id is needed up to 1.7 and ignored later, training is needed with a DMatrix.</summary>
    public static void WriteCall(Span<byte> buffer, XGBoostOutput output, int begin, int end)
    {
        XGBoostJson json = new(buffer);
        json.Append("{\"type\":"u8);
        json.Append((int)output);
        json.Append(",\"iteration_begin\":"u8);
        json.Append(begin);
        json.Append(",\"iteration_end\":"u8);
        json.Append(end);
        json.Append(",\"strict_shape\":false,\"training\":false,\"cache_id\":0,\"missing\":NaN}\0"u8);
    }

    /// <summary>How to read a matrix.</summary>
    public static void WriteMatrix(Span<byte> buffer, int threads)
    {
        XGBoostJson json = new(buffer);
        json.Append("{\"missing\":NaN,\"nthread\":"u8);
        json.Append(threads);
        json.Append("}\0"u8);
    }

    /// <summary>A number alone.</summary>
    public static void WriteNumber(Span<byte> buffer, int number)
    {
        XGBoostJson json = new(buffer);
        json.Append(number);
        json.Append("\0"u8);
    }

    private void Append(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_buffer[_written..]);
        _written += text.Length;
    }

    private void Append(long number)
    {
        if (!Utf8Formatter.TryFormat(number, _buffer[_written..], out int length))
        {
            throw new InvalidOperationException("the buffer of a configuration is too short");
        }

        _written += length;
    }
}
