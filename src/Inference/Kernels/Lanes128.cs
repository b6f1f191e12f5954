using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Vec = System.Runtime.Intrinsics.Vector128;

namespace Inference.Kernels;

/// <summary>128 bits of numbers.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal readonly unsafe struct Lanes128<T>(Vector128<T> value) : ILanes<Lanes128<T>, T>
    where T : unmanaged
{
    private readonly Vector128<T> _value = value;

    /// <summary>The register.</summary>
    public Vector128<T> Value => _value;

    public static int Count => Vector128<T>.Count;

    public static bool HasFused => Fma.IsSupported || AdvSimd.Arm64.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator +(Lanes128<T> left, Lanes128<T> right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator -(Lanes128<T> left, Lanes128<T> right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator *(Lanes128<T> left, Lanes128<T> right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator /(Lanes128<T> left, Lanes128<T> right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Fused(Lanes128<T> left, Lanes128<T> right, Lanes128<T> added) => typeof(T) == typeof(float)
        ? new(Vec.FusedMultiplyAdd(left._value.AsSingle(), right._value.AsSingle(), added._value.AsSingle()).As<float, T>())
        : new(Vec.FusedMultiplyAdd(left._value.AsDouble(), right._value.AsDouble(), added._value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Broadcast(T value) => new(Vec.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Load(T* address) => new(Vec.Load(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Gather(T* numbers, ushort* places)
    {
        if (typeof(T) == typeof(float))
        {
            float* singles = (float*)numbers;
            return new(Vec.Create(singles[places[0]], singles[places[1]], singles[places[2]], singles[places[3]]).As<float, T>());
        }

        double* doubles = (double*)numbers;
        return new(Vec.Create(doubles[places[0]], doubles[places[1]]).As<double, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Gather(T* numbers, int* places)
    {
        if (typeof(T) == typeof(float))
        {
            float* singles = (float*)numbers;
            return new(Vec.Create(singles[places[0]], singles[places[1]], singles[places[2]], singles[places[3]]).As<float, T>());
        }

        double* doubles = (double*)numbers;
        return new(Vec.Create(doubles[places[0]], doubles[places[1]]).As<double, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Less(Lanes128<T> left, Lanes128<T> right) => new(Vec.LessThan(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> LessOrEqual(Lanes128<T> left, Lanes128<T> right) => new(Vec.LessThanOrEqual(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Same(Lanes128<T> left, Lanes128<T> right) => new(Vec.Equals(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> IsPositiveZero(Lanes128<T> value) => typeof(T) == typeof(float)
        ? new(Vec.Equals(value._value.AsInt32(), Vector128<int>.Zero).As<int, T>())
        : new(Vec.Equals(value._value.AsInt64(), Vector128<long>.Zero).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> IsNegative(Lanes128<T> value) => typeof(T) == typeof(float)
        ? new(Vec.LessThan(value._value.AsInt32(), Vector128<int>.Zero).As<int, T>())
        : new(Vec.LessThan(value._value.AsInt64(), Vector128<long>.Zero).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Magnitude(Lanes128<T> value) => new(Vec.Abs(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> LeastSize(Lanes128<T> size, Lanes128<T> value)
    {
        // Bits of numbers without signs have the order of the numbers; one less than zero's is the largest of all.
        Vector128<T> magnitude = Vec.Abs(value._value);
        return typeof(T) == typeof(float)
            ? new(Vec.Min(size._value.AsUInt32(), magnitude.AsUInt32() - Vector128<uint>.One).As<uint, T>())
            : new(Vec.Min(size._value.AsUInt64(), magnitude.AsUInt64() - Vector128<ulong>.One).As<ulong, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> MostSize(Lanes128<T> size, Lanes128<T> value) => typeof(T) == typeof(float)
        ? new(Vec.Max(size._value.AsInt32(), Vec.Abs(value._value).AsInt32()).As<int, T>())
        : new(Vec.Max(size._value.AsInt64(), Vec.Abs(value._value).AsInt64()).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Choose(Lanes128<T> mask, Lanes128<T> yes, Lanes128<T> no) =>
        new(Vec.ConditionalSelect(mask._value, yes._value, no._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Lanes128<T> mask) => Vec.ExtractMostSignificantBits(mask._value) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* address) => _value.Store(address);
}
