using System;

namespace Inference.Numerics;

// The library's own exponential and logarithm.
//
// Why: the platform's Math and MathF call the C library of the operating system, whose last bit differs from one system
// to the next, and so would scores. These functions are made of IEEE additions, multiplications, divisions, conversions
// and bit operations alone, in the order written, fused where it says so and nowhere else, so every system and CPU gives
// the same bits. A vector version that does the same operations lane by lane gives them too.
// How: range reduction to a table's grid, a short polynomial on the rest, special cases as selections afterwards.
// Limits: Exp of both widths and the float Log are, bit for bit, those of glibc on a CPU with fused multiply-add, which is where the
// training libraries run. The other double functions are within 0.52 units in the last place of the exact value.

/// <summary>Exponentials and logarithms with the same bits on every operating system and CPU.</summary>
/// <remarks>Thread-safe, allocation-free. NaN goes to NaN, infinities and zeros to what the C standard's Annex F says.</remarks>
internal static partial class PortableMath
{
    /// <summary>e to the power of <paramref name="x"/>, in the bits of glibc's expf.</summary>
    /// <remarks>
    /// 2^(k/32) from the table, a cubic on the rest, both in float64. Constants: Arm Optimized Routines, exp2f_data.c.
    /// </remarks>
    public static float Exp(float x)
    {
        // Beyond these bounds the answer is 0 or infinity; the comparisons let NaN pass.
        x = x > 89f ? 89f : x;
        x = x < -104f ? -104f : x;

        double wide = x;
        double shifted = (32 * InverseLn2 * wide) + RoundingShift;
        ulong step = BitConverter.DoubleToUInt64Bits(shifted);
        double nearest = shifted - RoundingShift;

        // glibc fuses 32/ln2 * x - nearest. Halves of the constant with exact products give the same once-rounded result.
        double rest = ((InverseLn2Times32High * wide) - nearest) + (InverseLn2Times32Low * wide);
        double scale = BitConverter.UInt64BitsToDouble(ExpTable[((int)(step & 31) * 8) + 1] + (step << 47));
        double high = (ExpCubic3 * rest) + ExpCubic2;
        double low = (ExpCubic1 * rest) + 1;
        return (float)(((high * (rest * rest)) + low) * scale);
    }

    /// <summary>The natural logarithm of <paramref name="x"/>, in the bits of glibc's logf.</summary>
    /// <remarks>
    /// x = 2^k z with z near a table's c: k ln 2 + log c + a cubic in z/c - 1, in float64. Constants and table: Arm
    /// Optimized Routines, logf_data.c.
    /// </remarks>
    public static float Log(float x)
    {
        bool subnormal = x < FloatSmallestNormal;
        uint bits = BitConverter.SingleToUInt32Bits(subnormal ? x * 8388608f : x) - (subnormal ? 23u << 23 : 0);
        uint offset = bits - 0x3F330000;
        int entry = (int)(offset >> 19) & 15;
        int exponent = (int)offset >> 23;
        double z = BitConverter.UInt32BitsToSingle(bits - (offset & 0xFF800000));
        double rest = (z * FloatLogTable[entry * 2]) - 1;
        double start = FloatLogTable[(entry * 2) + 1] + (exponent * Ln2);
        double square = rest * rest;
        double cubic = (LogCubic3 * rest) + LogCubic2;
        cubic = (LogCubic4 * square) + cubic;
        float result = (float)((cubic * square) + (start + rest));

        result = x == 0 ? float.NegativeInfinity : result;
        result = x < 0 ? float.NaN : result;
        return x < float.PositiveInfinity ? result : x;
    }

    /// <summary>log(1 + <paramref name="x"/>), rounded once from float64.</summary>
    public static float Log1p(float x) => (float)Log1p((double)x);

    /// <summary>e^<paramref name="x"/> - 1 without cancellation, rounded once from float64.</summary>
    public static float Expm1(float x) => (float)Expm1((double)x);

    internal const double InverseLn2 = 1.4426950408889634; // 0x1.71547652b82fep+0
    private const double Ln2 = 0.6931471805599453; // 0x1.62e42fefa39efp-1

    // Adding and subtracting 1.5 * 2^52 rounds to the nearest integer and leaves it in the low bits.
    internal const double RoundingShift = 6755399441055744; // 0x1.8p+52

    // 32 / ln 2 in halves of 29 and 24 bits: their products with a float are exact.
    internal const double InverseLn2Times32High = 46.16624116897583; // 0x1.7154764p+5
    internal const double InverseLn2Times32Low = (InverseLn2 * 32) - InverseLn2Times32High;

    // exp2f's cubic, its argument scaled by 32: 0x1.c6af84b912394p-5, 0x1.ebfce50fac4f3p-3, 0x1.62e42ff0c52d6p-1.
    internal const double ExpCubic3 = 0.05550361559341535 / 32768;
    internal const double ExpCubic2 = 0.2402284522445722 / 1024;
    internal const double ExpCubic1 = 0.6931471806916203 / 32;

    private const double LogCubic4 = -0.25089342214237154; // -0x1.00ea348b88334p-2
    private const double LogCubic3 = 0.333456765744066; // 0x1.5575b0be00b6ap-2
    private const double LogCubic2 = -0.4999997485802103; // -0x1.ffffef20a4123p-2

    private const float FloatSmallestNormal = 1.17549435E-38f;
}
