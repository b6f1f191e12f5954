using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Kernels;

/// <summary>Decides splits for one row, a register of splits at a time, none of which is below another one of them.</summary>
/// <typeparam name="TLanes">The register.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
internal static unsafe class PathDecisionKernel<TLanes, T>
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Compares a row's values with thresholds.</summary>
    /// <param name="count">Splits, whole registers.</param>
    /// <param name="values">The row's value of each feature.</param>
    /// <param name="features">The feature of each split.</param>
    /// <param name="thresholds">The threshold of each split: left below it.</param>
    /// <param name="missingGoesLeft">Whether NaN goes left.</param>
    /// <param name="lefts">Receives 1 where the row goes left, else 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compare(int count, T* values, int* features, T* thresholds, bool missingGoesLeft, T* lefts)
    {
        TLanes right = TLanes.Broadcast(T.Zero);
        TLanes left = TLanes.Broadcast(T.One);
        TLanes missing = missingGoesLeft ? left : right;
        for (int i = 0; i < count; i += TLanes.Count)
        {
            TLanes value = TLanes.Gather(values, features + i);
            TLanes known = TLanes.Choose(TLanes.Less(value, TLanes.Load(thresholds + i)), left, right);
            TLanes.Choose(TLanes.Same(value, value), known, missing).Store(lefts + i);
        }
    }

    /// <summary>Marks the shares below splits that the row does not pass, now or where the path tested the feature before.</summary>
    /// <param name="count">Splits, whole registers.</param>
    /// <param name="lefts">1 where the row goes left, else 0.</param>
    /// <param name="known">For each split the place where the path to it last tested the feature.</param>
    /// <param name="zeros">By places, the share of training rows that pass.</param>
    /// <param name="shares">Receives them, negative where the row does not pass.</param>
    /// <param name="leftPlace">The place of the first split's left child; those of the other ones follow.</param>
    /// <param name="rightPlace">The same of the right children.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mark(int count, T* lefts, ushort* known, T* zeros, T* shares, int leftPlace, int rightPlace)
    {
        TLanes none = TLanes.Broadcast(T.Zero);
        TLanes one = TLanes.Broadcast(T.One);
        TLanes minus = TLanes.Broadcast(T.NegativeOne);
        for (int i = 0; i < count; i += TLanes.Count)
        {
            // A share may be 0, and still has a sign.
            TLanes isLeft = TLanes.Less(none, TLanes.Load(lefts + i));
            TLanes sign = TLanes.Choose(TLanes.IsNegative(TLanes.Gather(shares, known + i)), minus, one);
            (TLanes.Load(zeros + leftPlace + i) * TLanes.Choose(isLeft, sign, minus)).Store(shares + leftPlace + i);
            (TLanes.Load(zeros + rightPlace + i) * TLanes.Choose(isLeft, minus, sign)).Store(shares + rightPlace + i);
        }
    }
}
