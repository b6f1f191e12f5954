using System;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Kernels;

// A quotient by a number that is known long before, rounded as a division rounds it, without the division: a register's
// takes 10 (float) or 16 (double) cycles, four fused operations take two. With z + y the reciprocal of b in two numbers,
// z the one nearest to it:
//     q = x * z + RN(x * y)        is within one unit in the last place of x / b: the sum has 1 / b to 2 p bits;
//     r = x - q * b                is exact then, unless it underflows;
//     q + r * z                    is x / b rounded to nearest.
// The last line is Markstein's theorem ("Computation of elementary functions on the IBM RISC System/6000", 1990; in "Handbook
// of Floating-Point Arithmetic", 2nd edition, section 4.7); the first is Brisebarre, Muller and Raina's ("Accelerating
// correctly rounded floating-point division when the divisor is known in advance", 2004). 0 gives 0, and
// -0 may lose its minus.

/// <summary>A number that registers are divided by, and its reciprocal to twice its precision.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal readonly struct Divisor<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly T _minus;
    private readonly T _high;
    private readonly T _low;

    /// <summary>A divisor from <see cref="Least"/> to 2^20.</summary>
    public Divisor(T value)
    {
        _minus = -value;
        _high = T.One / value;
        _low = T.FusedMultiplyAdd(_minus, _high, T.One) * _high;
    }

    /// <summary>The least divisor.</summary>
    public static T Least => PowerOfTwo(typeof(T) == typeof(float) ? -20 : -60);

    /// <summary>Whether a share of training rows is a divisor: from <see cref="Least"/> to 1.</summary>
    public static bool TakesShare(T share) => share >= Least && share <= T.One;

    /// <summary>A power of two, which the compiler folds to a constant, as it does not with a call of ScaleB.</summary>
    public static T PowerOfTwo(int exponent) => T.CreateTruncating(BitConverter.Int64BitsToDouble((1023L + exponent) << 52));

    /// <summary>Whether it is a power of two, whose reciprocal is exact: one product is the quotient.</summary>
    public bool IsPowerOfTwo => _low == T.Zero;

    /// <summary>The quotients of a power of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes DividePowerOfTwo<TLanes>(TLanes numbers)
        where TLanes : struct, ILanes<TLanes, T> => numbers * TLanes.Broadcast(_high);

    /// <summary>The quotients.</summary>
    /// <param name="numbers">0, or of a magnitude from 2^-100 (float) or 2^-900 (double), so that no remainder underflows, to 2^80.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Divide<TLanes>(TLanes numbers)
        where TLanes : struct, ILanes<TLanes, T>
    {
        return IsPowerOfTwo ? DividePowerOfTwo(numbers) : For<TLanes>().Divide(numbers);
    }

    /// <summary>The same for many registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LaneDivisor<TLanes, T> For<TLanes>()
        where TLanes : struct, ILanes<TLanes, T> => new(_minus, _high, _low);
}
