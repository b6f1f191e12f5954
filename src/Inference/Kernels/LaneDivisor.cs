using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Kernels;

/// <summary>A register of <see cref="Divisor{T}"/>: each lane may be divided by another number.</summary>
/// <typeparam name="TLanes">The register.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
internal readonly unsafe struct LaneDivisor<TLanes, T>
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly TLanes _minus;
    private readonly TLanes _high;
    private readonly TLanes _low;

    /// <summary>A register of numbers as <see cref="Divisor{T}"/> takes them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LaneDivisor(TLanes values)
    {
        _minus = TLanes.Broadcast(T.Zero) - values;
        _high = TLanes.Broadcast(T.One) / values;
        _low = TLanes.Fused(_minus, _high, TLanes.Broadcast(T.One)) * _high;
    }

    /// <summary>One divisor for every lane, from its negative and its reciprocal in two numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LaneDivisor(T minus, T high, T low) =>
        (_minus, _high, _low) = (TLanes.Broadcast(minus), TLanes.Broadcast(high), TLanes.Broadcast(low));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private LaneDivisor(TLanes minus, TLanes high, TLanes low) => (_minus, _high, _low) = (minus, high, low);

    /// <summary>The divisors' negatives.</summary>
    public TLanes Minus => _minus;

    /// <summary>What <see cref="Store"/> wrote.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneDivisor<TLanes, T> Load(T* address) =>
        new(TLanes.Load(address), TLanes.Load(address + TLanes.Count), TLanes.Load(address + (2 * TLanes.Count)));

    /// <summary>Writes three registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* address)
    {
        _minus.Store(address);
        _high.Store(address + TLanes.Count);
        _low.Store(address + (2 * TLanes.Count));
    }

    /// <summary>The quotients, of numbers as <see cref="Divisor{T}"/> takes them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Divide(TLanes numbers)
    {
        TLanes quotient = TLanes.Fused(numbers, _high, numbers * _low);
        return TLanes.Fused(TLanes.Fused(quotient, _minus, numbers), _high, quotient);
    }
}
