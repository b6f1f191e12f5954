using System;
using System.Buffers.Binary;
using System.IO;

namespace Inference.Native.Loading;

/// <summary>What of a Linux library has to be looked at before the system's loader sees it: that one maps what the headers promise, and a file that ends earlier kills the process.</summary>
internal static class ElfFile
{
    private const int HeaderBytes = 64, LeastSegmentBytes = 56;

    /// <summary>Where the 64-bit header tells the place of the segments' headers, the size of one, and their number.</summary>
    private const int SegmentsAt = 32, SegmentBytesAt = 54, SegmentCountAt = 56;

    /// <summary>Where a segment's header tells its place in the file and its bytes there.</summary>
    private const int OffsetAt = 8, BytesAt = 32;

    /// <summary>Says where a file ends too early; <see langword="null"/> of whole ones, and of what cannot be read or is no 64-bit little-endian ELF file, which the loader refuses in its own words.</summary>
    public static string? Shortfall(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
            return Shortfall(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? Shortfall(FileStream file)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes || !header.StartsWith("\u007fELF\u0002\u0001"u8))
        {
            return null;
        }

        ulong segments = BinaryPrimitives.ReadUInt64LittleEndian(header[SegmentsAt..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(header[SegmentBytesAt..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header[SegmentCountAt..]);
        if (size < LeastSegmentBytes || segments > long.MaxValue / 2)
        {
            return null;
        }

        Span<byte> segment = stackalloc byte[LeastSegmentBytes];
        for (int i = 0; i < count; i++)
        {
            file.Position = (long)segments + ((long)i * size);
            if (file.ReadAtLeast(segment, segment.Length, throwOnEndOfStream: false) < segment.Length)
            {
                return $"the file ends at byte {file.Length}, within its headers";
            }

            ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(segment[OffsetAt..]), bytes = BinaryPrimitives.ReadUInt64LittleEndian(segment[BytesAt..]);
            UInt128 end = (UInt128)offset + bytes;
            if (bytes > 0 && end > (ulong)file.Length)
            {
                return $"the file ends at byte {file.Length}, a part of it at {end}";
            }
        }

        return null;
    }
}
