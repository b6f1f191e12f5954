using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

// A row's sums of a tree, one for each feature that it tests, stay in registers: a permutation brings each of a visit's parts under its
// sum and +0 under the others, which leaves them as they are: a sum begins with +0, and none is -0 then. What says where the parts
// go is a few bits for each lane and register, those of some registers in 16 bits: it has to come from memory, as have the parts.

/// <summary>Adds the parts of one leaf after the other to a row's sums.</summary>
internal static unsafe class PartVisitKernel
{
    /// <summary>The most parts of a visit: of doubles they take a cache line.</summary>
    public const int MostParts = 8;

    /// <summary>The sums that go with a tree's: what a visit lacks of eight parts goes there where registers do not hold the sums.</summary>
    public const int Spare = MostParts;

    // The number of a lane that has one of a visit's parts, or of one that has +0.
    private const int PlaceBits = 4;

    // What says where parts go takes as much for each round as it does at once where registers do not hold the sums, or twice that.
    private const int MostRounds = 2;

    /// <summary>The numbers that a visit's parts take in a table. Few floats do with four, so that more tables have room; doubles take a line, or a register of them would lie on two.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parts">The parts.</param>
    public static int RoomOf<T>(int parts)
        where T : unmanaged => parts <= MostParts / 2 && sizeof(T) == sizeof(float) ? MostParts / 2 : MostParts;

    /// <summary>The times that all visits are gone through, each for as many sums as registers take; once where there are no such registers, or too many sums.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="sums">The tree's sums.</param>
    public static int Rounds<T>(int sums)
        where T : unmanaged => AreInRegisters<T>(sums) ? (sums + RoundSums<T>() - 1) / RoundSums<T>() : 1;

    /// <summary>The numbers that the sums of a tree or of any smaller one take, with what goes with them.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="sums">The tree's sums.</param>
    public static int Room<T>(int sums)
        where T : unmanaged => Spare + (AreInRegisters<T>(sums) ? Rounds<T>(sums) * RoundSums<T>() : sums);

    /// <summary>What says where a visit's parts go in one round.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="sums">The tree's sums.</param>
    public static int Places<T>(int sums)
        where T : unmanaged => AreInRegisters<T>(sums) ? Vector512<T>.Count : MostParts;

    /// <summary>Says where a visit's parts go.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="slots">The sum of each part.</param>
    /// <param name="sums">The tree's sums.</param>
    /// <param name="round">The round.</param>
    /// <param name="places">Receives it, <see cref="Places{T}"/>.</param>
    public static void Describe<T>(ReadOnlySpan<ushort> slots, int sums, int round, Span<ushort> places)
        where T : unmanaged
    {
        if (!AreInRegisters<T>(sums))
        {
            for (int i = 0; i < places.Length; i++)
            {
                places[i] = (ushort)(i < slots.Length ? Spare + slots[i] : i);
            }

            return;
        }

        // To begin with, no lane of any register has a part.
        places.Fill(0x1111 * MostParts);
        for (int part = 0; part < slots.Length; part++)
        {
            int sum = slots[part] - (round * RoundSums<T>());
            if (sum >= 0 && sum < RoundSums<T>())
            {
                places[sum % Vector512<T>.Count] ^= (ushort)((MostParts ^ part) << (sum / Vector512<T>.Count * PlaceBits));
            }
        }
    }

    /// <summary>Asks for a visit's parts before they are needed, on x86.</summary>
    /// <param name="parts">Their address.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(nint parts)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0((void*)parts);
        }
    }

    /// <summary>Adds visits' parts to sums.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="visits">The visits, in the row's order.</param>
    /// <param name="count">How many.</param>
    /// <param name="places">Where the parts of each go, for all visits of the first round, then for those of the next one.</param>
    /// <param name="features">The feature of each of the tree's sums.</param>
    /// <param name="sums">The tree's sums.</param>
    /// <param name="before">What the sums are to begin with, by features; null for zeros.</param>
    /// <param name="values">Receives the sums, behind <see cref="Spare"/> others; <see cref="Room{T}"/> numbers.</param>
    public static void Add<T>(PartVisit<T>* visits, int count, ushort* places, int* features, int sums, T* before, T* values)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (!AreInRegisters<T>(sums))
        {
            for (int i = 0; i < sums; i++)
            {
                values[Spare + i] = before == null ? T.Zero : before[features[i]];
            }

            Walk(visits, count, places, values);
            return;
        }

        values += Spare;
        for (int left = sums; left > 0; left -= RoundSums<T>())
        {
            if (left <= 2 * Vector512<T>.Count)
            {
                AddTwo(visits, count, places, features, left, before, values);
            }
            else
            {
                AddFour(visits, count, places, features, left, before, values);
            }

            places += count * Vector512<T>.Count;
            features += RoundSums<T>();
            values += RoundSums<T>();
        }
    }

    private static bool AreInRegisters<T>(int sums)
        where T : unmanaged => Vector512.IsHardwareAccelerated && sums <= MostRounds * RoundSums<T>();

    private static int RoundSums<T>()
        where T : unmanaged => 16 / PlaceBits * Vector512<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Walk<T>(PartVisit<T>* visits, int count, ushort* places, T* values)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (PartVisit<T>* visit = visits; visit < visits + count; visit++)
        {
            // All eight: how many parts the next visit has cannot be foretold.
            ushort* slot = places + (visit->Number * MostParts);
            T* part = visit->Parts;
            values[slot[0]] += part[0];
            values[slot[1]] += part[1];
            values[slot[2]] += part[2];
            values[slot[3]] += part[3];
            values[slot[4]] += part[4];
            values[slot[5]] += part[5];
            values[slot[6]] += part[6];
            values[slot[7]] += part[7];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddTwo<T>(PartVisit<T>* visits, int count, ushort* places, int* features, int sums, T* before, T* values)
        where T : unmanaged
    {
        Vector512<T> first = Begin(0, features, sums, before), second = Begin(1, features, sums, before);
        for (PartVisit<T>* visit = visits; visit < visits + count; visit++)
        {
            Vector512<T> parts = Parts(visit->Parts);
            Vector512<T> lanes = Lanes<T>(places + (visit->Number * Vector512<T>.Count));
            first += Pick(parts, lanes);
            second += Pick(parts, Next(lanes));
        }

        first.Store(values);
        second.Store(values + Vector512<T>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddFour<T>(PartVisit<T>* visits, int count, ushort* places, int* features, int sums, T* before, T* values)
        where T : unmanaged
    {
        Vector512<T> first = Begin(0, features, sums, before), second = Begin(1, features, sums, before);
        Vector512<T> third = Begin(2, features, sums, before), fourth = Begin(3, features, sums, before);
        for (PartVisit<T>* visit = visits; visit < visits + count; visit++)
        {
            Vector512<T> parts = Parts(visit->Parts);
            Vector512<T> lanes = Lanes<T>(places + (visit->Number * Vector512<T>.Count));
            first += Pick(parts, lanes);
            lanes = Next(lanes);
            second += Pick(parts, lanes);
            lanes = Next(lanes);
            third += Pick(parts, lanes);
            fourth += Pick(parts, Next(lanes));
        }

        first.Store(values);
        second.Store(values + Vector512<T>.Count);
        third.Store(values + (2 * Vector512<T>.Count));
        fourth.Store(values + (3 * Vector512<T>.Count));
    }

    /// <summary>What a register of sums begins with.</summary>
    /// <remarks>Number by number: written to memory and read as a register, they would have to wait until all that came before has ended.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Begin<T>(int register, int* features, int sums, T* before)
        where T : unmanaged
    {
        int first = register * Vector512<T>.Count;
        int last = sums - 1;
        if (before == null || first > last)
        {
            return Vector512<T>.Zero;
        }

        // Lanes behind the last sum have no part of any visit, and nobody asks for them.
        T* At(int lane) => before + features[Math.Min(first + lane, last)];

        if (sizeof(T) == sizeof(double))
        {
            double D(int lane) => *(double*)At(lane);
            return Vector512.Create(D(0), D(1), D(2), D(3), D(4), D(5), D(6), D(7)).As<double, T>();
        }

        float F(int lane) => *(float*)At(lane);
        return Vector512.Create(F(0), F(1), F(2), F(3), F(4), F(5), F(6), F(7), F(8), F(9), F(10), F(11), F(12), F(13), F(14), F(15)).As<float, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Parts<T>(T* parts)
        where T : unmanaged => sizeof(T) == sizeof(float) ? Vector256.Load(parts).ToVector512() : Vector512.Load(parts);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Lanes<T>(ushort* places)
        where T : unmanaged => sizeof(T) == sizeof(float)
            ? Avx512F.ConvertToVector512Int32(Vector256.Load(places)).As<int, T>()
            : Avx512F.ConvertToVector512Int64(Vector128.Load(places)).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Next<T>(Vector512<T> lanes)
        where T : unmanaged => sizeof(T) == sizeof(float)
            ? Vector512.ShiftRightLogical(lanes.AsInt32(), PlaceBits).As<int, T>()
            : Vector512.ShiftRightLogical(lanes.AsInt64(), PlaceBits).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Pick<T>(Vector512<T> parts, Vector512<T> lanes)
        where T : unmanaged => sizeof(T) == sizeof(float)
            ? Avx512F.PermuteVar16x32(parts.AsSingle(), lanes.AsInt32()).As<float, T>()
            : Avx512F.PermuteVar8x64x2(parts.AsDouble(), lanes.AsInt64(), Vector512<double>.Zero).As<double, T>();
}

/// <summary>A row's visit to a leaf, or to some of its parts.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Address">The parts' address.</param>
/// <param name="Number">Which of the tree's visits: what says where its parts go.</param>
internal readonly unsafe record struct PartVisit<T>(nint Address, int Number)
    where T : unmanaged
{
    /// <summary>The parts; a register may read behind them.</summary>
    public T* Parts => (T*)Address;
}
