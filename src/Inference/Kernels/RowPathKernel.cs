using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Inference.Kernels;

// TreeSHAP for one row: what lies beside each other in a register are the steps of one path. Extending a path is two
// products for each place, its own and its lower neighbour's; the sums without a step are taken for all steps at once. The
// operations of each place are those of Forests.TreeShap, in its order.
//
// Room: weights are preceded by a -0, which the first place gets from its neighbour and which changes nothing, and followed
// by zeros; shares and ones are followed by ones.

/// <summary>Extends the path of one row and sums it up into a leaf's parts.</summary>
/// <typeparam name="TLanes">The register.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
internal static unsafe class RowPathKernel<TLanes, T>
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The most steps of a path.</summary>
    public const int MostSteps = 256;

    /// <summary>At n, n: to <see cref="MostSteps"/> and a register beyond.</summary>
    private static readonly T* Up = Count(0, 1);

    /// <summary>At n, <see cref="MostSteps"/> - n.</summary>
    private static readonly T* Down = Count(MostSteps, -1);

    /// <summary>Extends a path by a step.</summary>
    /// <param name="from">The path's weights.</param>
    /// <param name="depth">Its steps.</param>
    /// <param name="one">1 if the row passes the new step's splits, else 0.</param>
    /// <param name="zero">The share of training rows that pass them, a finite number.</param>
    /// <param name="to">Receives the longer path's weights, and zeros behind them up to the end of the register after.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Extend(T* from, int depth, T one, T zero, T* to)
    {
        TLanes none = TLanes.Broadcast(T.Zero);
        if (depth == 0)
        {
            none.Store(to);
            none.Store(to + TLanes.Count);
            *to = T.One;
            return;
        }

        TLanes length = TLanes.Broadcast(T.CreateTruncating(depth + 1));
        TLanes ones = TLanes.Broadcast(one);
        TLanes shares = TLanes.Broadcast(zero);
        T* down = Down + MostSteps - depth;
        int lane = 0;
        for (; lane <= depth; lane += TLanes.Count)
        {
            TLanes stay = shares * TLanes.Load(from + lane) * TLanes.Load(down + lane) / length;
            TLanes rise = ones * TLanes.Load(from + lane - 1) * TLanes.Load(Up + lane) / length;
            (stay + rise).Store(to + lane);
        }

        none.Store(to + lane);
    }

    /// <summary>A leaf's part for each step.</summary>
    /// <param name="weights">The leaf's path.</param>
    /// <param name="zeros">The steps' shares.</param>
    /// <param name="ones">The steps' ones.</param>
    /// <param name="count">Steps, the first of which is no feature's.</param>
    /// <param name="value">The leaf.</param>
    /// <param name="parts">Receives the parts, to the end of the last register.</param>
    public static void Parts(T* weights, T* zeros, T* ones, int count, T value, T* parts)
    {
        TLanes none = TLanes.Broadcast(T.Zero);
        bool isFused = TLanes.HasFused && count <= PathConstants<T>.MostSteps && AreSound(weights, zeros, count);
        RowWeights path = new(weights);
        for (int first = 0; first < count; first += TLanes.Count)
        {
            TLanes one = TLanes.Load(ones + first);
            TLanes zero = TLanes.Load(zeros + first);
            TLanes isCold = TLanes.Same(one, none);
            TLanes sum = none;
            if (TLanes.Any(TLanes.Less(none, one)))
            {
                sum = isFused ? PathSumKernel<TLanes, T, RowWeights>.FusedHot(path, count, zero) : PathSumKernel<TLanes, T, RowWeights>.Hot(path, count, zero);
            }

            if (TLanes.Any(isCold))
            {
                TLanes cold = isFused
                    ? PathSumKernel<TLanes, T, RowWeights>.FusedCold(path, count, new LaneDivisor<TLanes, T>(zero))
                    : PathSumKernel<TLanes, T, RowWeights>.Cold(path, count, zero);
                sum = TLanes.Choose(isCold, cold, sum);
            }

            (sum * (one - zero) * TLanes.Broadcast(value)).Store(parts + first);
        }
    }

    /// <summary>As <see cref="PathSumKernel{TLanes, T, TWeights}"/> asks for.</summary>
    private static bool AreSound(T* weights, T* zeros, int count)
    {
        bool isSound = true;
        bool mayBeNone = true;
        for (int i = count - 1; i >= 0; i--)
        {
            T size = T.Abs(weights[i]);
            bool isSized = size >= LeafPartKernel<TLanes, T>.LeastWeight && size <= LeafPartKernel<TLanes, T>.MostWeight;
            mayBeNone &= !isSized && T.IsZero(size) && T.IsPositive(weights[i]);
            isSound &= (isSized || mayBeNone) && zeros[i] >= Divisor<T>.Least && zeros[i] <= T.One;
        }

        return isSound;
    }

    private static T* Count(int start, int step)
    {
        // Never freed: a few KB for the process.
        const int length = MostSteps + 64;
        T* numbers = (T*)NativeMemory.AlignedAlloc((nuint)(2 * length * sizeof(T)), 64);
        for (int i = 0; i < 2 * length; i++)
        {
            numbers[i] = T.CreateTruncating(start + (i * step));
        }

        return numbers;
    }
    /// <summary>A path's weights, the same for every lane.</summary>
    private readonly struct RowWeights(T* weights) : IPathWeights<TLanes>
    {
        public TLanes this[int place]
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => TLanes.Broadcast(weights[place]);
        }
    }
}
