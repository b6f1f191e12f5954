using System;

namespace Inference.Numerics;

/// <content>The functions of double: the exponential is glibc's, the logarithms are of this library's own design.</content>
internal static partial class PortableMath
{
    /// <summary>e to the power of <paramref name="x"/>, in the bits of glibc's exp on a CPU with fused multiply-add; within 0.52 units in the last place.</summary>
    /// <remarks>
    /// x = (128 e + i) ln 2 / 128 + r with |r| below 0.0028: 2^e * 2^(i/128) * (1 + r + C2 r^2 + … + C5 r^5). Constants: Arm Optimized
    /// Routines, exp_data.c. Each product that meets a sum is fused with it, as the compiler of glibc does.
    /// </remarks>
    public static double Exp(double x)
    {
        // Beyond these bounds the answer is 0 or infinity; the comparisons let NaN pass.
        x = x > 710 ? 710 : x;
        x = x < -746 ? -746 : x;
        double growth = Reduce(x, out ulong step);
        ulong scale = ExpTable[((int)(step & 127) * 2) + 1] + (step << 45);
        if (Math.Abs(x) < PlainExp)
        {
            // Here neither the power of two nor its product with the growth, which is smaller, leaves the normal numbers.
            double power = BitConverter.UInt64BitsToDouble(scale);
            return Math.FusedMultiplyAdd(power, growth, power);
        }

        return x > 0 ? ExpHuge(growth, scale) : ExpTiny(growth, scale);
    }

    /// <summary>The natural logarithm of <paramref name="x"/>, within 0.52 units in the last place.</summary>
    public static double Log(double x)
    {
        double result = LogOfSum(x, x - 1, 0);
        result = x == 0 ? double.NegativeInfinity : result;
        result = x < 0 ? double.NaN : result;
        return x < double.PositiveInfinity ? result : x;
    }

    /// <summary>log(1 + <paramref name="x"/>), within 0.52 units in the last place, also where 1 + x loses x's last bits.</summary>
    public static double Log1p(double x)
    {
        double sum = 1 + x;
        double lost = x >= 1 ? 1 - (sum - x) : x - (sum - 1);
        double result = LogOfSum(sum, x, lost / sum);
        result = x == -1 ? double.NegativeInfinity : result;
        result = x < -1 ? double.NaN : result;
        result = x == 0 ? x : result; // keeps the sign of zero
        return x < double.PositiveInfinity ? result : x;
    }

    /// <summary>e^x - 1 for |x| up to 100 and beyond as far as a float's range asks; exact enough to be rounded to float.</summary>
    private static double Expm1(double x)
    {
        double clamped = x > 700 ? 700 : x;
        clamped = clamped < -700 ? -700 : clamped;
        double growth = Reduce(clamped, out ulong step);
        double power = BitConverter.UInt64BitsToDouble(ExpTable[((int)(step & 127) * 2) + 1] + (step << 45));
        double result = (power - 1) + (power * growth);
        return x == 0 ? x : result;
    }

    /// <summary>e^x over the table's power of two, less 1; <paramref name="step"/> is 128 x / ln 2, rounded, in its low bits.</summary>
    private static double Reduce(double x, out ulong step)
    {
        double shifted = Math.FusedMultiplyAdd(InverseLn2 * 128, x, RoundingShift);
        step = BitConverter.DoubleToUInt64Bits(shifted);
        double nearest = shifted - RoundingShift;

        // The high part of ln 2 / 128 has 35 bits, and nearest at most 18: their product and the difference are exact.
        double r = Math.FusedMultiplyAdd(nearest, -Ln2Over128Low, Math.FusedMultiplyAdd(nearest, -Ln2Over128High, x));
        double square = r * r;
        double tail = BitConverter.UInt64BitsToDouble(ExpTable[(int)(step & 127) * 2]);
        double sum = Math.FusedMultiplyAdd(square, Math.FusedMultiplyAdd(r, ExpSeries3, ExpSeries2), tail + r);
        return Math.FusedMultiplyAdd(square * square, Math.FusedMultiplyAdd(r, ExpSeries5, ExpSeries4), sum);
    }

    private static double ExpHuge(double growth, ulong scale)
    {
        // The power of two itself may be out of range: computed 2^1000 times smaller.
        double power = BitConverter.UInt64BitsToDouble(scale - (1000ul << 52));
        return Math.FusedMultiplyAdd(power, growth, power) * 1.0715086071862673E+301; // 2^1000
    }

    private static double ExpTiny(double growth, ulong scale)
    {
        // Computed 2^1022 times larger, and nothing fused, as glibc is compiled. A result below 1 there is subnormal here and
        // must be rounded once, to a multiple of 2^-52: adding 1 does that, with what the sums before it rounded away put back.
        double power = BitConverter.UInt64BitsToDouble(scale + (1022ul << 52));
        double product = power * growth;
        double result = power + product;
        double lost = power - result + product;
        double onGrid = 1 + result;
        double rounded = onGrid + (1 - onGrid + result + lost) - 1;
        return (result < 1 ? rounded : result) * 2.2250738585072014E-308; // 2^-1022
    }

    /// <summary>log(u (1 + d)) for a tiny d; <paramref name="offset"/> is u (1 + d) - 1 where u is near 1.</summary>
    /// <remarks>
    /// u = 2^k z with z near the centre c of a table's part: k ln 2 + log c + log(1 + r), r = (z - c)/c, |r| at most 2^-8.
    /// The leading parts of all three are multiples of 2^-42 and add without rounding, so one rounding is left at the end.
    /// Near 1, where nothing but r remains, r is the given offset itself.
    /// </remarks>
    private static double LogOfSum(double u, double offset, double d)
    {
        bool subnormal = u < DoubleSmallestNormal;
        ulong bits = BitConverter.DoubleToUInt64Bits(subnormal ? u * 4503599627370496 : u) - (subnormal ? 52ul << 52 : 0);
        ulong distance = bits - LogFirst;
        int entry = (int)(distance >> 45) & 127;
        int exponent = (int)((long)distance >> 52);
        double z = BitConverter.UInt64BitsToDouble(bits - (distance & 0xFFF0000000000000));
        double centre = BitConverter.UInt64BitsToDouble(LogFirst + ((ulong)entry << 45) + (1ul << 44));
        double inverse = BitConverter.UInt64BitsToDouble(LogTable[entry * 3]);
        double onGrid = (exponent * Ln2OnGrid) + BitConverter.UInt64BitsToDouble(LogTable[(entry * 3) + 1]);
        double rest = (exponent * Ln2Rest) + BitConverter.UInt64BitsToDouble(LogTable[(entry * 3) + 2]);

        bool nearOne = onGrid == 0;
        double difference = nearOne ? offset : z - centre;
        double quotient = difference * inverse;
        double high = nearOne ? difference : quotient + GridShift - GridShift;
        double low = nearOne ? 0 : ((difference - (high * centre)) * inverse) + (d * (1 + quotient));

        double r = high + low;
        double square = r * r;
        double series = (1.0 / 7) - (r * (1.0 / 8));
        series = (-1.0 / 6) + (r * series);
        series = (1.0 / 5) + (r * series);
        series = (-1.0 / 4) + (r * series);
        series = (1.0 / 3) + (r * series);
        series = -0.5 + (r * series);
        return onGrid + high + (rest + low + (square * series));
    }

    /// <summary>Below it, in magnitude, an exponential and its power of two are normal numbers; glibc's bound.</summary>
    internal const double PlainExp = 512;

    internal const double Ln2Over128High = 0.005415212348111709; // 0x1.62e42fefa0000p-8
    internal const double Ln2Over128Low = 1.2864023111638344E-14; // 0x1.cf79abc9e3b39p-47

    // 0x1.ffffffffffdbdp-2, 0x1.555555555543cp-3, 0x1.55555cf172b91p-5, 0x1.1111167a4d017p-7.
    internal const double ExpSeries2 = 0.49999999999996786;
    internal const double ExpSeries3 = 0.16666666666665886;
    internal const double ExpSeries4 = 0.0416666808410674;
    internal const double ExpSeries5 = 0.008333335853059549;

    private const double Ln2OnGrid = 0.6931471805598903; // 0x1.62e42fefa3800p-1, a multiple of 2^-42
    private const double Ln2Rest = 5.497923018708371E-14; // ln 2 less that

    // Adding and subtracting 1.5 * 2^10 rounds to a multiple of 2^-42.
    private const double GridShift = 1536;

    // The bits of 0x1.5fp-1 = 0.685546875, half a part below 0.6875: so 1 is the centre of a part.
    private const ulong LogFirst = 0x3FE5F00000000000;

    private const double DoubleSmallestNormal = 2.2250738585072014E-308;
}
