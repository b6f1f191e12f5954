using System;
using System.Globalization;
using System.IO;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Inference.Numerics;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Numerics;

/// <summary>The library's own exponentials and logarithms.</summary>
public sealed class PortableMathTests
{
    /// <summary>Whether to take all 2^32 floats and half a million doubles for each function, some minutes, in place of a sample.</summary>
    private static readonly bool Everything = Environment.GetEnvironmentVariable("INFERENCE_MATH_EVERYTHING") == "1";

    private static readonly int Points = Everything ? 500_000 : 4000;

    private static readonly double[] Edges =
    [
        0, -0.0, 1, -1, 0.5, 2, double.Epsilon, -double.Epsilon, 2.2250738585072009E-308, 2.2250738585072014E-308, 1e-300, 1e-17, -1e-17,
        709.78271289338397, 709.78271289338409, 689.99999, 690, -689.99999, -690, -708.3964185322641, -708.39641853226419, -744.44007192138122,
        -745.13321910194111, -745.13321910194122, -746, 710, 1e300, -1e300, 0.99999999999999989, 1.0000000000000002, 0.998, 1.002, 1.0039,
        1.00390625, 0.68554687, 0.68554688, 1.3710937, 1.3710938, double.MaxValue,
    ];

    [Fact]
    public void Floats_have_the_recorded_bits_of_glibc()
    {
        foreach (string line in File.ReadLines(Path.Combine(Repository.Root, "tests", "Inference.Tests", "Numerics", "PortableMath.txt")))
        {
            string[] bits = line.Split(' ');
            float x = Number(bits[0]);

            Bits.Equal([Number(bits[1])], [PortableMath.Exp(x)], $"Exp({x:R})");
            Bits.Equal([Number(bits[2])], [PortableMath.Log(x)], $"Log({x:R})");
        }
    }

    [Fact]
    public void Floats_have_the_bits_of_glibc_where_there_is_one()
    {
        SkipWithoutGlibc();

        Assert.Equal((0, 0), Compare(Everything ? 1u : 4099));
    }

    [Fact]
    public void Exponentials_of_doubles_have_the_bits_of_glibc_where_there_is_one()
    {
        SkipWithoutGlibc();

        Random random = new(11);
        for (int i = 0; i < (Everything ? 200_000_000 : 2_000_000); i++)
        {
            // Where exp is neither zero nor infinite, around zero at every scale, and any number.
            double x = (i % 3) switch
            {
                0 => (random.NextDouble() - 0.5) * 1510,
                1 => (random.NextDouble() - 0.5) * Math.ScaleB(1, 6 - random.Next(70)),
                _ => BitConverter.Int64BitsToDouble(random.NextInt64()),
            };
            x = i % 2 == 0 ? x : -x;
            Bits.Equal([Math.Exp(x)], [PortableMath.Exp(x)], $"Exp({x:R})");
        }
    }

    [Fact]
    public void Doubles_are_right_to_almost_half_a_unit_in_the_last_place() => CheckErrors(Points);

    [Fact]
    public void Doubles_are_next_to_the_platforms()
    {
        Random random = new(5);
        for (int i = 0; i < 500_000; i++)
        {
            double x = (random.NextDouble() - 0.5) * 1500;
            Assert.True(Bits.Distance(Math.Exp(x), PortableMath.Exp(x)) <= 1, $"Exp({x:R})");
            double positive = BitConverter.Int64BitsToDouble(random.NextInt64(0x7FF0000000000000));
            Assert.True(Bits.Distance(Math.Log(positive), PortableMath.Log(positive)) <= 1, $"Log({positive:R})");
        }
    }

    [Fact]
    public void Infinities_zeros_and_NaN_go_where_the_C_standard_sends_them()
    {
        Bits.Equal([double.PositiveInfinity, 0, double.NaN, 1, 1], Each(PortableMath.Exp, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 0, -0.0), "Exp");
        Bits.Equal([double.PositiveInfinity, double.NaN, double.NaN, double.NegativeInfinity, double.NegativeInfinity, double.NaN, 0], Each(PortableMath.Log, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 0, -0.0, -1, 1), "Log");
        Bits.Equal([double.PositiveInfinity, double.NaN, double.NaN, 0, -0.0, double.NegativeInfinity, double.NaN], Each(PortableMath.Log1p, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 0, -0.0, -1, -2), "Log1p");
        Bits.Equal([float.PositiveInfinity, -1, float.NaN, 0, -0f], [PortableMath.Expm1(float.PositiveInfinity), PortableMath.Expm1(float.NegativeInfinity), PortableMath.Expm1(float.NaN), PortableMath.Expm1(0f), PortableMath.Expm1(-0f)], "Expm1");
        Bits.Equal([float.PositiveInfinity, float.NaN, 0, -0f, float.NegativeInfinity], [PortableMath.Log1p(float.PositiveInfinity), PortableMath.Log1p(float.NaN), PortableMath.Log1p(0f), PortableMath.Log1p(-0f), PortableMath.Log1p(-1f)], "Log1p of floats");
    }

    [Fact]
    public void Exponentials_of_floats_less_one_lose_nothing_to_cancellation()
    {
        Random random = new(6);
        for (int i = 0; i < Points; i++)
        {
            float x = (float)((random.NextDouble() - 0.5) * Math.ScaleB(1, random.Next(-40, 6)));
            (BigInteger fraction, int exponent) = ExactMath.Exp(x);
            double exact = ExactMath.Round((exponent >= 0 ? fraction << exponent : fraction >> -exponent) - (BigInteger.One << ExactMath.Scale));
            Assert.True(Bits.Distance((float)exact, PortableMath.Expm1(x)) == 0, $"Expm1({x:R}) is {PortableMath.Expm1(x):R}, exactly {exact:R}");
        }
    }

    [Fact]
    public void The_tables_are_the_exact_numbers_rounded()
    {
        for (int i = 0; i < 128; i++)
        {
            BigInteger power = ExactMath.PowerOfTwo(i, 128);
            double rounded = ExactMath.Round(power);
            BigInteger missing = ((power - ExactMath.Fixed(rounded)) << ExactMath.Scale) / ExactMath.Fixed(rounded);
            Assert.Equal(BitConverter.DoubleToUInt64Bits(rounded) - ((ulong)i << 45), PortableMath.ExpTable[(i * 2) + 1]);
            double tail = BitConverter.UInt64BitsToDouble(PortableMath.ExpTable[i * 2]);
            Assert.True(Math.Abs(tail - ExactMath.Round(missing)) < 1e-30, $"tail {i}");

            // 128 parts of [0.685546875, 1.37109375), the middle of each in bits.
            double centre = BitConverter.UInt64BitsToDouble(0x3FE6000000000000 + ((ulong)i << 45));
            BigInteger logarithm = ExactMath.Log((ExactMath.Fixed(centre), -ExactMath.Scale));
            double onGrid = BitConverter.UInt64BitsToDouble(PortableMath.LogTable[(i * 3) + 1]);
            Assert.Equal(1 / centre, BitConverter.UInt64BitsToDouble(PortableMath.LogTable[i * 3]));
            Assert.Equal(Math.Round(onGrid * (1L << 42)), onGrid * (1L << 42));
            double rest = ExactMath.Round(logarithm - ExactMath.Fixed(onGrid));
            Assert.True(Math.Abs(rest - BitConverter.UInt64BitsToDouble(PortableMath.LogTable[(i * 3) + 2])) < 1e-28, $"log {i}");
        }
    }

    private static void CheckErrors(int points)
    {
        double exp = 0;
        double log = 0;
        double log1p = 0;
        foreach (double x in Edges)
        {
            Check(x, ref exp, ref log, ref log1p);
            Check(-x, ref exp, ref log, ref log1p);
        }

        Random random = new(7);
        for (int i = 0; i < points; i++)
        {
            // Everywhere, where exp is normal, around 1 and 0 at every scale.
            double any = BitConverter.Int64BitsToDouble(random.NextInt64(0x7FF0000000000000));
            double common = (random.NextDouble() - 0.5) * 1496;
            double near = (random.NextDouble() - 0.5) * Math.ScaleB(1, -random.Next(60));
            Check(-690 - (random.NextDouble() * 56), ref exp, ref log, ref log1p);
            Check(any, ref exp, ref log, ref log1p);
            Check(common, ref exp, ref log, ref log1p);
            Check(near, ref exp, ref log, ref log1p);
            Check(1 + near, ref exp, ref log, ref log1p);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"Exp {exp:F4}, Log {log:F4}, Log1p {log1p:F4} units in the last place, of {points * 5} points");
        Assert.True(exp < 0.52, $"Exp: {exp}");
        Assert.True(log < 0.52, $"Log: {log}");
        Assert.True(log1p < 0.52, $"Log1p: {log1p}");
    }

    private static void Check(double x, ref double exp, ref double log, ref double log1p)
    {
        if (x > 709.782712893384)
        {
            Assert.Equal(double.PositiveInfinity, PortableMath.Exp(x));
        }
        else if (x < -745.2)
        {
            Assert.Equal(0, PortableMath.Exp(x));
        }
        else
        {
            exp = Math.Max(exp, ExactMath.ExpError(x, PortableMath.Exp(x)));
        }

        if (x > 0)
        {
            log = Math.Max(log, ExactMath.LogError(x, PortableMath.Log(x)));
        }

        if (x > -1 && x != 0)
        {
            log1p = Math.Max(log1p, ExactMath.Log1pError(x, PortableMath.Log1p(x)));
        }
    }

    private static (int Exp, int Log) Compare(uint step)
    {
        int exp = 0;
        int log = 0;
        Parallel.For(0, 64, part =>
        {
            for (ulong bits = (ulong)part << 26; bits < (ulong)(part + 1) << 26; bits += step)
            {
                float x = BitConverter.UInt32BitsToSingle((uint)bits);
                if (!Same(MathF.Exp(x), PortableMath.Exp(x)))
                {
                    Interlocked.Increment(ref exp);
                }

                if (!Same(MathF.Log(x), PortableMath.Log(x)))
                {
                    Interlocked.Increment(ref log);
                }
            }
        });
        return (exp, log);
    }

    private static bool Same(float a, float b) =>
        BitConverter.SingleToUInt32Bits(a) == BitConverter.SingleToUInt32Bits(b) || (float.IsNaN(a) && float.IsNaN(b));

    private static void SkipWithoutGlibc() => Assert.SkipUnless(
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libm.so.6", out _) && System.Runtime.Intrinsics.X86.Fma.IsSupported,
        "MathF calls glibc with fused multiply-add only on Linux with glibc and such a CPU; the recorded bits are checked everywhere");

    private static double[] Each(Func<double, double> function, params double[] arguments) => Array.ConvertAll(arguments, x => function(x));

    private static float Number(string bits) => BitConverter.UInt32BitsToSingle(uint.Parse(bits, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
