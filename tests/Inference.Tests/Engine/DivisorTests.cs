using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Runtime.InteropServices;
using Inference.Kernels;
using Inference.Tests.Properties;
using Xunit;

namespace Inference.Tests.Engine;

/// <summary>Divisions by a reciprocal in two numbers have the bits of divisions.</summary>
public sealed unsafe class DivisorTests
{
    private const int LeastFloat = -100;
    private const int LeastDouble = -900;
    private const int Most = 80;

    /// <summary>What paths divide by: every number of steps, and every share of them.</summary>
    private static IEnumerable<(int Over, int Under)> Fractions =>
        from under in Enumerable.Range(1, PathConstants<float>.MostSteps)
        from over in Enumerable.Range(1, PathConstants<float>.MostSteps)
        where under == 1 || over < under
        select (over, under);

    /// <summary>Every float from one power of two to the next: the least ones, whose remainders come nearest to underflow, and by the numbers of steps.</summary>
    [Fact]
    public void Floats_of_a_binade_have_a_divisions_bits()
    {
        const int count = 1 << 12;
        float[] numbers = new float[count];
        int first = BitConverter.SingleToInt32Bits(MathF.ScaleB(1, LeastFloat));
        for (int step = 0; step < 1 << 23; step += count)
        {
            for (int i = 0; i < count; i++)
            {
                numbers[i] = BitConverter.Int32BitsToSingle(first + step + i);
            }

            for (int by = 1; by <= PathConstants<float>.MostSteps; by++)
            {
                // An odd number stands for its products with powers of two.
                if (by % 2 == 1 || step == 0)
                {
                    Quotients<float>(numbers, by);
                }
            }
        }
    }

    [Fact]
    public void Steps_and_shares_have_a_divisions_bits() => Law.Holds(
        random =>
        {
            foreach ((int over, int under) in Fractions)
            {
                Quotients<float>([.. Dividends<float>(random, (float)over / under, LeastFloat)], (float)over / under);
                Quotients<double>([.. Dividends<double>(random, (double)over / under, LeastDouble)], (double)over / under);
            }
        },
        share: 20);

    [Fact]
    public void Any_divisor_has_a_divisions_bits() => Law.Holds(
        random =>
        {
            for (int i = 0; i < 300; i++)
            {
                float single = Draw<float>(random, -20, 20);
                Quotients<float>([.. Dividends<float>(random, single, LeastFloat)], single);
                double real = Draw<double>(random, -60, 20);
                Quotients<double>([.. Dividends<double>(random, real, LeastDouble)], real);
            }

            foreach (int exponent in Enumerable.Range(-20, 41))
            {
                // Powers of two and their neighbours, whose mantissas are all zeros or all ones.
                float single = MathF.ScaleB(1, exponent);
                foreach (float by in new[] { single, MathF.BitIncrement(single), MathF.BitDecrement(single) }.Where(by => by >= Divisor<float>.Least))
                {
                    Quotients<float>([.. Dividends<float>(random, by, LeastFloat)], by);
                    Quotients<double>([.. Dividends<double>(random, by, LeastDouble)], by);
                }

                double real = Math.BitDecrement(Math.ScaleB(1, exponent));
                Quotients<double>([.. Dividends<double>(random, real, LeastDouble)], real);
            }
        },
        share: 20);

    /// <summary>With the widest registers: all do the same.</summary>
    private static void Quotients<T>(ReadOnlySpan<T> numbers, T by)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (Lanes512<T>.HasFused && LaneWidth.Is512)
        {
            Quotients<Lanes512<T>, T>(numbers, by);
        }
        else if (Lanes256<T>.HasFused && LaneWidth.Is256)
        {
            Quotients<Lanes256<T>, T>(numbers, by);
        }
        else if (Lanes128<T>.HasFused && LaneWidth.Is128)
        {
            Quotients<Lanes128<T>, T>(numbers, by);
        }
    }

    private static void Quotients<TLanes, T>(ReadOnlySpan<T> numbers, T by)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Divisor<T> divisor = new(by);
        LaneDivisor<TLanes, T> lanes = new(TLanes.Broadcast(by));
        TLanes register = TLanes.Broadcast(by);
        T* expected = stackalloc T[TLanes.Count];
        T* found = stackalloc T[2 * TLanes.Count];
        fixed (T* start = numbers)
        {
            for (int i = 0; i + TLanes.Count <= numbers.Length; i += TLanes.Count)
            {
                TLanes number = TLanes.Load(start + i);
                (number / register).Store(expected);
                divisor.Divide(number).Store(found);
                lanes.Divide(number).Store(found + TLanes.Count);
                ReadOnlySpan<T> quotients = new(expected, TLanes.Count);
                if (!Same(quotients, new(found, TLanes.Count)) || !Same(quotients, new(found + TLanes.Count, TLanes.Count)))
                {
                    Assert.Fail($"{typeof(TLanes).Name}: one of {string.Join(' ', numbers.Slice(i, TLanes.Count).ToArray())} by {by}");
                }
            }
        }
    }

    private static bool Same<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right)
        where T : unmanaged => MemoryMarshal.AsBytes(left).SequenceEqual(MemoryMarshal.AsBytes(right));

    /// <summary>+0, numbers of any magnitude allowed, the extreme ones, and products of the divisor with what lies in the middle between two numbers.</summary>
    private static IEnumerable<T> Dividends<T>(Random random, T by, int least)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        yield return T.Zero;
        for (int i = 0; i < 21; i++)
        {
            T number = i % 3 == 0 ? Draw<T>(random, least, Most) : Draw<T>(random, least, least + 1);
            T quotient = number / by;
            T product = i % 3 == 1 ? number : T.FusedMultiplyAdd(quotient, by, (T.BitIncrement(quotient) - quotient) * by / (T.One + T.One));
            foreach (T near in new[] { product, T.BitIncrement(product), T.BitDecrement(product) })
            {
                T size = T.Clamp(T.Abs(near), T.ScaleB(T.One, least), T.ScaleB(T.One, Most));
                yield return random.Next(2) == 0 ? size : -size;
            }
        }
    }

    /// <summary>A number from one power of two to another.</summary>
    internal static T Draw<T>(Random random, int least, int most)
        where T : unmanaged, IFloatingPointIeee754<T> =>
            T.ScaleB(T.CreateTruncating((double)((1L << 52) | random.NextInt64(1L << 52)) / (1L << 52)), random.Next(least, most));
}
