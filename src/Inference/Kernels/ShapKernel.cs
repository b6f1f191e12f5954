using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Kernels;

// TreeSHAP's three loops, for a register of classes of rows at a time. The scalar specification is Forests.TreeShap: every
// lane does its operations in its order, and where it branches on whether a row passes a step's splits, both branches are
// worked out and one is chosen; a branch that no lane takes is left out. A path's weights lie step after step, the
// classes of a step beside each other, pitch apart.

/// <summary>Extends paths, unwinds them, and sums them up into a leaf's parts.</summary>
/// <typeparam name="TLanes">The register.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
internal static unsafe class ShapKernel<TLanes, T>
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Extends a path by a step.</summary>
    /// <param name="from">The path's weights.</param>
    /// <param name="depth">Its steps.</param>
    /// <param name="ones">1 for each class that passes the new step's splits, else 0.</param>
    /// <param name="zero">The share of training rows that pass them.</param>
    /// <param name="to">Receives the longer path's weights.</param>
    /// <param name="pitch">Numbers from one step to the next, a multiple of a register's lanes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Extend(T* from, int depth, T* ones, T zero, T* to, int pitch)
    {
        bool isFused = TLanes.HasFused && depth < PathConstants<T>.MostSteps && Divisor<T>.TakesShare(zero);
        TLanes length = TLanes.Broadcast(T.CreateTruncating(depth + 1));
        TLanes share = TLanes.Broadcast(zero);
        for (int lane = 0; lane < pitch; lane += TLanes.Count)
        {
            TLanes one = TLanes.Load(ones + lane);
            TLanes above = TLanes.Broadcast(depth == 0 ? T.One : T.Zero);
            if (isFused && PathSumKernel<TLanes, T>.SoundTop(from + lane, depth, pitch) >= 0)
            {
                ref readonly Divisor<T> divisor = ref PathConstants<T>.Numbers[depth + 1];
                for (int i = depth - 1; i >= 0; i--)
                {
                    // Where one is 0 and the weight negative, the product is -0 and its quotient +0: either adds nothing to a number that is no -0.
                    TLanes weight = TLanes.Load(from + ((nint)i * pitch) + lane);
                    (above + divisor.Divide(one * weight * Number(i + 1))).Store(to + ((nint)(i + 1) * pitch) + lane);
                    above = divisor.Divide(share * weight * Number(depth - i));
                }
            }
            else
            {
                for (int i = depth - 1; i >= 0; i--)
                {
                    TLanes weight = TLanes.Load(from + ((nint)i * pitch) + lane);
                    (above + (one * weight * Number(i + 1) / length)).Store(to + ((nint)(i + 1) * pitch) + lane);
                    above = share * weight * Number(depth - i) / length;
                }
            }

            above.Store(to + lane);
        }
    }

    /// <summary>Takes a step out of a path's weights, in place.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="count">The path's steps.</param>
    /// <param name="ones">The step's ones.</param>
    /// <param name="zero">The step's share.</param>
    /// <param name="pitch">Numbers from one step to the next, a multiple of a register's lanes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unwind(T* weights, int count, T* ones, T zero, int pitch)
    {
        int depth = count - 1;
        TLanes length = TLanes.Broadcast(T.CreateTruncating(count));
        TLanes share = TLanes.Broadcast(zero);
        TLanes none = TLanes.Broadcast(T.Zero);
        for (int lane = 0; lane < pitch; lane += TLanes.Count)
        {
            TLanes isCold = TLanes.Same(TLanes.Load(ones + lane), none);
            TLanes next = TLanes.Load(weights + ((nint)depth * pitch) + lane);
            for (int i = depth - 1; i >= 0; i--)
            {
                T* place = weights + ((nint)i * pitch) + lane;
                TLanes before = TLanes.Load(place);
                TLanes hot = next * length / Number(i + 1);
                TLanes cold = before * length / TLanes.Broadcast(zero * T.CreateTruncating(depth - i));
                next = before - (hot * share * Number(depth - i) / length);
                TLanes.Choose(isCold, cold, hot).Store(place);
            }
        }
    }

    private static TLanes Number(int count) => TLanes.Broadcast(T.CreateTruncating(count));
}
