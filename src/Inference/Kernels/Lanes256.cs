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

    /// <summary>The register.</summary>
    public Vector256<T> Value => _value;

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
    public static Lanes256<T> Gather(T* numbers, ushort* places)
    {
        if (!Avx2.IsSupported)
        {
            return new(Vec.Create(Lanes128<T>.Gather(numbers, places).Value, Lanes128<T>.Gather(numbers, places + Lanes128<T>.Count).Value));
        }

        return typeof(T) == typeof(float)
            ? new(Avx2.GatherVector256((float*)numbers, Avx2.ConvertToVector256Int32(places), sizeof(float)).As<float, T>())
            : new(Avx2.GatherVector256((double*)numbers, Sse41.ConvertToVector128Int32(places), sizeof(double)).As<double, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Gather(T* numbers, int* places)
    {
        if (!Avx2.IsSupported)
        {
            return new(Vec.Create(Lanes128<T>.Gather(numbers, places).Value, Lanes128<T>.Gather(numbers, places + Lanes128<T>.Count).Value));
        }

        return typeof(T) == typeof(float)
            ? new(Avx2.GatherVector256((float*)numbers, Vec.Load(places), sizeof(float)).As<float, T>())
            : new(Avx2.GatherVector256((double*)numbers, Vector128.Load(places), sizeof(double)).As<double, T>());
    }

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
    public static Lanes256<T> IsNegative(Lanes256<T> value) => typeof(T) == typeof(float)
        ? new(Vec.LessThan(value._value.AsInt32(), Vector256<int>.Zero).As<int, T>())
        : new(Vec.LessThan(value._value.AsInt64(), Vector256<long>.Zero).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Magnitude(Lanes256<T> value) => new(Vec.Abs(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> LeastSize(Lanes256<T> size, Lanes256<T> value)
    {
        // Bits of numbers without signs have the order of the numbers; one less than zero's is the largest of all.
        Vector256<T> magnitude = Vec.Abs(value._value);
        return typeof(T) == typeof(float)
            ? new(Vec.Min(size._value.AsUInt32(), magnitude.AsUInt32() - Vector256<uint>.One).As<uint, T>())
            : new(Vec.Min(size._value.AsUInt64(), magnitude.AsUInt64() - Vector256<ulong>.One).As<ulong, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> MostSize(Lanes256<T> size, Lanes256<T> value) => typeof(T) == typeof(float)
        ? new(Vec.Max(size._value.AsInt32(), Vec.Abs(value._value).AsInt32()).As<int, T>())
        : new(Vec.Max(size._value.AsInt64(), Vec.Abs(value._value).AsInt64()).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Choose(Lanes256<T> mask, Lanes256<T> yes, Lanes256<T> no) =>
        new(Vec.ConditionalSelect(mask._value, yes._value, no._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Lanes256<T> mask) => Vec.ExtractMostSignificantBits(mask._value) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* address) => _value.Store(address);
}
