using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Kernels;

/// <summary>What a leaf says to each step of its path: <see cref="Forests.TreeShap{TScore}"/>'s sums, for a register of classes at a time.</summary>
/// <typeparam name="TLanes">The register.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
internal static unsafe class LeafPartKernel<TLanes, T>
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>A leaf's part for each step and class.</summary>
    /// <param name="weights">The leaf's path.</param>
    /// <param name="ones">The steps' ones, pitch apart.</param>
    /// <param name="zeros">The steps' shares.</param>
    /// <param name="count">Steps, the first of which is no feature's.</param>
    /// <param name="value">The leaf.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="pitch">Numbers from one step to the next, a multiple of a register's lanes.</param>
    /// <param name="parts">Receives the parts.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Run(T* weights, T* ones, T* zeros, int count, T value, int classes, int pitch, in PartPlaces<T> parts)
    {
        TLanes leaf = TLanes.Broadcast(value);
        T* lanes = stackalloc T[2 * TLanes.Count];
        bool isFused = TLanes.HasFused && count <= PathConstants<T>.MostSteps && MayDivide(zeros, count);
        for (int first = 0; first < classes; first += TLanes.Count)
        {
            T* path = weights + first;
            int top = isFused ? PathSumKernel<TLanes, T>.SoundTop(path, count, pitch) : -1;
            int filled = int.Min(TLanes.Count, classes - first);
            for (int step = 1; step < count; step += 2)
            {
                int other = int.Min(step + 1, count - 1);
                TLanes zero = TLanes.Broadcast(zeros[step]);
                TLanes one = TLanes.Load(ones + ((nint)step * pitch) + first);
                TLanes otherZero = TLanes.Broadcast(zeros[other]);
                TLanes otherOne = TLanes.Load(ones + ((nint)other * pitch) + first);
                PathSumKernel<TLanes, T>.Parts(path, count, pitch, top, one, zero, otherOne, otherZero, leaf, lanes);
                parts.Store(lanes, filled, first, step);
                parts.Store(lanes + TLanes.Count, filled, first, other);
            }
        }
    }

    private static bool MayDivide(T* zeros, int count)
    {
        for (int step = 1; step < count; step++)
        {
            if (!Divisor<T>.TakesShare(zeros[step]))
            {
                return false;
            }
        }

        return true;
    }
}
