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
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Run(T* weights, T* ones, T* zeros, int count, T value, int classes, int pitch, in PartPlaces<T> parts)
    {
        TLanes leaf = TLanes.Broadcast(value);
        T* sums = stackalloc T[2 * TLanes.Count];
        Divisor<T>* divisors = stackalloc Divisor<T>[PathConstants<T>.MostSteps];
        bool isFused = TLanes.HasFused && count <= PathConstants<T>.MostSteps && TryDivisors(zeros, count, divisors);
        for (int first = 0; first < classes; first += TLanes.Count)
        {
            T* path = weights + first;
            int top = isFused ? PathSumKernel<TLanes, T>.SoundTop(path, count, pitch) : -1;
            int filled = int.Min(TLanes.Count, classes - first);
            for (int step = 1; step < count; step += 2)
            {
                int other = int.Min(step + 1, count - 1);
                TLanes one = TLanes.Load(ones + ((nint)step * pitch) + first);
                TLanes otherOne = TLanes.Load(ones + ((nint)other * pitch) + first);
                TLanes zero = TLanes.Broadcast(zeros[step]);
                TLanes otherZero = TLanes.Broadcast(zeros[other]);
                if (top >= 0)
                {
                    SoundSums(path, count, pitch, top, one, divisors[step], otherOne, divisors[other], sums);
                }
                else
                {
                    PathSumKernel<TLanes, T>.Sum(path, count, pitch, one, zero).Store(sums);
                    PathSumKernel<TLanes, T>.Sum(path, count, pitch, otherOne, otherZero).Store(sums + TLanes.Count);
                }

                (TLanes.Load(sums) * (one - zero) * leaf).Store(sums);
                (TLanes.Load(sums + TLanes.Count) * (otherOne - otherZero) * leaf).Store(sums + TLanes.Count);
                parts.Store(sums, filled, first, step);
                parts.Store(sums + TLanes.Count, filled, first, other);
            }
        }
    }

    private static bool TryDivisors(T* zeros, int count, Divisor<T>* divisors)
    {
        for (int step = 1; step < count; step++)
        {
            if (!Divisor<T>.TakesShare(zeros[step]))
            {
                return false;
            }

            divisors[step] = new(zeros[step]);
        }

        return true;
    }

    /// <summary>
    /// The sums without each of two steps, for sound weights. Two, because every number of a hot sum waits for the one before. Neighbouring
    /// classes differ in the last splits of a path only, so that there is often one kind of sum to work out.
    /// </summary>
    /// <param name="weights">The classes' weights.</param>
    /// <param name="count">Their steps.</param>
    /// <param name="pitch">Numbers from one step to the next.</param>
    /// <param name="top">What <see cref="PathSumKernel{TLanes, T}.SoundTop"/> says: what would come of the zeros behind it is 0.</param>
    /// <param name="one">The first step's ones.</param>
    /// <param name="zero">Its share.</param>
    /// <param name="otherOne">The second step's ones.</param>
    /// <param name="otherZero">Its share.</param>
    /// <param name="sums">Receives the first step's sums, then the second's.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SoundSums(T* weights, int count, int pitch, int top, TLanes one, in Divisor<T> zero, TLanes otherOne, in Divisor<T> otherZero, T* sums)
    {
        TLanes none = TLanes.Broadcast(T.Zero);
        TLanes sum = none;
        TLanes otherSum = none;
        LaneDivisor<TLanes, T> divisor = zero.For<TLanes>();
        LaneDivisor<TLanes, T> otherDivisor = otherZero.For<TLanes>();
        if (TLanes.Any(TLanes.Less(none, one)) || TLanes.Any(TLanes.Less(none, otherOne)))
        {
            T* shares = PathConstants<T>.Shares(count);
            Divisor<T>* numbers = PathConstants<T>.Numbers;
            TLanes length = TLanes.Broadcast(T.CreateTruncating(count));
            TLanes next = TLanes.Load(weights + ((nint)top * pitch));
            TLanes otherNext = next;
            for (int i = top - 1; i >= 0; i--)
            {
                ref readonly Divisor<T> number = ref numbers[i + 1];
                (TLanes part, TLanes otherPart) = (next * length, otherNext * length);
                if ((i & (i + 1)) == 0)
                {
                    (part, otherPart) = (number.DividePowerOfTwo(part), number.DividePowerOfTwo(otherPart));
                }
                else
                {
                    LaneDivisor<TLanes, T> divisorOfNumber = number.For<TLanes>();
                    (part, otherPart) = (divisorOfNumber.Divide(part), divisorOfNumber.Divide(otherPart));
                }

                TLanes share = TLanes.Broadcast(shares[i]);
                TLanes weight = TLanes.Load(weights + ((nint)i * pitch));
                sum += part;
                otherSum += otherPart;
                next = weight + (part * divisor.Minus * share);
                otherNext = weight + (otherPart * otherDivisor.Minus * share);
            }
        }

        TLanes isCold = TLanes.Same(one, none);
        TLanes isOtherCold = TLanes.Same(otherOne, none);
        if (TLanes.Any(isCold) || TLanes.Any(isOtherCold))
        {
            Divisor<T>* shares = PathConstants<T>.ShareDivisors(count);
            TLanes cold = none;
            TLanes otherCold = none;
            for (int i = int.Min(top, count - 2); i >= 0; i--)
            {
                LaneDivisor<TLanes, T> share = shares[i].For<TLanes>();
                TLanes weight = TLanes.Load(weights + ((nint)i * pitch));
                cold += share.Divide(divisor.Divide(weight));
                otherCold += share.Divide(otherDivisor.Divide(weight));
            }

            sum = TLanes.Choose(isCold, cold, sum);
            otherSum = TLanes.Choose(isOtherCold, otherCold, otherSum);
        }

        sum.Store(sums);
        otherSum.Store(sums + TLanes.Count);
    }
}
