using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Inference.Kernels;

/// <summary>64 rows: AVX-512BW.</summary>
internal readonly unsafe struct ByteLanes512(Vector512<sbyte> value) : IByteLanes<ByteLanes512>
{
    private readonly Vector512<sbyte> _value = value;

    public static int Count => Vector512<sbyte>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes512 Broadcast(sbyte value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes512 Load(sbyte* address) => new(Vector512.Load(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes512 Choose(ByteLanes512 values, ByteLanes512 thresholds, ByteLanes512 greater, ByteLanes512 other) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThan(values._value, thresholds._value), greater._value, other._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(sbyte* address) => _value.Store(address);
}
