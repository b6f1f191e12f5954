using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Vec = System.Runtime.Intrinsics.Vector256;

namespace Inference.Kernels;

/// <summary>256 bits of numbers.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal readonly unsafe struct Lanes256<T>(Vector256<T> value) : ILanes<Lanes256<T>, T>
    where T : unmanaged
{
    private readonly Vector256<T> _value = value;

    public static int Count => Vector256<T>.Count;

    public static bool HasFused => Fma.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator +(Lanes256<T> left, Lanes256<T> right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator -(Lanes256<T> left, Lanes256<T> right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator *(Lanes256<T> left, Lanes256<T> right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator /(Lanes256<T> left, Lanes256<T> right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Fused(Lanes256<T> left, Lanes256<T> right, Lanes256<T> added) => typeof(T) == typeof(float)
        ? new(Vec.FusedMultiplyAdd(left._value.AsSingle(), right._value.AsSingle(), added._value.AsSingle()).As<float, T>())
        : new(Vec.FusedMultiplyAdd(left._value.AsDouble(), right._value.AsDouble(), added._value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Broadcast(T value) => new(Vec.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Load(T* address) => new(Vec.Load(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Less(Lanes256<T> left, Lanes256<T> right) => new(Vec.LessThan(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> LessOrEqual(Lanes256<T> left, Lanes256<T> right) => new(Vec.LessThanOrEqual(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Same(Lanes256<T> left, Lanes256<T> right) => new(Vec.Equals(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> IsPositiveZero(Lanes256<T> value) => typeof(T) == typeof(float)
        ? new(Vec.Equals(value._value.AsInt32(), Vector256<int>.Zero).As<int, T>())
        : new(Vec.Equals(value._value.AsInt64(), Vector256<long>.Zero).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Magnitude(Lanes256<T> value) => new(Vec.Abs(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Choose(Lanes256<T> mask, Lanes256<T> yes, Lanes256<T> no) =>
        new(Vec.ConditionalSelect(mask._value, yes._value, no._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Lanes256<T> mask) => Vec.ExtractMostSignificantBits(mask._value) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* address) => _value.Store(address);
}
