using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Kernels;

// What TreeSHAP sums for a leaf and a step of its path: the weights that the path would have without the step, for a register
// of classes of rows (LeafPartKernel: each class has weights of its own, and all have the step in common), or for a register
// of steps (RowPathKernel: all have the weights in common). Nearly all the time of TreeSHAP goes into these sums: steps^2 of
// them for each leaf. Both have divisions by numbers that do not depend on the row, which Divisor does without dividing.
// It asks for dividends that are 0 or not small:
//   * the weights are looked at first: 0 only at the end of the path, elsewhere a magnitude from LeastWeight to MostWeight;
//     shares lie from Divisor.Least to 1;
//   * the dividends of cold sums are then weights, or a weight by a share of at most 1;
//   * those of hot sums are differences of a weight and another number: 0, or by how floating-point numbers are spaced no
//     smaller than the weight by p + 1 binary digits. Where weights are 0, the number taken off is 0, too. In at most
//     32 steps they grow by no more than 2^43.
// Registers with other weights take the divisions, as all do on processors without fused operations.

/// <summary>The weights of a path, as a register gets them.</summary>
/// <typeparam name="TLanes">The register.</typeparam>
internal interface IPathWeights<TLanes>
{
    /// <summary>A place's weight for every lane.</summary>
    public TLanes this[int place] { get; }
}

/// <summary>The sums of a path's weights without one of its steps: <see cref="Forests.TreeShap{TScore}"/>'s, with its operations in its order.</summary>
/// <typeparam name="TLanes">The register.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TWeights">The weights.</typeparam>
internal static unsafe class PathSumKernel<TLanes, T, TWeights>
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : struct, IPathWeights<TLanes>
{
    /// <summary>Without a step whose splits are passed, for sound weights.</summary>
    /// <param name="weights">The path's weights.</param>
    /// <param name="count">Its steps, at most <see cref="PathConstants{T}.MostSteps"/>.</param>
    /// <param name="zero">The step's share.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes FusedHot(TWeights weights, int count, TLanes zero)
    {
        T* shares = PathConstants<T>.Shares(count);
        Divisor<T>* numbers = PathConstants<T>.Numbers;
        TLanes length = TLanes.Broadcast(T.CreateTruncating(count));
        TLanes total = TLanes.Broadcast(T.Zero);
        TLanes next = weights[count - 1];
        for (int i = count - 2; i >= 0; i--)
        {
            TLanes part = numbers[i + 1].Divide(next * length);
            total += part;
            next = weights[i] - (part * zero * TLanes.Broadcast(shares[i]));
        }

        return total;
    }

    /// <summary>Without a step whose splits are not passed, for sound weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes FusedCold(TWeights weights, int count, in LaneDivisor<TLanes, T> zero)
    {
        Divisor<T>* shares = PathConstants<T>.ShareDivisors(count);
        TLanes total = TLanes.Broadcast(T.Zero);
        for (int i = count - 2; i >= 0; i--)
        {
            total += shares[i].Divide(zero.Divide(weights[i]));
        }

        return total;
    }

    /// <summary>Without a step whose splits are passed, for any weights.</summary>
    public static TLanes Hot(TWeights weights, int count, TLanes zero)
    {
        int depth = count - 1;
        T length = T.CreateTruncating(count);
        TLanes total = TLanes.Broadcast(T.Zero);
        TLanes next = weights[depth];
        for (int i = depth - 1; i >= 0; i--)
        {
            TLanes part = next * TLanes.Broadcast(length) / TLanes.Broadcast(T.CreateTruncating(i + 1));
            total += part;
            next = weights[i] - (part * zero * TLanes.Broadcast(T.CreateTruncating(depth - i) / length));
        }

        return total;
    }

    /// <summary>Without a step whose splits are not passed, for any weights.</summary>
    public static TLanes Cold(TWeights weights, int count, TLanes zero)
    {
        int depth = count - 1;
        T length = T.CreateTruncating(count);
        TLanes total = TLanes.Broadcast(T.Zero);
        for (int i = depth - 1; i >= 0; i--)
        {
            total += weights[i] / zero / TLanes.Broadcast(T.CreateTruncating(depth - i) / length);
        }

        return total;
    }
}
