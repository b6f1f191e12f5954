using System;

namespace Inference.Formats.Onnx;

/// <summary>A part of a file. Records keep ranges, so that nothing is decoded before it is asked for.</summary>
/// <param name="Start">The first byte.</param>
/// <param name="Length">The number of bytes.</param>
internal readonly record struct ByteRange(int Start, int Length)
{
    /// <summary>The byte after the last.</summary>
    public int End => Start + Length;

    /// <summary>The part of <paramref name="content"/>.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> content) => content.Slice(Start, Length);
}
