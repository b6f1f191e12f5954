using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

// A row's sums of a tree, one for each feature that it tests, stay in registers: a permutation, the same for all rows that
// meet an entry, brings each of its parts under its sum and -0 under the others, which leaves them as they are. Two rows
// at a time, so that one's additions fill the other's waits.

/// <summary>Adds entries of parts to rows' sums, each row in its own order. <see cref="PartPlaces{T}"/> says what an entry is.</summary>
internal static unsafe class PartSumKernel
{
    /// <summary>The most sums that registers take: two at a time, in as many rounds as it takes.</summary>
    private const int MostRegisters = 8;

    /// <summary>The bytes that say which sums an entry's parts go to.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="sums">The tree's sums.</param>
    public static int PlacesBytes<T>(int sums)
        where T : unmanaged => Vector512.IsHardwareAccelerated && Rounds<T>(sums) * 2 <= MostRegisters ? Rounds<T>(sums) * 128 : 64;

    /// <summary>The numbers of a row's sums, those that only fill registers with them.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="sums">The tree's sums.</param>
    public static int RowNumbers<T>(int sums)
        where T : unmanaged => Rounds<T>(sums) * 2 * Vector512<T>.Count;

    /// <summary>Says which sums an entry's parts go to.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="slots">The sum of each part.</param>
    /// <param name="count">How many parts.</param>
    /// <param name="sums">The tree's sums.</param>
    /// <param name="places">Receives it, <see cref="PlacesBytes{T}"/>.</param>
    public static void Describe<T>(int* slots, int count, int sums, byte* places)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (PlacesBytes<T>(sums) == 64)
        {
            *(int*)places = count;
            new ReadOnlySpan<int>(slots, count).CopyTo(new Span<int>(places + sizeof(int), count));
            return;
        }

        int numbers = RowNumbers<T>(sums);
        for (int i = 0; i < numbers; i++)
        {
            Set(i, 1);
        }

        for (int i = 0; i < count; i++)
        {
            Set(slots[i], PartPlaces<T>.Head + i);
        }

        void Set(int sum, int lane)
        {
            if (sizeof(T) == sizeof(int))
            {
                ((int*)places)[sum] = lane;
            }
            else
            {
                ((long*)places)[sum] = lane;
            }
        }
    }

    /// <summary>Adds two rows' entries to their sums.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="entries">All entries.</param>
    /// <param name="places">What says which sums parts go to.</param>
    /// <param name="visits">The entries of the first row, in its order; the second's follow them.</param>
    /// <param name="second">The second row's; the first's, where there is no second.</param>
    /// <param name="count">How many each.</param>
    /// <param name="sums">The tree's sums.</param>
    /// <param name="rows">The first row's sums, then the second's, <see cref="RowNumbers{T}"/> each.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Add<T>(T* entries, byte* places, int* visits, int* second, int count, int sums, T* rows)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int numbers = RowNumbers<T>(sums);
        if (PlacesBytes<T>(sums) == 64)
        {
            Walk(entries, places, visits, count, rows);
            Walk(entries, places, second, count, rows + numbers);
            return;
        }

        for (int first = 0; first < sums; first += 2 * Vector512<T>.Count)
        {
            if (typeof(T) == typeof(float))
            {
                Round((float*)entries, places + (first * sizeof(T)), visits, second, count, (float*)rows + first, (float*)rows + numbers + first);
            }
            else
            {
                Round((double*)entries, places + (first * sizeof(T)), visits, second, count, (double*)rows + first, (double*)rows + numbers + first);
            }
        }
    }

    private static int Rounds<T>(int sums)
        where T : unmanaged => int.Max(1, (sums + (2 * Vector512<T>.Count) - 1) / (2 * Vector512<T>.Count));

    private static void Walk<T>(T* entries, byte* places, int* visits, int count, T* sums)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < count; i++)
        {
            T* entry = entries + visits[i];
            int* slots = (int*)(places + *(int*)entry);
            int parts = *slots++;
            entry += PartPlaces<T>.Head;
            for (int part = 0; part < parts; part++)
            {
                sums[slots[part]] += entry[part];
            }
        }
    }

    private static void Round(float* entries, byte* places, int* visits, int* second, int count, float* a, float* b)
    {
        Vector512<float> a0 = Vector512.Load(a), a1 = Vector512.Load(a + 16);
        Vector512<float> b0 = Vector512.Load(b), b1 = Vector512.Load(b + 16);
        for (int i = 0; i < count; i++)
        {
            float* entry = entries + visits[i];
            int* order = (int*)(places + *(int*)entry);
            Vector512<float> parts = Vector512.Load(entry);
            a0 += Avx512F.PermuteVar16x32(parts, Vector512.Load(order));
            a1 += Avx512F.PermuteVar16x32(parts, Vector512.Load(order + 16));

            entry = entries + second[i];
            order = (int*)(places + *(int*)entry);
            parts = Vector512.Load(entry);
            b0 += Avx512F.PermuteVar16x32(parts, Vector512.Load(order));
            b1 += Avx512F.PermuteVar16x32(parts, Vector512.Load(order + 16));
        }

        a0.Store(a);
        a1.Store(a + 16);
        b0.Store(b);
        b1.Store(b + 16);
    }

    private static void Round(double* entries, byte* places, int* visits, int* second, int count, double* a, double* b)
    {
        Vector512<double> a0 = Vector512.Load(a), a1 = Vector512.Load(a + 8);
        Vector512<double> b0 = Vector512.Load(b), b1 = Vector512.Load(b + 8);
        for (int i = 0; i < count; i++)
        {
            double* entry = entries + visits[i];
            long* order = (long*)(places + *(int*)entry);
            Vector512<double> low = Vector512.Load(entry), high = Vector512.Load(entry + 8);
            a0 += Avx512F.PermuteVar8x64x2(low, Vector512.Load(order), high);
            a1 += Avx512F.PermuteVar8x64x2(low, Vector512.Load(order + 8), high);

            entry = entries + second[i];
            order = (long*)(places + *(int*)entry);
            low = Vector512.Load(entry);
            high = Vector512.Load(entry + 8);
            b0 += Avx512F.PermuteVar8x64x2(low, Vector512.Load(order), high);
            b1 += Avx512F.PermuteVar8x64x2(low, Vector512.Load(order + 8), high);
        }

        a0.Store(a);
        a1.Store(a + 8);
        b0.Store(b);
        b1.Store(b + 8);
    }
}
