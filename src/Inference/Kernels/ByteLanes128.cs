using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Inference.Kernels;

/// <summary>16 rows: SSE, AdvSimd, and what the runtime makes of it where a processor has neither.</summary>
internal readonly unsafe struct ByteLanes128(Vector128<sbyte> value) : IByteLanes<ByteLanes128>
{
    private readonly Vector128<sbyte> _value = value;

    public static int Count => Vector128<sbyte>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes128 Broadcast(sbyte value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes128 Load(sbyte* address) => new(Vector128.Load(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes128 Choose(ByteLanes128 values, ByteLanes128 thresholds, ByteLanes128 greater, ByteLanes128 other) =>
        new(Vector128.ConditionalSelect(Vector128.GreaterThan(values._value, thresholds._value), greater._value, other._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(sbyte* address) => _value.Store(address);
}
