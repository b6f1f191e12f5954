using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Vec = System.Runtime.Intrinsics.Vector512;

namespace Inference.Kernels;

/// <summary>512 bits of numbers.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal readonly unsafe struct Lanes512<T>(Vector512<T> value) : ILanes<Lanes512<T>, T>
    where T : unmanaged
{
    private readonly Vector512<T> _value = value;

    public static int Count => Vector512<T>.Count;

    public static bool HasFused => Vector512.IsHardwareAccelerated;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator +(Lanes512<T> left, Lanes512<T> right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator -(Lanes512<T> left, Lanes512<T> right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator *(Lanes512<T> left, Lanes512<T> right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator /(Lanes512<T> left, Lanes512<T> right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Fused(Lanes512<T> left, Lanes512<T> right, Lanes512<T> added) => typeof(T) == typeof(float)
        ? new(Vec.FusedMultiplyAdd(left._value.AsSingle(), right._value.AsSingle(), added._value.AsSingle()).As<float, T>())
        : new(Vec.FusedMultiplyAdd(left._value.AsDouble(), right._value.AsDouble(), added._value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Broadcast(T value) => new(Vec.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Load(T* address) => new(Vec.Load(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Gather(T* numbers, ushort* places) =>
        Join(Lanes256<T>.Gather(numbers, places), Lanes256<T>.Gather(numbers, places + Lanes256<T>.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Gather(T* numbers, int* places) =>
        Join(Lanes256<T>.Gather(numbers, places), Lanes256<T>.Gather(numbers, places + Lanes256<T>.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Less(Lanes512<T> left, Lanes512<T> right) => new(Vec.LessThan(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> LessOrEqual(Lanes512<T> left, Lanes512<T> right) => new(Vec.LessThanOrEqual(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Same(Lanes512<T> left, Lanes512<T> right) => new(Vec.Equals(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> IsPositiveZero(Lanes512<T> value) => typeof(T) == typeof(float)
        ? new(Vec.Equals(value._value.AsInt32(), Vector512<int>.Zero).As<int, T>())
        : new(Vec.Equals(value._value.AsInt64(), Vector512<long>.Zero).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> IsNegative(Lanes512<T> value) => typeof(T) == typeof(float)
        ? new(Vec.LessThan(value._value.AsInt32(), Vector512<int>.Zero).As<int, T>())
        : new(Vec.LessThan(value._value.AsInt64(), Vector512<long>.Zero).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Magnitude(Lanes512<T> value) => new(Vec.Abs(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> LeastSize(Lanes512<T> size, Lanes512<T> value)
    {
        // Bits of numbers without signs have the order of the numbers; one less than zero's is the largest of all.
        Vector512<T> magnitude = Vec.Abs(value._value);
        return typeof(T) == typeof(float)
            ? new(Vec.Min(size._value.AsUInt32(), magnitude.AsUInt32() - Vector512<uint>.One).As<uint, T>())
            : new(Vec.Min(size._value.AsUInt64(), magnitude.AsUInt64() - Vector512<ulong>.One).As<ulong, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> MostSize(Lanes512<T> size, Lanes512<T> value) => typeof(T) == typeof(float)
        ? new(Vec.Max(size._value.AsInt32(), Vec.Abs(value._value).AsInt32()).As<int, T>())
        : new(Vec.Max(size._value.AsInt64(), Vec.Abs(value._value).AsInt64()).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Choose(Lanes512<T> mask, Lanes512<T> yes, Lanes512<T> no) =>
        new(Vec.ConditionalSelect(mask._value, yes._value, no._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Lanes512<T> mask) => Vec.ExtractMostSignificantBits(mask._value) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* address) => _value.Store(address);

    /// <summary>One insertion: Vector512.Create of two halves puts both into a register that the compiler keeps in memory from one loop's turn to the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes512<T> Join(Lanes256<T> lower, Lanes256<T> upper) => new(lower.Value.ToVector512Unsafe().WithUpper(upper.Value));
}
