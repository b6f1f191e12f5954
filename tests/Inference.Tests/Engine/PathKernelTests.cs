using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Inference.Kernels;
using Inference.Tests.Properties;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Engine;

/// <summary>What TreeSHAP's kernels do without dividing has the bits of divisions, and what guards it lets nothing else through.</summary>
public sealed unsafe class PathKernelTests
{
    /// <summary>Weights of every kind, sound and unsound, next to the bounds and beyond: zeros, subnormal numbers, huge ones, infinities, no numbers.</summary>
    [Fact]
    public void Sums_over_paths_have_the_bits_of_divisions() => Law.Holds(
        random =>
        {
            for (int i = 0; i < 50; i++)
            {
                Sums<float>(random, -50, -20);
                Sums<double>(random, -700, -60);
            }
        },
        share: 60);

    /// <summary>The same weights and shares, where paths are extended and steps taken out of them. Zeros may have either sign.</summary>
    [Fact]
    public void Extended_paths_have_the_bits_of_divisions() => Law.Holds(
        random =>
        {
            for (int i = 0; i < 50; i++)
            {
                Extensions<float>(random, -75, -20);
                Extensions<double>(random, -800, -60);
            }
        },
        share: 60);

    private static void Extensions<T>(Random random, int leastWeight, int leastShare)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (LaneWidth.Is128)
        {
            Extensions<Lanes128<T>, T>(random, leastWeight, leastShare);
        }

        if (LaneWidth.Is256)
        {
            Extensions<Lanes256<T>, T>(random, leastWeight, leastShare);
        }

        if (LaneWidth.Is512)
        {
            Extensions<Lanes512<T>, T>(random, leastWeight, leastShare);
        }

        Extensions<LanesScalar<T>, T>(random, leastWeight, leastShare);
    }

    private static void Extensions<TLanes, T>(Random random, int leastWeight, int leastShare)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int lanes = TLanes.Count;
        bool repeats = random.Next(2) == 0;
        int registers = random.Next(1, SplitGroup.MostRegisters + 1);
        int steps = random.Next(repeats ? 2 : 1, PathConstants<T>.MostSteps + 3);
        bool isWild = random.Next(3) == 0;
        T[] marked = [.. Enumerable.Range(0, 3 * registers * lanes).Select(_ => DrawShare<T>(random, leastShare - (isWild ? 2 : 0)))];
        ushort[] places = [.. Enumerable.Range(0, marked.Length).OrderBy(_ => random.Next()).Select(place => (ushort)place)];
        int pathLength = steps * lanes;
        SplitGroup splits = new(registers, steps, repeats, FirstPlace: 0, FirstWeight: registers * pathLength, IsRegular: marked.All(share => T.Abs(share) >= Divisor<T>.Least));
        T[][] paths = [.. Enumerable.Range(0, registers * lanes).Select(_ => DrawWeights<T>(random, steps, leastWeight, isWild))];
        int children = splits.ChildSteps;
        T[] weights = new T[registers * (pathLength + (2 * children * lanes))];
        for (int split = 0; split < paths.Length; split++)
        {
            for (int i = 0; i < steps; i++)
            {
                weights[(split / lanes * pathLength) + (i * lanes) + (split % lanes)] = paths[split][i];
            }
        }

        fixed (int* parents = Enumerable.Range(0, paths.Length).Select(split => (split / lanes * pathLength) + (split % lanes)).ToArray())
        fixed (ushort* placesStart = places)
        fixed (T* all = weights, shares = marked, room = new T[SplitPathKernel<TLanes, T>.Room(steps)])
        {
            SplitPathKernel<TLanes, T>.Run(splits, parents, placesStart, shares, room, all);
        }

        for (int split = 0; split < paths.Length; split++)
        {
            int place = (split / lanes * splits.PlaceRows * lanes) + (split % lanes);
            T[] path = repeats ? Unwound(paths[split], marked[places[place + (2 * lanes)]]) : paths[split];
            for (int side = 0; side < 2; side++)
            {
                T[] expected = Extended(path, marked[places[place + (side * lanes)]]);
                int first = splits.FirstWeight + (((2 * (split / lanes)) + side) * children * lanes) + (split % lanes);
                Compare(Plain(expected), Plain([.. Enumerable.Range(0, children).Select(i => weights[first + (i * lanes)])]), $"{typeof(TLanes).Name}, split {split}, side {side}");
            }
        }
    }

    private static T[] Plain<T>(T[] numbers)
        where T : unmanaged, IFloatingPointIeee754<T> => [.. numbers.Select(number => T.IsZero(number) ? T.Zero : number)];

    /// <summary>A share, negative where the row does not pass.</summary>
    private static T DrawShare<T>(Random random, int least)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T share = random.Next(8) == 0 ? T.One : DivisorTests.Draw<T>(random, least, 0);
        return random.Next(2) == 0 ? share : -share;
    }

    /// <summary>The specification's path with a step more.</summary>
    private static T[] Extended<T>(T[] path, T share)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int depth = path.Length;
        (T zero, T one) = (T.Abs(share), T.IsNegative(share) ? T.Zero : T.One);
        T[] longer = [.. path, T.Zero];
        T length = T.CreateTruncating(depth + 1);
        for (int i = depth - 1; i >= 0; i--)
        {
            longer[i + 1] += one * longer[i] * T.CreateTruncating(i + 1) / length;
            longer[i] = zero * longer[i] * T.CreateTruncating(depth - i) / length;
        }

        return longer;
    }

    /// <summary>The specification's path with a step less.</summary>
    private static T[] Unwound<T>(T[] path, T share)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int depth = path.Length - 1;
        T[] shorter = path[..depth];
        T length = T.CreateTruncating(path.Length);
        T zero = T.Abs(share);
        T next = path[depth];
        for (int i = depth - 1; i >= 0; i--)
        {
            T before = path[i];
            shorter[i] = T.IsNegative(share) ? before * length / (zero * T.CreateTruncating(depth - i)) : next * length / T.CreateTruncating(i + 1);
            next = before - (shorter[i] * zero * T.CreateTruncating(depth - i) / length);
        }

        return shorter;
    }

    private static void Sums<T>(Random random, int leastWeight, int leastShare)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int count = random.Next(2, PathConstants<T>.MostSteps + 3);
        bool isWild = random.Next(3) == 0;

        T[] weights = DrawWeights<T>(random, count, leastWeight, isWild);
        T[] shares = [T.One, .. Enumerable.Range(1, count - 1).Select(_ => random.Next(8) == 0 ? T.One : DivisorTests.Draw<T>(random, leastShare - (isWild ? 2 : 0), 0))];
        T[] ones = [T.One, .. Enumerable.Range(1, count - 1).Select(_ => random.Next(2) == 0 ? T.One : T.Zero)];
        T[] expected = [.. Enumerable.Range(0, count).Select(step => Part(weights, shares[step], ones[step]))];
        if (LaneWidth.Is128)
        {
            Parts<Lanes128<T>, T>(weights, shares, ones, expected);
        }

        if (LaneWidth.Is256)
        {
            Parts<Lanes256<T>, T>(weights, shares, ones, expected);
        }

        if (LaneWidth.Is512)
        {
            Parts<Lanes512<T>, T>(weights, shares, ones, expected);
        }

        Parts<LanesScalar<T>, T>(weights, shares, ones, expected);
    }

    private static T[] DrawWeights<T>(Random random, int count, int least, bool isWild)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Every second path has weights of one size, so that no larger one hides what a small one becomes.
        bool isBand = random.Next(2) == 0;
        int band = random.Next(3) == 0 ? least : typeof(T) == typeof(float) ? random.Next(-148, 125) : random.Next(-1073, 1021);
        int zeros = random.Next(4) == 0 ? random.Next(count) : 0;
        return [.. Enumerable.Range(0, count).Select(i => i >= count - zeros ? T.Zero : Weight())];

        T Weight()
        {
            T size = isBand ? DivisorTests.Draw<T>(random, band, band + 2) : DivisorTests.Draw<T>(random, least, 20);
            size = random.Next(isWild ? 8 : int.MaxValue) switch
            {
                0 => T.Epsilon * T.CreateTruncating(random.Next(1, 1 << 20)),
                1 => T.CreateTruncating(float.MaxValue) * T.CreateTruncating(random.NextDouble()),
                2 => new[] { T.NegativeZero, T.NaN, T.PositiveInfinity, T.Zero }[random.Next(4)],
                _ => size,
            };
            return random.Next(4) == 0 ? -size : size;
        }
    }

    /// <summary>The specification's sum without a step, times what the step says to a leaf of 1.</summary>
    private static T Part<T>(T[] weights, T zero, T one)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int depth = weights.Length - 1;
        T length = T.CreateTruncating(depth + 1);
        T next = weights[depth];
        T total = T.Zero;
        for (int i = depth - 1; i >= 0; i--)
        {
            T share = T.CreateTruncating(depth - i) / length;
            T part = one != T.Zero ? next * length / T.CreateTruncating(i + 1) : weights[i] / zero / share;
            total += part;
            next = weights[i] - (part * zero * share);
        }

        return total * (one - zero);
    }

    private static void Parts<TLanes, T>(T[] weights, T[] shares, T[] ones, T[] expected)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int count = weights.Length;

        // Leaves beside each other: each has the steps at other places.
        int lanes = TLanes.Count;
        T[] wide = [.. weights.SelectMany(weight => Enumerable.Repeat(weight, lanes))];
        T[] marked = [.. shares.Zip(ones, (share, one) => one == T.Zero ? -share : share)];
        int StepOf(int step, int lane) => 1 + ((step + lane) % (count - 1));
        ushort[] places = [.. Enumerable.Range(0, (count - 1) * lanes).Select(i => (ushort)StepOf(i / lanes, i % lanes))];
        T[] found = new T[(count - 1) * lanes];
        LeafGroup leaves = new(count - 1, FirstPlace: 0, IsRegular: shares.All(share => share >= Divisor<T>.Least));
        fixed (int* starts = Enumerable.Range(0, lanes).ToArray())
        fixed (ushort* placesStart = places)
        fixed (T* path = wide, known = marked, values = Enumerable.Repeat(T.One, lanes).ToArray(), room = new T[LeafPathKernel<TLanes, T>.Room(count - 1)], parts = found)
        {
            LeafPathKernel<TLanes, T>.Run(leaves, starts, placesStart, known, path, values, room, parts);
        }

        for (int lane = 0; lane < lanes; lane++)
        {
            T[] wanted = [.. Enumerable.Range(0, count - 1).Select(step => expected[StepOf(step, lane)])];
            Compare(wanted, [.. Enumerable.Range(0, count - 1).Select(step => found[(step * lanes) + lane])], $"{typeof(TLanes).Name}, leaf {lane}");
        }

        // Classes beside each other, all the same.
        int classes = lanes;
        T[] turns = [.. ones.SelectMany(one => Enumerable.Repeat(one, classes))];
        int entries = PartPlaces<T>.Entries(count - 1);
        int stride = PartPlaces<T>.Numbers(entries, count - 1);
        T[] table = new T[classes * stride];
        fixed (T* path = wide, zeros = shares, passed = turns, start = table)
        {
            LeafPartKernel<TLanes, T>.Run(path, passed, zeros, count, T.One, classes, classes, new PartPlaces<T>(start, stride));
        }

        for (int number = 0; number < classes; number++)
        {
            IEnumerable<T> parts = Enumerable.Range(0, count - 1).Select(step =>
                table[(number * stride) + (step / PartPlaces<T>.EntrySteps * PartPlaces<T>.EntryNumbers) + PartPlaces<T>.Head + (step % PartPlaces<T>.EntrySteps)]);
            Compare(expected.AsSpan(1), [.. parts], $"{typeof(TLanes).Name}, class {number}");
        }
    }

    private static void Compare<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> found, string what)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Widening keeps bits apart that were apart.
        double[] wanted = [.. expected.ToArray().Select(double.CreateTruncating)];
        double[] actual = [.. found.ToArray().Select(double.CreateTruncating)];
        Bits.Equal(wanted, actual, what);
    }
}
