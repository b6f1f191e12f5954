using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Kernels;

// Nearly all the time of TreeSHAP goes into these sums: steps^2 of them for each leaf. Both have divisions by numbers that
// do not depend on the row, which Divisor does without dividing. It asks for dividends that are 0 or not small:
//   * the weights are looked at first (AreSound): 0 only at the end of the path, elsewhere a magnitude from LeastWeight to
//     2^20; shares lie from Divisor.Least to 1;
//   * the dividends of ColdSum are then weights, or a weight by a share of at most 1;
//   * those of HotSum are differences of a weight and another number: 0, or by how floating-point numbers are spaced no
//     smaller than the weight by 2 p + 1 binary digits. Where weights are 0, the number taken off is 0, too. In at most
//     32 steps they grow by no more than 2^43.
// Registers with other weights take the divisions, as all do on processors without fused operations.

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
            T* path = weights + first;
            bool isSound = isFused && AreSound(path, count, pitch);
            int filled = int.Min(TLanes.Count, classes - first);
            for (int step = 1; step < count; step++)
            {
                TLanes one = TLanes.Load(ones + ((nint)step * pitch) + first);
                TLanes isCold = TLanes.Same(one, none);
                TLanes sum = none;
                if (TLanes.Any(TLanes.Less(none, one)))
                {
                    sum = isSound ? FusedHotSum(path, count, zeros[step], pitch) : HotSum(path, count, zeros[step], pitch);
                }

                if (TLanes.Any(isCold))
                {
                    TLanes cold = isSound ? FusedColdSum(path, count, shares[step], pitch) : ColdSum(path, count, zeros[step], pitch);
                    sum = TLanes.Choose(isCold, cold, sum);
                }

                (sum * (one - TLanes.Broadcast(zeros[step])) * leaf).Store(lanes);
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

    /// <summary>Whether weights are such that every division below may go by <see cref="Divisor{T}"/>.</summary>
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

    /// <summary>The sum of the weights without a step whose splits are passed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes FusedHotSum(T* weights, int count, T zero, int pitch)
    {
        int depth = count - 1;
        T* shares = PathConstants<T>.Shares(count);
        Divisor<T>* numbers = PathConstants<T>.Numbers;
        TLanes length = TLanes.Broadcast(T.CreateTruncating(count));
        TLanes zeros = TLanes.Broadcast(zero);
        TLanes total = TLanes.Broadcast(T.Zero);
        TLanes next = TLanes.Load(weights + ((nint)depth * pitch));
        for (int i = depth - 1; i >= 0; i--)
        {
            TLanes part = numbers[i + 1].Divide(next * length);
            total += part;
            next = TLanes.Load(weights + ((nint)i * pitch)) - (part * zeros * TLanes.Broadcast(shares[i]));
        }

        return total;
    }

    /// <summary>The sum of the weights without a step whose splits are not passed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes FusedColdSum(T* weights, int count, in Divisor<T> zero, int pitch)
    {
        Divisor<T>* shares = PathConstants<T>.ShareDivisors(count);
        TLanes total = TLanes.Broadcast(T.Zero);
        for (int i = count - 2; i >= 0; i--)
        {
            total += shares[i].Divide(zero.Divide(TLanes.Load(weights + ((nint)i * pitch))));
        }

        return total;
    }

    private static TLanes HotSum(T* weights, int count, T zero, int pitch)
    {
        int depth = count - 1;
        T length = T.CreateTruncating(count);
        TLanes zeros = TLanes.Broadcast(zero);
        TLanes total = TLanes.Broadcast(T.Zero);
        TLanes next = TLanes.Load(weights + ((nint)depth * pitch));
        for (int i = depth - 1; i >= 0; i--)
        {
            TLanes share = TLanes.Broadcast(T.CreateTruncating(depth - i) / length);
            TLanes part = next * TLanes.Broadcast(length) / TLanes.Broadcast(T.CreateTruncating(i + 1));
            total += part;
            next = TLanes.Load(weights + ((nint)i * pitch)) - (part * zeros * share);
        }

        return total;
    }

    private static TLanes ColdSum(T* weights, int count, T zero, int pitch)
    {
        int depth = count - 1;
        T length = T.CreateTruncating(count);
        TLanes zeros = TLanes.Broadcast(zero);
        TLanes total = TLanes.Broadcast(T.Zero);
        for (int i = depth - 1; i >= 0; i--)
        {
            TLanes share = TLanes.Broadcast(T.CreateTruncating(depth - i) / length);
            total += TLanes.Load(weights + ((nint)i * pitch)) / zeros / share;
        }

        return total;
    }
}
