using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Inference.Kernels;

/// <summary>A node as a walk reads it: 8 bytes in float32, 12 in float64. The right child lies behind the left one.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <remarks>
/// A leaf's threshold is a NaN, which no value reaches, and its left child is itself: a walk may go on at a leaf without
/// leaving it. The NaN's payload is the leaf's number.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct PathNode<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const uint SingleNaN = 0x7fc00000;
    private const ulong DoubleNaN = 0x7ff8000000000000;

    /// <summary>The most leaves of a tree: what a float32 NaN has room for.</summary>
    public const int MaxLeaves = 1 << 22;

    /// <summary>A row goes right where its value is this or more.</summary>
    public T Threshold;

    /// <summary>The way from here to the left child, in nodes, above the bits of the column.</summary>
    public uint Link;

    /// <summary>A leaf.</summary>
    public static PathNode<T> Leaf(int number) => new()
    {
        Threshold = typeof(T) == typeof(float)
            ? Unsafe.BitCast<uint, T>(SingleNaN | (uint)number)
            : Unsafe.BitCast<ulong, T>(DoubleNaN | (uint)number),
    };

    /// <summary>The number of a leaf.</summary>
    public readonly int LeafNumber => typeof(T) == typeof(float)
        ? (int)(Unsafe.BitCast<T, uint>(Threshold) & (MaxLeaves - 1))
        : (int)Unsafe.BitCast<T, ulong>(Threshold);
}
