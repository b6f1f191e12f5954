using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Kernels;

// What TreeSHAP sums for a leaf and a step of its path: the weights that the path would have without the step, for a register
// of classes of rows (LeafPartKernel) or of leaves (LeafPathKernel).
// Nearly all the time of TreeSHAP goes into these sums: steps^2 of them for each leaf. Both have divisions by numbers that do
// not depend on the row, which Divisor does without dividing. It asks for dividends that are 0 or not small:
//   * the weights are looked at first: 0 only at the end of the path, elsewhere a magnitude from LeastWeight to MostWeight;
//     shares lie from Divisor.Least to 1;
//   * the dividends of cold sums are then weights, or a weight by a share of at most 1;
//   * those of hot sums are differences of a weight and another number: 0, or by how floating-point numbers are spaced no
//     smaller than the weight by p + 1 binary digits. Where weights are 0, the number taken off is 0, too. In at most
//     32 steps they grow by no more than 2^43.
// Registers with other weights take the divisions, as all do on processors without fused operations.

/// <summary>The sums of paths' weights without one of their steps, <see cref="Forests.TreeShap{TScore}"/>'s with its operations in its order: for any weights, and whether weights are such that it can be done without divisions.</summary>
/// <typeparam name="TLanes">The register.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
internal static unsafe class PathSumKernel<TLanes, T>
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The least weight but 0 that is sound.</summary>
    public static T LeastWeight => Divisor<T>.PowerOfTwo(typeof(T) == typeof(float) ? -50 : -700);

    /// <summary>The largest.</summary>
    public static T MostWeight => T.CreateTruncating(1 << 20);

    /// <summary>The last weights of paths that are not all 0, if all weights are such that every division may go by <see cref="Divisor{T}"/>; else -1.</summary>
    /// <param name="weights">The weights of a register of paths.</param>
    /// <param name="count">Their steps.</param>
    /// <param name="pitch">Numbers from one step to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int SoundTop(T* weights, int count, int pitch)
    {
        TLanes yes = TLanes.Broadcast(T.One);
        TLanes no = TLanes.Broadcast(T.Zero);
        int top = count - 1;
        while (top > 0 && !TLanes.Any(TLanes.Same(TLanes.Choose(TLanes.IsPositiveZero(TLanes.Load(weights + ((nint)top * pitch))), yes, no), no)))
        {
            top--;
        }

        TLanes least = TLanes.Broadcast(LeastWeight);
        TLanes most = TLanes.Broadcast(MostWeight);
        TLanes mayBeNone = yes;
        TLanes isSound = yes;
        for (int i = top; i >= 0; i--)
        {
            TLanes weight = TLanes.Load(weights + ((nint)i * pitch));
            TLanes size = TLanes.Magnitude(weight);
            TLanes isNone = TLanes.Choose(TLanes.IsPositiveZero(weight), mayBeNone, no);
            isSound = TLanes.Choose(TLanes.LessOrEqual(least, size), TLanes.Choose(TLanes.LessOrEqual(size, most), isSound, no), TLanes.Choose(TLanes.Less(no, isNone), isSound, no));
            mayBeNone = isNone;
        }

        return TLanes.Any(TLanes.Same(isSound, no)) ? -1 : top;
    }

    /// <summary>The sums without a step, for any weights.</summary>
    /// <param name="weights">The paths' weights.</param>
    /// <param name="count">Their steps.</param>
    /// <param name="pitch">Numbers from one step to the next.</param>
    /// <param name="one">The step's ones.</param>
    /// <param name="zero">The step's shares.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static TLanes Sum(T* weights, int count, int pitch, TLanes one, TLanes zero)
    {
        TLanes none = TLanes.Broadcast(T.Zero);
        TLanes isCold = TLanes.Same(one, none);
        TLanes sum = none;
        if (TLanes.Any(TLanes.Less(none, one)))
        {
            sum = Hot(weights, count, pitch, zero);
        }

        return TLanes.Any(isCold) ? TLanes.Choose(isCold, Cold(weights, count, pitch, zero), sum) : sum;
    }

    /// <summary>Without a step whose splits are passed, for any weights.</summary>
    private static TLanes Hot(T* weights, int count, int pitch, TLanes zero)
    {
        int depth = count - 1;
        T length = T.CreateTruncating(count);
        TLanes total = TLanes.Broadcast(T.Zero);
        TLanes next = TLanes.Load(weights + ((nint)depth * pitch));
        for (int i = depth - 1; i >= 0; i--)
        {
            TLanes part = next * TLanes.Broadcast(length) / TLanes.Broadcast(T.CreateTruncating(i + 1));
            total += part;
            next = TLanes.Load(weights + ((nint)i * pitch)) - (part * zero * TLanes.Broadcast(T.CreateTruncating(depth - i) / length));
        }

        return total;
    }

    /// <summary>Without a step whose splits are not passed, for any weights.</summary>
    private static TLanes Cold(T* weights, int count, int pitch, TLanes zero)
    {
        int depth = count - 1;
        T length = T.CreateTruncating(count);
        TLanes total = TLanes.Broadcast(T.Zero);
        for (int i = depth - 1; i >= 0; i--)
        {
            total += TLanes.Load(weights + ((nint)i * pitch)) / zero / TLanes.Broadcast(T.CreateTruncating(depth - i) / length);
        }

        return total;
    }
}
