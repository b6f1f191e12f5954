using System.Numerics;

namespace Inference.Kernels;

/// <summary>One number: for processors without vectors. A mask is 1 or 0.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal readonly unsafe struct LanesScalar<T>(T value) : ILanes<LanesScalar<T>, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly T _value = value;

    public static int Count => 1;

    public static bool HasFused => false;

    public static LanesScalar<T> operator +(LanesScalar<T> left, LanesScalar<T> right) => new(left._value + right._value);

    public static LanesScalar<T> operator -(LanesScalar<T> left, LanesScalar<T> right) => new(left._value - right._value);

    public static LanesScalar<T> operator *(LanesScalar<T> left, LanesScalar<T> right) => new(left._value * right._value);

    public static LanesScalar<T> operator /(LanesScalar<T> left, LanesScalar<T> right) => new(left._value / right._value);

    public static LanesScalar<T> Fused(LanesScalar<T> left, LanesScalar<T> right, LanesScalar<T> added) =>
        new(T.FusedMultiplyAdd(left._value, right._value, added._value));

    public static LanesScalar<T> Broadcast(T value) => new(value);

    public static LanesScalar<T> Load(T* address) => new(*address);

    public static LanesScalar<T> Gather(T* numbers, ushort* places) => new(numbers[*places]);

    public static LanesScalar<T> Gather(T* numbers, int* places) => new(numbers[*places]);

    public static LanesScalar<T> Less(LanesScalar<T> left, LanesScalar<T> right) => Mask(left._value < right._value);

    public static LanesScalar<T> LessOrEqual(LanesScalar<T> left, LanesScalar<T> right) => Mask(left._value <= right._value);

    public static LanesScalar<T> Same(LanesScalar<T> left, LanesScalar<T> right) => Mask(left._value == right._value);

    public static LanesScalar<T> IsPositiveZero(LanesScalar<T> value) => Mask(T.IsZero(value._value) && T.IsPositive(value._value));

    public static LanesScalar<T> IsNegative(LanesScalar<T> value) => Mask(T.IsNegative(value._value));

    public static LanesScalar<T> Magnitude(LanesScalar<T> value) => new(T.Abs(value._value));

    public static LanesScalar<T> LeastSize(LanesScalar<T> size, LanesScalar<T> value) =>
        T.IsZero(value._value) ? size : new(T.MinNative(size._value, T.Abs(value._value)));

    public static LanesScalar<T> MostSize(LanesScalar<T> size, LanesScalar<T> value) => new(T.Max(size._value, T.Abs(value._value)));

    public static LanesScalar<T> Choose(LanesScalar<T> mask, LanesScalar<T> yes, LanesScalar<T> no) => Any(mask) ? yes : no;

    public static bool Any(LanesScalar<T> mask) => mask._value != T.Zero;

    public void Store(T* address) => *address = _value;

    private static LanesScalar<T> Mask(bool yes) => new(yes ? T.One : T.Zero);
}
