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
    /// <summary>The least weight but 0 that <see cref="AreSound"/> takes.</summary>
    public static T LeastWeight => Divisor<T>.PowerOfTwo(typeof(T) == typeof(float) ? -50 : -700);

    /// <summary>The largest.</summary>
    public static T MostWeight => T.CreateTruncating(1 << 20);

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
        TLanes none = TLanes.Broadcast(T.Zero);
        TLanes leaf = TLanes.Broadcast(value);
        T* lanes = stackalloc T[TLanes.Count];
        Divisor<T>* shares = stackalloc Divisor<T>[PathConstants<T>.MostSteps];
        bool isFused = TLanes.HasFused && count <= PathConstants<T>.MostSteps && TryDivisors(zeros, count, shares);
        for (int first = 0; first < classes; first += TLanes.Count)
        {
            bool isSound = isFused && AreSound(weights + first, count, pitch);
            ClassWeights path = new(weights + first, pitch);
            int filled = int.Min(TLanes.Count, classes - first);
            for (int step = 1; step < count; step++)
            {
                TLanes one = TLanes.Load(ones + ((nint)step * pitch) + first);
                TLanes zero = TLanes.Broadcast(zeros[step]);
                TLanes isCold = TLanes.Same(one, none);
                TLanes sum = none;
                if (TLanes.Any(TLanes.Less(none, one)))
                {
                    sum = isSound ? PathSumKernel<TLanes, T, ClassWeights>.FusedHot(path, count, zero) : PathSumKernel<TLanes, T, ClassWeights>.Hot(path, count, zero);
                }

                if (TLanes.Any(isCold))
                {
                    TLanes cold = isSound
                        ? PathSumKernel<TLanes, T, ClassWeights>.FusedCold(path, count, shares[step].For<TLanes>())
                        : PathSumKernel<TLanes, T, ClassWeights>.Cold(path, count, zero);
                    sum = TLanes.Choose(isCold, cold, sum);
                }

                (sum * (one - zero) * leaf).Store(lanes);
                parts.Store(lanes, filled, first, step);
            }
        }
    }

    private static bool TryDivisors(T* zeros, int count, Divisor<T>* divisors)
    {
        for (int step = 1; step < count; step++)
        {
            if (!(zeros[step] >= Divisor<T>.Least && zeros[step] <= T.One))
            {
                return false;
            }

            divisors[step] = new Divisor<T>(zeros[step]);
        }

        return true;
    }

    /// <summary>Whether weights are such that every division may go by <see cref="Divisor{T}"/>: see <see cref="PathSumKernel{TLanes, T, TWeights}"/>.</summary>
    public static bool AreSound(T* weights, int count, int pitch)
    {
        TLanes yes = TLanes.Broadcast(T.One);
        TLanes no = TLanes.Broadcast(T.Zero);
        TLanes least = TLanes.Broadcast(LeastWeight);
        TLanes most = TLanes.Broadcast(MostWeight);
        TLanes mayBeNone = yes;
        TLanes isSound = yes;
        for (int i = count - 1; i >= 0; i--)
        {
            TLanes weight = TLanes.Load(weights + ((nint)i * pitch));
            TLanes size = TLanes.Magnitude(weight);
            TLanes isNone = TLanes.Choose(TLanes.IsPositiveZero(weight), mayBeNone, no);
            isSound = TLanes.Choose(TLanes.LessOrEqual(least, size), TLanes.Choose(TLanes.LessOrEqual(size, most), isSound, no), TLanes.Choose(TLanes.Less(no, isNone), isSound, no));
            mayBeNone = isNone;
        }

        return !TLanes.Any(TLanes.Same(isSound, no));
    }

    /// <summary>Each class's weights, pitch apart.</summary>
    private readonly struct ClassWeights(T* weights, int pitch) : IPathWeights<TLanes>
    {
        public TLanes this[int place]
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => TLanes.Load(weights + ((nint)place * pitch));
        }
    }
}
