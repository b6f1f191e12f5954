using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Inference.Kernels;

/// <summary>32 rows: AVX2.</summary>
internal readonly unsafe struct ByteLanes256(Vector256<sbyte> value) : IByteLanes<ByteLanes256>
{
    private readonly Vector256<sbyte> _value = value;

    public static int Count => Vector256<sbyte>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes256 Broadcast(sbyte value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes256 Load(sbyte* address) => new(Vector256.Load(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes256 Choose(ByteLanes256 values, ByteLanes256 thresholds, ByteLanes256 greater, ByteLanes256 other) =>
        new(Vector256.ConditionalSelect(Vector256.GreaterThan(values._value, thresholds._value), greater._value, other._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(sbyte* address) => _value.Store(address);
}
