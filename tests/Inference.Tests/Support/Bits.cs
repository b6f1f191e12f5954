using System;
using Xunit;

namespace Inference.Tests.Support;

/// <summary>Comparisons of floating-point answers by their bits.</summary>
internal static class Bits
{
    /// <summary>The same bits everywhere; any NaN equals any NaN.</summary>
    public static void Equal(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]) && !(float.IsNaN(expected[i]) && float.IsNaN(actual[i])))
            {
                Assert.Fail($"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}");
            }
        }
    }

    /// <summary>The same bits everywhere; any NaN equals any NaN.</summary>
    public static void Equal(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.DoubleToInt64Bits(expected[i]) != BitConverter.DoubleToInt64Bits(actual[i]) && !(double.IsNaN(expected[i]) && double.IsNaN(actual[i])))
            {
                Assert.Fail($"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}");
            }
        }
    }

    /// <summary>No element further away than a number of units in the last place.</summary>
    public static void Within(int ulps, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (Distance(expected[i], actual[i]) > ulps)
            {
                Assert.Fail($"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}, {Distance(expected[i], actual[i])} ulp away; at most {ulps}");
            }
        }
    }

    /// <summary>No element further away than a number of units in the last place.</summary>
    public static void Within(int ulps, ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (Distance(expected[i], actual[i]) > ulps)
            {
                Assert.Fail($"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}, {Distance(expected[i], actual[i])} ulp away; at most {ulps}");
            }
        }
    }

    /// <summary>No score further away than a number of units in the last place of the precision that the model scores in.</summary>
    public static void Within(int ulps, Booster booster, double[] expected, double[] actual, string what)
    {
        if (booster.Info.ScoresInDouble)
        {
            Within(ulps, expected, actual, what);
        }
        else
        {
            Within(ulps, Array.ConvertAll(expected, value => (float)value), Array.ConvertAll(actual, value => (float)value), what);
        }
    }

    /// <summary>How many representable numbers lie from one to the other; 0 for two NaNs.</summary>
    public static long Distance(float a, float b) =>
        float.IsNaN(a) || float.IsNaN(b) ? (float.IsNaN(a) && float.IsNaN(b) ? 0 : long.MaxValue) : Math.Abs((long)Order(a) - Order(b));

    /// <summary>How many representable numbers lie from one to the other; 0 for two NaNs.</summary>
    public static decimal Distance(double a, double b) =>
        double.IsNaN(a) || double.IsNaN(b) ? (double.IsNaN(a) && double.IsNaN(b) ? 0 : decimal.MaxValue) : Math.Abs((decimal)Order(a) - Order(b));

    private static int Order(float value)
    {
        int bits = BitConverter.SingleToInt32Bits(value);
        return bits < 0 ? int.MinValue - bits : bits;
    }

    private static long Order(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        return bits < 0 ? long.MinValue - bits : bits;
    }
}
