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
    /// <summary>The part of each step of each leaf.</summary>
    /// <param name="leaves">The leaves.</param>
    /// <param name="paths">For each leaf where the weights of its path begin.</param>
    /// <param name="places">For each leaf the place of its first step, then the same for each further step.</param>
    /// <param name="shares">By places, the share of training rows that pass the splits of a path that test the feature; negative where the row does not.</param>
    /// <param name="weights">All weights, those of a path a register apart.</param>
    /// <param name="values">The leaves' values.</param>
    /// <param name="work">Room for the weights of a path.</param>
    /// <param name="parts">Receives the parts, a register for each step.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in LeafGroup leaves, int* paths, ushort* places, T* shares, T* weights, T* values, T* work, T* parts)
    {
        int count = leaves.Steps + 1;
        SplitPathKernel<TLanes, T>.Gather(count, paths, weights, work);
        int top = TLanes.HasFused && leaves.IsRegular && count <= PathConstants<T>.MostSteps ? PathSumKernel<TLanes, T>.SoundTop(work, count, TLanes.Count) : -1;
        TLanes value = TLanes.Load(values);
        T* pair = stackalloc T[2 * TLanes.Count];
        for (int step = 0; step < leaves.Steps; step += 2)
        {
            int other = int.Min(step + 1, leaves.Steps - 1);
            TLanes share = TLanes.Gather(shares, places + (step * TLanes.Count));
            TLanes otherShare = TLanes.Gather(shares, places + (other * TLanes.Count));
            (TLanes zero, TLanes one) = (TLanes.Magnitude(share), OnesOf(share));
            (TLanes otherZero, TLanes otherOne) = (TLanes.Magnitude(otherShare), OnesOf(otherShare));
            PathSumKernel<TLanes, T>.Parts(work, count, TLanes.Count, top, one, zero, otherOne, otherZero, value, pair);
            TLanes.Load(pair).Store(parts + (step * TLanes.Count));
            TLanes.Load(pair + TLanes.Count).Store(parts + (other * TLanes.Count));
        }

        if (!leaves.IsRegular)
        {
            Silence(leaves.Steps, places, shares, parts);
        }
    }

    private static TLanes OnesOf(TLanes share) => TLanes.Choose(TLanes.IsNegative(share), TLanes.Broadcast(T.Zero), TLanes.Broadcast(T.One));

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
/// <param name="FirstPart">Where their parts begin.</param>
/// <param name="IsRegular">Whether all shares have magnitudes from <see cref="Divisor{T}.Least"/> to 1.</param>
internal readonly record struct LeafGroup(int Steps, int FirstPlace, int FirstPart, bool IsRegular);
