using System;
using System.Numerics;

namespace Inference.Tests.Numerics;

/// <summary>Exponentials and logarithms in integers, right to some 200 bits: the judge of <c>PortableMath</c>'s last bit.</summary>
internal static class ExactMath
{
    /// <summary>Numbers are multiples of 2^-Scale.</summary>
    public const int Scale = 240;

    private static readonly BigInteger One = BigInteger.One << Scale;

    /// <summary>ln 2 = 2 atanh(1/3).</summary>
    private static readonly BigInteger Ln2 = 2 * InverseHyperbolicTangent(1, 3);

    /// <summary>e^x as a fraction times 2^exponent.</summary>
    public static (BigInteger Fraction, int Exponent) Exp(double x) => Exp(Fixed(x));

    /// <summary>How far a result is from e^x, in units of the last place of doubles there.</summary>
    public static double ExpError(double x, double result)
    {
        (BigInteger fraction, int exponent) = Exp(x);
        return Error(fraction, exponent, result);
    }

    /// <summary>How far a result is from log x, in units of the last place.</summary>
    public static double LogError(double x, double result) => Error(Log(Exact(x)), 0, result);

    /// <summary>How far a result is from log(1 + x), in units of the last place.</summary>
    public static double Log1pError(double x, double result)
    {
        (BigInteger number, int exponent) = Exact(x);
        if (Math.Abs(x) < 1e-30)
        {
            // Too small for the grid of Log; x - x^2/2 is right to far more bits than a double has.
            return Error((number << (1 - exponent)) - (number * number), (2 * exponent) - 1 + Scale, result);
        }

        BigInteger sum = (BigInteger.One << -Math.Min(0, exponent)) + (number << Math.Max(0, exponent));
        return Error(Log((sum, Math.Min(0, exponent))), 0, result);
    }

    /// <summary>2^(numerator / denominator), a number from 1 to 2, and how many bits stand behind the point.</summary>
    public static BigInteger PowerOfTwo(int numerator, int denominator) => Exp(Ln2 * numerator / denominator).Fraction;

    /// <summary>The double nearest to a multiple of 2^-Scale.</summary>
    public static double Round(BigInteger value)
    {
        int drop = (int)BigInteger.Abs(value).GetBitLength() - 53;
        if (drop <= 0)
        {
            return Math.ScaleB((double)value, -Scale);
        }

        BigInteger half = BigInteger.One << (drop - 1);
        return Math.ScaleB((double)((value + half) >> drop), drop - Scale);
    }

    /// <summary>log of number * 2^exponent, times 2^Scale.</summary>
    public static BigInteger Log((BigInteger Number, int Exponent) x)
    {
        // m in [1, 2): a double's guess of its logarithm, then one step of Newton's method of third order.
        int bits = (int)x.Number.GetBitLength();
        BigInteger m = bits - 1 > Scale ? x.Number >> (bits - 1 - Scale) : x.Number << (Scale - bits + 1);
        BigInteger guess = Fixed(Math.Log((double)(m >> (Scale - 60)) / (1L << 60)));
        BigInteger power = Exp(guess).Fraction << Exp(guess).Exponent;
        BigInteger d = ((m - power) << Scale) / power;
        BigInteger square = d * d >> Scale;
        return guess + d - (square / 2) + ((square * d >> Scale) / 3) + (Ln2 * (bits - 1 + x.Exponent));
    }

    /// <summary>A double times 2^Scale.</summary>
    public static BigInteger Fixed(double x)
    {
        (BigInteger number, int exponent) = Exact(x);
        int shift = exponent + Scale;
        return shift >= 0 ? number << shift : number >> -shift;
    }

    private static (BigInteger Fraction, int Exponent) Exp(BigInteger x)
    {
        BigInteger exponent = BigInteger.Divide(x, Ln2);
        BigInteger rest = x - (exponent * Ln2);

        // The series of rest / 2^12, squared twelve times.
        BigInteger small = rest >> 12;
        BigInteger sum = One;
        BigInteger term = One;
        for (int k = 1; !term.IsZero && k < 40; k++)
        {
            term = (term * small >> Scale) / k;
            sum += term;
        }

        for (int i = 0; i < 12; i++)
        {
            sum = sum * sum >> Scale;
        }

        return (sum, (int)exponent);
    }

    private static BigInteger InverseHyperbolicTangent(int numerator, int denominator)
    {
        BigInteger x = One * numerator / denominator;
        BigInteger square = x * x >> Scale;
        BigInteger sum = 0;
        for (int k = 1; !x.IsZero; k += 2)
        {
            sum += x / k;
            x = x * square >> Scale;
        }

        return sum;
    }

    private static (BigInteger Number, int Exponent) Exact(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)(bits >> 52) & 0x7FF;
        long fraction = (bits & 0xFFFFFFFFFFFFF) | (exponent == 0 ? 0 : 1L << 52);
        return (bits < 0 ? -fraction : fraction, Math.Max(exponent, 1) - 1075);
    }

    /// <summary>|fraction 2^(exponent - Scale) - result| over the spacing of doubles around the exact value.</summary>
    private static double Error(BigInteger fraction, int exponent, double result)
    {
        (BigInteger number, int unit) = Exact(result);
        int magnitude = (int)BigInteger.Abs(fraction).GetBitLength() - 1 + exponent - Scale;
        int spacing = Math.Max(magnitude - 52, -1074);
        int grid = Math.Min(exponent - Scale, unit);
        BigInteger difference = BigInteger.Abs((fraction << (exponent - Scale - grid)) - (number << (unit - grid)));
        int shift = spacing - grid - 40;
        return (double)(shift >= 0 ? difference >> shift : difference << -shift) / (1L << 40);
    }
}
