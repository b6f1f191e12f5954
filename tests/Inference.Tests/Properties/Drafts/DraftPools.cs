using System;

namespace Inference.Tests.Properties.Drafts;

/// <summary>The numbers that drafted models are made of: ordinary ones, and every kind that has broken a parser or a comparison.</summary>
internal static class DraftPools
{
    private static readonly float[] OddSingles =
    [
        0f, -0f, float.Epsilon, -float.Epsilon, 1e-40f, -1e-40f, 1.17549435e-38f, -1.17549435e-38f, 1e-35f, -1e-35f,
        MathF.BitIncrement(1e-35f), MathF.BitDecrement(1e-35f), 0.1f, 1f, -1f, 0.5f, MathF.BitIncrement(1f), 16777215f, 16777216f,
        2147483647f, -2147483648f, 3e38f, float.MaxValue, float.MinValue,
    ];

    private static readonly double[] OddDoubles =
    [
        0d, -0d, double.Epsilon, -double.Epsilon, 1e-310, 2.2250738585072014e-308, 1e-300, 1e-35, 1e-35f, -1e-35f,
        Math.BitIncrement(1e-35f), Math.BitDecrement(1e-35f), 0.1, 0.1f, 1, -1, 0.5, Math.BitIncrement(1d), 9007199254740993d,
        1e300, -1e300, double.MaxValue, double.MinValue,
    ];

    /// <summary>A threshold that a float32 model can hold.</summary>
    public static float SingleThreshold(Random random, bool infinities) => random.Next(10) switch
    {
        < 3 => OddSingles[random.Next(OddSingles.Length)],
        3 when infinities && random.Next(4) == 0 => random.Next(2) == 0 ? float.PositiveInfinity : float.NegativeInfinity,
        4 => random.Next(-3, 4),
        5 => FiniteSingle(random),
        _ => (float)Normal(random),
    };

    /// <summary>A threshold that a float64 model can hold.</summary>
    public static double DoubleThreshold(Random random) => random.Next(10) switch
    {
        < 3 => OddDoubles[random.Next(OddDoubles.Length)],
        3 => FiniteDouble(random),
        4 => random.Next(-3, 4),
        5 => (float)Normal(random),
        _ => Normal(random),
    };

    /// <summary>A leaf value that a float32 model can hold.</summary>
    public static float SingleLeaf(Random random) => random.Next(12) switch
    {
        0 => OddSingles[random.Next(OddSingles.Length)],
        1 => FiniteSingle(random),
        2 => (float)(Normal(random) * 1e-42),
        _ => (float)(Normal(random) * 0.3),
    };

    /// <summary>A leaf value that a float64 model can hold.</summary>
    public static double DoubleLeaf(Random random) => random.Next(12) switch
    {
        0 => OddDoubles[random.Next(OddDoubles.Length)],
        1 => FiniteDouble(random),
        2 => Normal(random) * 1e-312,
        _ => Normal(random) * 0.3,
    };

    /// <summary>A set of category codes, ascending: one code, a few, or many over several words.</summary>
    public static int[] Codes(Random random, int largest)
    {
        int bound = random.Next(6) switch
        {
            0 => 2,
            1 => 8,
            2 => 40,
            3 => 300,
            4 => 1500,
            _ => 16,
        };
        int offset = random.Next(12) == 0 ? random.Next(0, Math.Max(1, largest - bound)) : 0;
        double density = random.Next(4) == 0 ? 0 : random.NextDouble();
        System.Collections.Generic.SortedSet<int> codes = [offset + random.Next(Math.Min(bound, largest + 1 - offset))];
        for (int code = 0; code < bound && offset + code <= largest; code++)
        {
            if (random.NextDouble() < density)
            {
                codes.Add(offset + code);
            }
        }

        return [.. codes];
    }

    /// <summary>A normally distributed number.</summary>
    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static float FiniteSingle(Random random)
    {
        float value = BitConverter.Int32BitsToSingle((int)random.NextInt64(1L << 32));
        return float.IsFinite(value) ? value : 1.5f;
    }

    private static double FiniteDouble(Random random)
    {
        Span<byte> bytes = stackalloc byte[8];
        random.NextBytes(bytes);
        double value = BitConverter.ToDouble(bytes);
        return double.IsFinite(value) ? value : 1.5;
    }
}
