using System;

namespace Inference;

/// <summary>The element types of ONNX and those of .NET.</summary>
internal static class OnnxElements
{
    /// <summary>The element type of a .NET type; the compiler to machine code reduces it to a constant.</summary>
    /// <exception cref="ArgumentException">ONNX has no such type.</exception>
    public static OnnxElementType TypeOf<T>()
        where T : unmanaged
    {
        return typeof(T) == typeof(float) ? OnnxElementType.Single
            : typeof(T) == typeof(double) ? OnnxElementType.Double
            : typeof(T) == typeof(long) ? OnnxElementType.Int64
            : typeof(T) == typeof(int) ? OnnxElementType.Int32
            : typeof(T) == typeof(bool) ? OnnxElementType.Boolean
            : typeof(T) == typeof(Half) ? OnnxElementType.Half
            : typeof(T) == typeof(byte) ? OnnxElementType.Byte
            : typeof(T) == typeof(sbyte) ? OnnxElementType.SByte
            : typeof(T) == typeof(short) ? OnnxElementType.Int16
            : typeof(T) == typeof(ushort) ? OnnxElementType.UInt16
            : typeof(T) == typeof(uint) ? OnnxElementType.UInt32
            : typeof(T) == typeof(ulong) ? OnnxElementType.UInt64
            : throw new ArgumentException($"{typeof(T).Name}; a number type that OnnxElementType lists", nameof(T));
    }

    /// <summary>The bytes of an element; 0 for texts and for types that .NET has none for.</summary>
    public static int SizeOf(OnnxElementType type) => type switch
    {
        OnnxElementType.Byte or OnnxElementType.SByte or OnnxElementType.Boolean => 1,
        OnnxElementType.Int16 or OnnxElementType.UInt16 or OnnxElementType.Half => 2,
        OnnxElementType.Single or OnnxElementType.Int32 or OnnxElementType.UInt32 => 4,
        OnnxElementType.Double or OnnxElementType.Int64 or OnnxElementType.UInt64 => 8,
        _ => 0,
    };

    /// <summary>An array of a number type.</summary>
    public static Array NewArray(OnnxElementType type, int length) => type switch
    {
        OnnxElementType.Single => new float[length],
        OnnxElementType.Double => new double[length],
        OnnxElementType.Int64 => new long[length],
        OnnxElementType.Int32 => new int[length],
        OnnxElementType.Boolean => new bool[length],
        OnnxElementType.Half => new Half[length],
        OnnxElementType.Byte => new byte[length],
        OnnxElementType.SByte => new sbyte[length],
        OnnxElementType.Int16 => new short[length],
        OnnxElementType.UInt16 => new ushort[length],
        OnnxElementType.UInt32 => new uint[length],
        OnnxElementType.UInt64 => new ulong[length],
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a number type"),
    };

    /// <summary>The number of elements of a shape.</summary>
    /// <exception cref="ArgumentException">A length is negative, or there are more than 2^31 - 1 elements.</exception>
    public static int Count(ReadOnlySpan<int> shape, string parameter)
    {
        long count = 1;
        foreach (int length in shape)
        {
            count = length < 0 ? -1 : count * length;
            if (count is < 0 or > int.MaxValue)
            {
                throw new ArgumentException($"[{Text(shape)}]; lengths of 0 or more, at most 2^31 - 1 elements", parameter);
            }
        }

        return (int)count;
    }

    /// <summary>A shape in words.</summary>
    public static string Text(ReadOnlySpan<int> shape) => string.Join(", ", shape.ToArray());
}
