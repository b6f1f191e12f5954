using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

/// <summary>Sixteen look-ups at once in tables that lie in registers or first-level cache: permutes, no gathers.</summary>
/// <remarks>Only the index bits that a table needs are read; whatever is above them does no harm.</remarks>
internal static unsafe class Lookup512
{
    /// <summary>Entries 0 to 31.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Pick32(float* table, Vector512<int> index) =>
        Avx512F.PermuteVar16x32x2(Vector512.Load(table), index, Vector512.Load(table + 16));

    /// <summary>Entries 0 to 63.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Pick64(float* table, Vector512<int> index) =>
        Vector512.ConditionalSelect(HasBit(index, 32), Pick32(table + 32, index), Pick32(table, index));

    /// <summary>Entries 0 to 127.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Pick128(float* table, Vector512<int> index) =>
        Vector512.ConditionalSelect(HasBit(index, 64), Pick64(table + 64, index), Pick64(table, index));

    /// <summary>Entries 0 to 255.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Pick256(float* table, Vector512<int> index) =>
        Vector512.ConditionalSelect(HasBit(index, 128), Pick128(table + 128, index), Pick128(table, index));

    /// <summary>Ones where an index has a bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> HasBit(Vector512<int> index, int bit) =>
        Vector512.Equals(index & Vector512.Create(bit), Vector512.Create(bit)).AsSingle();
}
