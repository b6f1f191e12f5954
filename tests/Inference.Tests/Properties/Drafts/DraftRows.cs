using System;
using System.Collections.Generic;
using System.Linq;

namespace Inference.Tests.Properties.Drafts;

/// <summary>Rows aimed at a model: at its thresholds, one unit to either side, and at everything that is not an ordinary number.</summary>
internal static class DraftRows
{
    private static readonly double[] Odd =
    [
        double.NaN, double.NaN, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0d, -0d, float.Epsilon, -float.Epsilon,
        1e-40f, 1e-35f, -1e-35f, 1e-36f, 1, -1, -0.5, -1e-3f, 0.999f, 16777215, 16777216, 2147483648, -2147483648, 1e10f, float.MaxValue, float.MinValue,
    ];

    private static readonly double[] OddDoubles =
    [
        double.Epsilon, -double.Epsilon, 1e-310, 1e-35, 1.0000000180025095e-35, 1.0000000180025097e-35, 1e39, -1e39, 1e300, double.MaxValue, double.MinValue, 0.1,
    ];

    /// <summary>Rows whose every value is a float: row-major.</summary>
    public static double[] Singles(Random random, Draft draft, int count) =>
        Make(random, draft, count, value => (float)value, value => MathF.BitIncrement((float)value), value => MathF.BitDecrement((float)value), Odd);

    /// <summary>Rows of doubles, among them some that are no floats.</summary>
    public static double[] Doubles(Random random, Draft draft, int count) =>
        Make(random, draft, count, value => value, Math.BitIncrement, Math.BitDecrement, [.. Odd, .. OddDoubles]);

    private static double[] Make(
        Random random, Draft draft, int count, Func<double, double> type, Func<double, double> up, Func<double, double> down, double[] odd)
    {
        List<double>[] targets = Targets(draft);
        double[] rows = new double[count * draft.Features];
        for (int row = 0; row < count; row++)
        {
            // Some rows are ordinary but for a few values, so that deep nodes are reached.
            double oddness = random.NextDouble() * random.NextDouble();
            for (int feature = 0; feature < draft.Features; feature++)
            {
                List<double> aims = targets[feature];
                rows[(row * draft.Features) + feature] = random.NextDouble() < oddness || aims.Count == 0
                    ? odd[random.Next(odd.Length)]
                    : random.Next(5) switch
                    {
                        0 => type(aims[random.Next(aims.Count)]),
                        1 => up(aims[random.Next(aims.Count)]),
                        2 => down(aims[random.Next(aims.Count)]),
                        3 => type(aims[random.Next(aims.Count)] + random.NextDouble()),
                        _ => type(DraftPools.Normal(random)),
                    };
            }
        }

        return rows;
    }

    private static List<double>[] Targets(Draft draft)
    {
        List<double>[] targets = [.. Enumerable.Range(0, draft.Features).Select(_ => new List<double>())];
        foreach (DraftTree tree in draft.Trees)
        {
            foreach (DraftNode node in tree.Root.DepthFirst())
            {
                if (node.Test == DraftTest.Codes)
                {
                    targets[node.Feature].AddRange(node.Codes.Select(code => (double)code));
                    targets[node.Feature].Add(node.Codes[^1] + 1);
                    targets[node.Feature].Add(-1);
                }
                else if (!node.IsLeaf)
                {
                    targets[node.Feature].Add(node.Threshold);
                }
            }
        }

        return targets;
    }
}
