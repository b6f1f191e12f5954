using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Kernels;

/// <summary>What a register of leaves says to the steps of their paths: TreeSHAP for one row, leaves of one tree or of several beside each other.</summary>
/// <typeparam name="TLanes">The register.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
internal static unsafe class LeafPathKernel<TLanes, T>
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // The registers of a step: its shares' divisors, three, the next number of its hot sums, hot sums, cold sums. As products,
    // since the compiler does not inline all of what asks further: that took half as long again.
    private const int StepRegisters = 6;

    /// <summary>The numbers that leaves are worked out in.</summary>
    /// <param name="steps">The features of their paths.</param>
    public static int Room(int steps) => (steps + 1 + (StepRegisters * int.Min(steps, PathConstants<T>.MostSteps))) * TLanes.Count;

    private static int StepRoom => StepRegisters * TLanes.Count;

    private static int Next => 3 * TLanes.Count;

    private static int Hot => 4 * TLanes.Count;

    private static int Cold => 5 * TLanes.Count;

    /// <summary>The part of each step of each leaf.</summary>
    /// <param name="leaves">The leaves.</param>
    /// <param name="paths">For each leaf where the weights of its path begin.</param>
    /// <param name="places">For each leaf the place of its first step, then the same for each further step.</param>
    /// <param name="shares">By places, the share of training rows that pass the splits of a path that test the feature; negative where the row does not.</param>
    /// <param name="weights">All weights, those of a path a register apart.</param>
    /// <param name="values">The leaves' values.</param>
    /// <param name="room"><see cref="Room"/> numbers.</param>
    /// <param name="parts">Receives the parts, a register for each step.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in LeafGroup leaves, int* paths, ushort* places, T* shares, T* weights, T* values, T* room, T* parts)
    {
        int steps = leaves.Steps;
        int count = steps + 1;
        SplitPathKernel<TLanes, T>.Gather(count, paths, weights, room);
        for (int step = 0; step < steps; step++)
        {
            TLanes.Gather(shares, places + (step * TLanes.Count)).Store(parts + (step * TLanes.Count));
        }

        int top = TLanes.HasFused && leaves.IsRegular && count <= PathConstants<T>.MostSteps ? PathSumKernel<TLanes, T>.SoundTop(room, count, TLanes.Count) : -1;
        TLanes value = TLanes.Load(values);
        if (top >= 0)
        {
            SoundParts(room, steps, top, value, room + (count * TLanes.Count), parts);
        }
        else
        {
            Parts(room, steps, value, parts);
        }

        if (!leaves.IsRegular)
        {
            Silence(steps, places, shares, parts);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes OnesOf(TLanes share) => TLanes.Choose(TLanes.IsNegative(share), TLanes.Broadcast(T.Zero), TLanes.Broadcast(T.One));

    /// <summary>Makes parts of shares, for any weights.</summary>
    private static void Parts(T* weights, int steps, TLanes value, T* parts)
    {
        for (T* part = parts; part < parts + (steps * TLanes.Count); part += TLanes.Count)
        {
            TLanes share = TLanes.Load(part);
            (TLanes zero, TLanes one) = (TLanes.Magnitude(share), OnesOf(share));
            (PathSumKernel<TLanes, T>.Sum(weights, steps + 1, TLanes.Count, one, zero) * (one - zero) * value).Store(part);
        }
    }

    /// <summary>Makes parts of shares that a <see cref="Divisor{T}"/> takes, for sound weights of at most <see cref="PathConstants{T}.MostSteps"/> steps.</summary>
    /// <remarks>
    /// Every number of a hot sum waits for the one before, so that all steps take one together; and how many steps there are can be
    /// foretold, while how many weights are not 0 cannot. Leaves side by side nearly always need both kinds of sums.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SoundParts(T* weights, int steps, int top, TLanes value, T* room, T* parts)
    {
        T* end = room + (steps * StepRoom);
        TLanes weight = TLanes.Load(weights + (top * TLanes.Count));
        Divisor<T>* shares = PathConstants<T>.ShareDivisors(steps + 1);

        // Behind the last weight that is not 0, a hot sum is 0 and its next number the weight; of a cold one it is a part.
        LaneDivisor<TLanes, T> share = shares[top].For<TLanes>();
        T* part = parts;
        for (T* step = room; step < end; step += StepRoom)
        {
            LaneDivisor<TLanes, T> zero = new(TLanes.Magnitude(TLanes.Load(part)));
            zero.Store(step);
            weight.Store(step + Next);
            TLanes.Broadcast(T.Zero).Store(step + Hot);
            (top < steps ? share.Divide(zero.Divide(weight)) : TLanes.Broadcast(T.Zero)).Store(step + Cold);
            part += TLanes.Count;
        }

        TLanes length = TLanes.Broadcast(T.CreateTruncating(steps + 1));
        for (int i = top - 1; i >= 0; i--)
        {
            ref readonly Divisor<T> number = ref PathConstants<T>.Numbers[i + 1];
            share = shares[i].For<TLanes>();
            weight = TLanes.Load(weights + (i * TLanes.Count));
            if (number.IsPowerOfTwo)
            {
                TLanes factor = number.DividePowerOfTwo(length);
                for (T* step = room; step < end; step += StepRoom)
                {
                    Add(step, TLanes.Load(step + Next) * factor, weight, share);
                }
            }
            else
            {
                LaneDivisor<TLanes, T> divisor = number.For<TLanes>();
                for (T* step = room; step < end; step += StepRoom)
                {
                    Add(step, divisor.Divide(TLanes.Load(step + Next) * length), weight, share);
                }
            }
        }

        part = parts;
        for (T* step = room; step < end; step += StepRoom)
        {
            TLanes marked = TLanes.Load(part);
            TLanes sum = TLanes.Choose(TLanes.IsNegative(marked), TLanes.Load(step + Cold), TLanes.Load(step + Hot));
            (sum * (OnesOf(marked) - TLanes.Magnitude(marked)) * value).Store(part);
            part += TLanes.Count;
        }
    }

    /// <summary>Adds a weight to what a step's sums are so far.</summary>
    /// <param name="step">The step's registers.</param>
    /// <param name="part">What comes to the hot sum.</param>
    /// <param name="weight">The weight.</param>
    /// <param name="share">Its share of the steps.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(T* step, TLanes part, TLanes weight, in LaneDivisor<TLanes, T> share)
    {
        LaneDivisor<TLanes, T> zero = LaneDivisor<TLanes, T>.Load(step);
        (TLanes.Load(step + Hot) + part).Store(step + Hot);
        (weight - (part * zero.Minus * share.Minus)).Store(step + Next);
        (TLanes.Load(step + Cold) + share.Divide(zero.Divide(weight))).Store(step + Cold);
    }

    /// <summary>Makes leaves say nothing to which neither the row nor any training row can come: the specification does not go there.</summary>
    private static void Silence(int steps, ushort* places, T* shares, T* parts)
    {
        TLanes none = TLanes.Broadcast(T.Zero);
        TLanes isSilent = none;
        for (int step = 0; step < steps; step++)
        {
            TLanes share = TLanes.Gather(shares, places + (step * TLanes.Count));
            isSilent = TLanes.Choose(TLanes.Same(share, none), TLanes.Choose(TLanes.IsNegative(share), TLanes.Broadcast(T.One), isSilent), isSilent);
        }

        for (int step = 0; step < steps; step++)
        {
            T* place = parts + (step * TLanes.Count);
            TLanes.Choose(TLanes.Same(isSilent, none), TLanes.Load(place), TLanes.Broadcast(T.NegativeZero)).Store(place);
        }
    }
}

/// <summary>A register of leaves.</summary>
/// <param name="Steps">The features of their paths, at least one.</param>
/// <param name="FirstPlace">Where the places of their steps begin.</param>
/// <param name="IsRegular">Whether all shares have magnitudes from <see cref="Divisor{T}.Least"/> to 1.</param>
internal readonly record struct LeafGroup(int Steps, int FirstPlace, bool IsRegular);
