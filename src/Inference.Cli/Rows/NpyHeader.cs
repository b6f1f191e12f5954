using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Inference.Cli.Rows;

/// <summary>What stands before the elements of a .npy file.</summary>
/// <param name="Descr">The element type as NumPy writes it: "&lt;f4", "&lt;f8" ….</param>
/// <param name="IsFortranOrder">Whether columns, not rows, are contiguous.</param>
/// <param name="Shape">The lengths of the dimensions; their product fits a long.</param>
/// <param name="Length">The number of elements.</param>
/// <param name="DataOffset">The byte that the elements begin at.</param>
/// <remarks>Source: NumPy's format description (numpy.lib.format), versions 1.0 to 3.0.</remarks>
internal sealed record NpyHeader(string Descr, bool IsFortranOrder, long[] Shape, long Length, int DataOffset)
{
    /// <summary>A header of NumPy takes hundreds of bytes. What claims more than this is no array.</summary>
    private const int LongestHeader = 1 << 16;

    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads the header and leaves the stream at the first element.</summary>
    /// <exception cref="InvalidDataException">There is no such header; the message says where, what, and what is allowed.</exception>
    public static NpyHeader Read(Stream stream)
    {
        Span<byte> preamble = stackalloc byte[12];
        int read = stream.ReadAtLeast(preamble[..10], 10, throwOnEndOfStream: false);
        if (read < 10 || !preamble.StartsWith(Magic))
        {
            throw new InvalidDataException(read >= 2 && preamble[0] == 'P' && preamble[1] == 'K'
                ? "byte 0: a zip archive, as numpy.savez writes; the .npy file of one array"
                : "byte 0: no .npy signature; a file that numpy.save wrote");
        }

        int version = preamble[6];
        if (version is < 1 or > 3)
        {
            throw new InvalidDataException($"byte 6: .npy version {version}; 1, 2 or 3");
        }

        int start = version == 1 ? 10 : 12;
        if (version > 1 && stream.ReadAtLeast(preamble[10..], 2, throwOnEndOfStream: false) < 2)
        {
            throw new InvalidDataException("byte 8: the end of the file; the length of a header");
        }

        long length = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(preamble[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(preamble[8..]);
        if (length > LongestHeader)
        {
            throw new InvalidDataException($"byte 8: a header of {length} bytes; at most {LongestHeader}");
        }

        byte[] header = new byte[(int)length];
        if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
        {
            throw new InvalidDataException($"byte 8: a header of {length} bytes; the file ends before its end");
        }

        return Interpret(PythonDictionary.Parse(Encoding.UTF8.GetString(header), start), start + header.Length);
    }

    /// <summary>The bytes that stand before the elements, 128 of them as NumPy itself writes for arrays of few dimensions.</summary>
    public static byte[] Compose(string descr, ReadOnlySpan<long> shape)
    {
        StringBuilder text = new($"{{'descr': '{descr}', 'fortran_order': False, 'shape': (");
        for (int i = 0; i < shape.Length; i++)
        {
            text.Append(i > 0 ? ", " : "").Append(shape[i]);
        }

        text.Append(shape.Length == 1 ? ",), }" : "), }");
        byte[] header = new byte[(10 + text.Length + 1 + 63) / 64 * 64];
        if (header.Length < 128)
        {
            header = new byte[128];
        }

        header.AsSpan().Fill((byte)' ');
        Magic.CopyTo(header, 0);
        header[6] = 1;
        header[7] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(header.Length - 10));
        Encoding.ASCII.GetBytes(text.ToString(), header.AsSpan(10));
        header[^1] = (byte)'\n';
        return header;
    }

    private static NpyHeader Interpret(Dictionary<string, object> entries, int dataOffset)
    {
        if (!entries.TryGetValue("descr", out object? descr) || descr is not string type)
        {
            throw new InvalidDataException(descr is null ? "header: no descr; one" : "descr: a structure of fields; one number type");
        }

        if (!entries.TryGetValue("fortran_order", out object? order) || order is not bool isFortranOrder)
        {
            throw new InvalidDataException("header: no fortran_order; True or False");
        }

        if (!entries.TryGetValue("shape", out object? dimensions) || dimensions is not long[] shape)
        {
            throw new InvalidDataException("header: no shape; a tuple of whole numbers");
        }

        long length = 1;
        bool isEmpty = Array.IndexOf(shape, 0L) >= 0;
        foreach (long dimension in shape)
        {
            length = isEmpty ? 0 : length > long.MaxValue / 16 / dimension
                ? throw new InvalidDataException($"shape: ({string.Join(", ", shape)}); fewer than 2^59 elements")
                : length * dimension;
        }

        return new NpyHeader(type, isFortranOrder, shape, length, dataOffset);
    }
}
