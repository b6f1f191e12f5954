using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Kernels;

// What TreeSHAP sums for a leaf and a step of its path: the weights that the path would have without the step, for a register
// of classes of rows (LeafPartKernel: all have the step in common) or of leaves (LeafPathKernel: each has a step of its own).
// Nearly all the time of TreeSHAP goes into these sums: steps^2 of them for each leaf. Both have divisions by numbers that do
// not depend on the row, which Divisor does without dividing. It asks for dividends that are 0 or not small:
//   * the weights are looked at first: 0 only at the end of the path, elsewhere a magnitude from LeastWeight to MostWeight;
//     shares lie from Divisor.Least to 1;
//   * the dividends of cold sums are then weights, or a weight by a share of at most 1;
//   * those of hot sums are differences of a weight and another number: 0, or by how floating-point numbers are spaced no
//     smaller than the weight by p + 1 binary digits. Where weights are 0, the number taken off is 0, too. In at most
//     32 steps they grow by no more than 2^43.
// Registers with other weights take the divisions, as all do on processors without fused operations.

/// <summary>The sums of paths' weights without one of their steps: <see cref="Forests.TreeShap{TScore}"/>'s, with its operations in its order.</summary>
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

    /// <summary>What leaves say to two steps of their paths.</summary>
    /// <param name="weights">The paths' weights.</param>
    /// <param name="count">Their steps.</param>
    /// <param name="pitch">Numbers from one step to the next.</param>
    /// <param name="top">What <see cref="SoundTop"/> says, or -1 where a share is none that a <see cref="Divisor{T}"/> takes.</param>
    /// <param name="one">The first step's ones.</param>
    /// <param name="zero">Its shares.</param>
    /// <param name="otherOne">The second step's ones.</param>
    /// <param name="otherZero">Its shares.</param>
    /// <param name="value">The leaves' values.</param>
    /// <param name="parts">Receives the first step's parts, then the second's.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Parts(T* weights, int count, int pitch, int top, TLanes one, TLanes zero, TLanes otherOne, TLanes otherZero, TLanes value, T* parts)
    {
        if (top >= 0)
        {
            SoundSums(weights, count, pitch, top, one, zero, otherOne, otherZero, parts);
        }
        else
        {
            Sum(weights, count, pitch, one, zero).Store(parts);
            Sum(weights, count, pitch, otherOne, otherZero).Store(parts + TLanes.Count);
        }

        (TLanes.Load(parts) * (one - zero) * value).Store(parts);
        (TLanes.Load(parts + TLanes.Count) * (otherOne - otherZero) * value).Store(parts + TLanes.Count);
    }

    /// <summary>The sums without a step, for any weights.</summary>
    /// <param name="weights">The paths' weights.</param>
    /// <param name="count">Their steps.</param>
    /// <param name="pitch">Numbers from one step to the next.</param>
    /// <param name="one">The step's ones.</param>
    /// <param name="zero">The step's shares.</param>
    private static TLanes Sum(T* weights, int count, int pitch, TLanes one, TLanes zero)
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

    /// <summary>
    /// The sums without each of two steps, for sound weights of at most <see cref="PathConstants{T}.MostSteps"/> steps and shares
    /// that a <see cref="Divisor{T}"/> takes. Two, because every number of a hot sum waits for the one before.
    /// </summary>
    /// <param name="weights">The paths' weights.</param>
    /// <param name="count">Their steps.</param>
    /// <param name="pitch">Numbers from one step to the next.</param>
    /// <param name="top">What <see cref="SoundTop"/> says: what would come of the zeros behind it is 0.</param>
    /// <param name="one">The first step's ones.</param>
    /// <param name="zero">Its shares.</param>
    /// <param name="otherOne">The second step's ones.</param>
    /// <param name="otherZero">Its shares.</param>
    /// <param name="sums">Receives the first step's sums, then the second's.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SoundSums(T* weights, int count, int pitch, int top, TLanes one, TLanes zero, TLanes otherOne, TLanes otherZero, T* sums)
    {
        TLanes none = TLanes.Broadcast(T.Zero);
        TLanes sum = none;
        TLanes otherSum = none;
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
                next = weight - (part * zero * share);
                otherNext = weight - (otherPart * otherZero * share);
            }
        }

        TLanes isCold = TLanes.Same(one, none);
        TLanes isOtherCold = TLanes.Same(otherOne, none);
        if (TLanes.Any(isCold) || TLanes.Any(isOtherCold))
        {
            Divisor<T>* shares = PathConstants<T>.ShareDivisors(count);
            LaneDivisor<TLanes, T> divisor = new(zero);
            LaneDivisor<TLanes, T> otherDivisor = new(otherZero);
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
