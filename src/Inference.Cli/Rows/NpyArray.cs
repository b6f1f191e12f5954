using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Inference.Cli.Rows;

/// <summary>An array as NumPy's .npy files hold it: little-endian, C order.</summary>
/// <param name="Shape">The lengths of the dimensions.</param>
/// <param name="Data">A float[], double[], int[] or long[] in row-major order.</param>
/// <remarks>Source: NumPy's format description (numpy.lib.format), versions 1.0 to 3.0.</remarks>
internal sealed partial record NpyArray(int[] Shape, Array Data)
{
    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">The content is no such array; the message says where and what.</exception>
    public static NpyArray Read(string path) => Parse(File.ReadAllBytes(path));

    /// <summary>Reads the content of a file.</summary>
    /// <exception cref="InvalidDataException">The content is no such array; the message says where and what.</exception>
    public static NpyArray Parse(ReadOnlySpan<byte> content)
    {
        if (content.Length < 12 || !content.StartsWith(Magic))
        {
            throw new InvalidDataException("byte 0: no .npy signature; a file that numpy.save wrote");
        }

        bool wide = content[6] > 1;
        int headerStart = wide ? 12 : 10;
        long headerLength = wide ? BinaryPrimitives.ReadUInt32LittleEndian(content[8..]) : BinaryPrimitives.ReadUInt16LittleEndian(content[8..]);
        if (headerLength > content.Length - headerStart)
        {
            throw new InvalidDataException($"byte 8: a header of {headerLength} bytes; the file ends before it");
        }

        string header = Encoding.UTF8.GetString(content.Slice(headerStart, (int)headerLength));
        Match match = HeaderPattern().Match(header);
        if (!match.Success)
        {
            throw new InvalidDataException($"byte {headerStart}: header {header.Trim()}; descr, fortran_order and shape");
        }

        if (match.Groups["order"].Value == "True")
        {
            throw new InvalidDataException("fortran_order: True; C order (numpy.ascontiguousarray)");
        }

        int[] shape = ParseShape(match.Groups["shape"].Value);
        long length = 1;
        foreach (int dimension in shape)
        {
            length *= dimension;
        }

        ReadOnlySpan<byte> data = content[(headerStart + (int)headerLength)..];
        return new NpyArray(shape, match.Groups["descr"].Value switch
        {
            "<f4" => Values<float>(data, length),
            "<f8" => Values<double>(data, length),
            "<i4" => Values<int>(data, length),
            "<i8" => Values<long>(data, length),
            string other => throw new InvalidDataException($"descr: {other}; <f4, <f8, <i4 or <i8"),
        });
    }

    /// <summary>Writes the array.</summary>
    public void Write(Stream stream)
    {
        string shape = string.Join(", ", Shape) + (Shape.Length == 1 ? "," : "");
        string descr = Data switch
        {
            float[] => "<f4",
            double[] => "<f8",
            int[] => "<i4",
            long[] => "<i8",
            _ => throw new InvalidOperationException($"{Data.GetType()} has no .npy type here"),
        };
        string header = $"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}), }}";
        int padded = ((10 + header.Length + 1 + 63) / 64 * 64) - 10;
        stream.Write(Magic);
        stream.Write([1, 0, (byte)padded, (byte)(padded >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(header.PadRight(padded - 1) + "\n"));
        stream.Write(Data switch
        {
            float[] values => MemoryMarshal.AsBytes<float>(values),
            double[] values => MemoryMarshal.AsBytes<double>(values),
            int[] values => MemoryMarshal.AsBytes<int>(values),
            _ => MemoryMarshal.AsBytes<long>((long[])Data),
        });
    }

    private static int[] ParseShape(string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return Array.ConvertAll(parts, part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw new InvalidDataException($"shape: ({text}); whole numbers below 2^31"));
    }

    private static T[] Values<T>(ReadOnlySpan<byte> data, long length)
        where T : unmanaged
    {
        ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(data);
        return values.Length == length
            ? values.ToArray()
            : throw new InvalidDataException($"data: {data.Length} bytes; {length} elements of {Marshal.SizeOf<T>()} bytes");
    }

    [GeneratedRegex(@"'descr':\s*'(?<descr>[^']*)'.*'fortran_order':\s*(?<order>True|False).*'shape':\s*\((?<shape>[^)]*)\)", RegexOptions.Singleline)]
    private static partial Regex HeaderPattern();
}
