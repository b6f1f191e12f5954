using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Inference.Cli.Rows;

/// <summary>A whole array as NumPy's .npy files hold it: little-endian, C order.</summary>
/// <param name="Shape">The lengths of the dimensions.</param>
/// <param name="Data">A float[], double[], int[] or long[] in row-major order.</param>
/// <remarks>Rows are streamed by <see cref="NpyRowSource{T}"/>; this is for arrays that are wanted whole.</remarks>
internal sealed record NpyArray(int[] Shape, Array Data)
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">The content is no such array; the message says where, what, and what is allowed.</exception>
    public static NpyArray Read(string path) => Parse(File.ReadAllBytes(path));

    /// <summary>Reads the content of a file.</summary>
    /// <exception cref="InvalidDataException">The content is no such array; the message says where, what, and what is allowed.</exception>
    public static NpyArray Parse(byte[] content)
    {
        NpyHeader header = NpyHeader.Read(new MemoryStream(content, writable: false));
        if (header.IsFortranOrder)
        {
            throw new InvalidDataException("fortran_order: True; False, C order (numpy.ascontiguousarray)");
        }

        int[] shape = Array.ConvertAll(header.Shape, dimension => dimension <= int.MaxValue
            ? (int)dimension
            : throw new InvalidDataException($"shape: ({string.Join(", ", header.Shape)}); dimensions below 2^31"));
        ReadOnlySpan<byte> data = content.AsSpan(header.DataOffset);
        return new NpyArray(shape, header.Descr switch
        {
            "<f4" => Values<float>(data, header.Length),
            "<f8" => Values<double>(data, header.Length),
            "<i4" => Values<int>(data, header.Length),
            "<i8" => Values<long>(data, header.Length),
            string other => throw new InvalidDataException($"descr: {ErrorLine.Quote(other)}; <f4, <f8, <i4 or <i8"),
        });
    }

    private static T[] Values<T>(ReadOnlySpan<byte> data, long length)
        where T : unmanaged
    {
        // The file's own bytes bound the allocation, whatever the shape says.
        return data.Length == length * Unsafe.SizeOf<T>()
            ? MemoryMarshal.Cast<byte, T>(data).ToArray()
            : throw new InvalidDataException($"data: {data.Length} bytes; {length} elements of {Unsafe.SizeOf<T>()} bytes");
    }
}
