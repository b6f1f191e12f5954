using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Kernels;

// TreeSHAP for one row: what lies beside each other in a register are splits, of one tree or of several, whose paths have as
// many steps. Every lane does the operations of Forests.TreeShap in its order, for both children at once. The weights of one
// path lie a register apart.
//
// Divisor divides numbers that are 0 or not small. Weights and what else is divided are looked at on the way: at least 2^-75
// (double: 2^-800), and shares are at least 2^-20 (2^-60), so that no dividend is below 2^-95 (2^-860); at most 2^40, and
// steps are at most 32, so that none is above 2^80. Registers where that does not hold are worked out again by divisions.
// A zero may lose its minus. Nothing is divided by a weight and sums begin with +0, so that no part can tell.

/// <summary>Extends the paths of a register of splits to their children.</summary>
/// <typeparam name="TLanes">The register.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
internal static unsafe class SplitPathKernel<TLanes, T>
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The least magnitude but 0 of a weight or dividend for which all quotients may go by <see cref="Divisor{T}"/>.</summary>
    private static T LeastNumber => Divisor<T>.PowerOfTwo(typeof(T) == typeof(float) ? -75 : -800);

    /// <summary>The largest.</summary>
    private static T MostNumber => Divisor<T>.PowerOfTwo(40);

    /// <summary>The numbers that splits are worked out in.</summary>
    /// <param name="steps">The steps of their paths, the first one counted.</param>
    public static int Room(int steps) => SplitGroup.MostRegisters * (steps + StateRegisters) * TLanes.Count;

    /// <summary>Behind a path's weights stand what is known of the step that is taken out, and the next number of the way to do it.</summary>
    private const int StateRegisters = 2;

    /// <summary>Writes the weights of both children of each split.</summary>
    /// <param name="splits">The splits.</param>
    /// <param name="parents">For each split where the weights of its path begin.</param>
    /// <param name="places">For each register's splits the places of the left children, then of the right ones, and where the splits repeat a feature the places where the paths last tested it.</param>
    /// <param name="shares">By places, the share of training rows that pass the splits of a path that test the feature; negative where the row does not.</param>
    /// <param name="room"><see cref="Room"/> numbers.</param>
    /// <param name="weights">All weights.</param>
    public static void Run(in SplitGroup splits, int* parents, ushort* places, T* shares, T* room, T* weights)
    {
        bool isFused = TLanes.HasFused && splits.IsRegular && splits.Steps < PathConstants<T>.MostSteps;
        if (!isFused || !TryExtendFused(splits, parents, places, shares, room, weights))
        {
            for (int register = 0; register < splits.Registers; register++)
            {
                T* children = weights + splits.FirstWeight + (register * 2 * splits.ChildSteps * TLanes.Count);
                Extend(splits, parents + (register * TLanes.Count), places + (register * splits.PlaceRows * TLanes.Count), shares, room, weights, children);
            }
        }
    }

    /// <summary>Brings the weights of paths side by side.</summary>
    /// <param name="steps">The steps of the paths.</param>
    /// <param name="starts">Where each path's weights begin.</param>
    /// <param name="weights">All weights.</param>
    /// <param name="path">Receives those of the paths.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gather(int steps, int* starts, T* weights, T* path)
    {
        for (int i = 0; i < steps; i++)
        {
            TLanes.Gather(weights + (i * TLanes.Count), starts).Store(path + (i * TLanes.Count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Extend(in SplitGroup splits, int* parents, ushort* places, T* shares, T* path, T* weights, T* children)
    {
        int depth = splits.Steps;
        Gather(depth, parents, weights, path);
        if (splits.Repeats)
        {
            depth--;
            Unwind(TLanes.Gather(shares, places + (2 * TLanes.Count)), depth, path);
        }

        TLanes none = TLanes.Broadcast(T.Zero);
        TLanes length = Number(depth + 1);
        for (int side = 0; side < 2; side++)
        {
            TLanes share = TLanes.Gather(shares, places + (side * TLanes.Count));
            TLanes zero = TLanes.Magnitude(share);
            TLanes one = TLanes.Choose(TLanes.IsNegative(share), none, TLanes.Broadcast(T.One));
            T* child = children + (side * (depth + 1) * TLanes.Count);
            TLanes above = none;
            for (int i = depth - 1; i >= 0; i--)
            {
                TLanes weight = TLanes.Load(path + (i * TLanes.Count));
                (above + (one * weight * Number(i + 1) / length)).Store(child + ((i + 1) * TLanes.Count));
                above = zero * weight * Number(depth - i) / length;
            }

            above.Store(child);
        }
    }

    /// <summary>Takes a step out of paths.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Unwind(TLanes share, int depth, T* path)
    {
        TLanes zero = TLanes.Magnitude(share);
        TLanes isCold = TLanes.IsNegative(share);
        TLanes length = Number(depth + 1);
        TLanes next = TLanes.Load(path + (depth * TLanes.Count));
        for (int i = depth - 1; i >= 0; i--)
        {
            TLanes before = TLanes.Load(path + (i * TLanes.Count));
            TLanes hot = next * length / Number(i + 1);
            TLanes cold = before * length / (zero * Number(depth - i));
            next = before - (hot * zero * Number(depth - i) / length);
            TLanes.Choose(isCold, cold, hot).Store(path + (i * TLanes.Count));
        }
    }

    /// <summary>The same by <see cref="Divisor{T}"/>. False where a number comes that it does not divide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryExtendFused(in SplitGroup splits, int* parents, ushort* places, T* shares, T* room, T* weights)
    {
        int depth = splits.Steps;
        int pathRoom = (depth + StateRegisters) * TLanes.Count;
        T* end = room + (splits.Registers * pathRoom);
        for (T* path = room; path < end; path += pathRoom)
        {
            Gather(depth, parents, weights, path);
            parents += TLanes.Count;
        }

        TLanes least = TLanes.Broadcast(T.One);
        TLanes most = least;
        if (splits.Repeats)
        {
            UnwindFused(splits, places + (2 * TLanes.Count), shares, room, end, pathRoom, ref least, ref most);
            depth--;
        }

        TLanes none = TLanes.Broadcast(T.Zero);
        LaneDivisor<TLanes, T> length = PathConstants<T>.Numbers[depth + 1].For<TLanes>();
        T* child = weights + splits.FirstWeight;
        int childRoom = (depth + 1) * TLanes.Count;
        for (T* path = room; path < end; path += pathRoom)
        {
            TLanes left = TLanes.Gather(shares, places);
            TLanes right = TLanes.Gather(shares, places + TLanes.Count);
            TLanes isLeftCold = TLanes.IsNegative(left);
            TLanes isRightCold = TLanes.IsNegative(right);
            (left, right) = (TLanes.Magnitude(left), TLanes.Magnitude(right));
            TLanes aboveLeft = none;
            TLanes aboveRight = none;
            for (int i = depth - 1; i >= 0; i--)
            {
                // Where the row does not pass, the specification adds a quotient of 0.
                TLanes weight = TLanes.Load(path + (i * TLanes.Count));
                TLanes rise = length.Divide(weight * Number(i + 1));
                TLanes rest = Number(depth - i);
                T* place = child + ((i + 1) * TLanes.Count);
                (aboveLeft + TLanes.Choose(isLeftCold, none, rise)).Store(place);
                (aboveRight + TLanes.Choose(isRightCold, none, rise)).Store(place + childRoom);
                aboveLeft = length.Divide(left * weight * rest);
                aboveRight = length.Divide(right * weight * rest);
                (least, most) = (TLanes.LeastSize(least, weight), TLanes.MostSize(most, weight));
            }

            aboveLeft.Store(child);
            aboveRight.Store(child + childRoom);
            child += 2 * childRoom;
            places += splits.PlaceRows * TLanes.Count;
        }

        // Nothing is within bounds that is NaN.
        TLanes isWithin = TLanes.Choose(TLanes.LessOrEqual(most, TLanes.Broadcast(MostNumber)), TLanes.Broadcast(T.One), none);
        isWithin = TLanes.Choose(TLanes.LessOrEqual(TLanes.Broadcast(LeastNumber), least), isWithin, none);
        return !TLanes.Any(TLanes.Same(isWithin, none));
    }

    /// <summary>Takes a step out of paths, of all registers together: every number waits for the one before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void UnwindFused(in SplitGroup splits, ushort* places, T* shares, T* room, T* end, int pathRoom, ref TLanes least, ref TLanes most)
    {
        int depth = splits.Steps - 1;
        int known = (depth + 1) * TLanes.Count;
        int next = known + TLanes.Count;
        for (T* path = room; path < end; path += pathRoom)
        {
            TLanes.Gather(shares, places).Store(path + known);
            TLanes.Load(path + (depth * TLanes.Count)).Store(path + next);
            places += splits.PlaceRows * TLanes.Count;
        }

        LaneDivisor<TLanes, T> count = PathConstants<T>.Numbers[depth + 1].For<TLanes>();
        TLanes steps = Number(depth + 1);
        TLanes smallest = least;
        TLanes largest = most;
        for (int i = depth - 1; i >= 0; i--)
        {
            TLanes rest = Number(depth - i);
            LaneDivisor<TLanes, T> number = PathConstants<T>.Numbers[i + 1].For<TLanes>();
            for (T* path = room; path < end; path += pathRoom)
            {
                TLanes share = TLanes.Load(path + known);
                TLanes zero = TLanes.Magnitude(share);
                TLanes before = TLanes.Load(path + (i * TLanes.Count));
                TLanes whole = TLanes.Load(path + next) * steps;
                TLanes hot = number.Divide(whole);
                TLanes cold = before * steps / (zero * rest);
                TLanes part = hot * zero * rest;
                (before - count.Divide(part)).Store(path + next);
                TLanes.Choose(TLanes.IsNegative(share), cold, hot).Store(path + (i * TLanes.Count));

                // What a cold path would have been divided into is of no use, but does no harm either.
                smallest = TLanes.LeastSize(TLanes.LeastSize(smallest, whole), part);
                largest = TLanes.MostSize(TLanes.MostSize(largest, whole), part);
            }
        }

        (least, most) = (smallest, largest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Number(int count) => TLanes.Broadcast(T.CreateTruncating(count));
}

/// <summary>Some registers of splits, none of which is below another one.</summary>
/// <param name="Registers">How many, at most <see cref="MostRegisters"/>.</param>
/// <param name="Steps">The steps of their paths, the first one counted.</param>
/// <param name="Repeats">Whether each tests a feature that its path has tested before.</param>
/// <param name="FirstPlace">Where the places of their children begin.</param>
/// <param name="FirstWeight">Where the children's weights begin: a register's left ones, behind them its right ones.</param>
/// <param name="IsRegular">Whether all shares have magnitudes from <see cref="Divisor{T}.Least"/> to 1.</param>
internal readonly record struct SplitGroup(int Registers, int Steps, bool Repeats, int FirstPlace, int FirstWeight, bool IsRegular)
{
    /// <summary>Enough to keep a processor busy while each waits.</summary>
    public const int MostRegisters = 4;

    /// <summary>The steps of the children's paths, the first one counted.</summary>
    public int ChildSteps => Steps + (Repeats ? 0 : 1);

    /// <summary>The places for each split.</summary>
    public int PlaceRows => Repeats ? 3 : 2;
}
