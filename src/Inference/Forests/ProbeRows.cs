using System;
using System.Numerics;

namespace Inference.Forests;

/// <summary>Rows on which engines are most likely to differ: made from the model, the same ones on every system.</summary>
/// <remarks>
/// A value of a feature is taken from one of the splits that test it: the threshold, one step of the model's number type
/// below or above it, the middle between two thresholds, a category on either side of the set's end. One value in eight is
/// special: missing, a signed zero, an infinity, the largest, the smallest, LightGBM's zero threshold, no category at all.
/// Features that no split tests get ordinary numbers. A linear booster gets no infinities.
/// The random numbers are SplitMix64's (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014),
/// because System.Random promises no sequence.
/// </remarks>
internal ref struct ProbeRows
{
    private static readonly double[] Specials =
    [
        double.NaN, double.NaN, double.NaN, double.NaN, 0, -0.0, double.PositiveInfinity, double.NegativeInfinity,
        float.MaxValue, -float.MaxValue, float.Epsilon, -float.Epsilon, Reference.TinyBound, -1, Reference.CodeBound, 1e300,
    ];

    private readonly Forest _forest;
    private readonly int[] _starts;
    private readonly (int Tree, int Node)[] _splits;
    private ulong _state;

    private ProbeRows(Forest forest, int seed)
    {
        _forest = forest;
        _state = (uint)seed;
        (_starts, _splits) = SplitsByFeature(forest);
    }

    /// <summary>Fills whole rows.</summary>
    public static void Fill<T>(Forest forest, Span<T> rows, int seed)
        where T : unmanaged, INumberBase<T>
    {
        ProbeRows probe = new(forest, seed);
        for (int start = 0; start < rows.Length; start += forest.FeatureCount)
        {
            for (int feature = 0; feature < forest.FeatureCount; feature++)
            {
                rows[start + feature] = T.CreateTruncating(probe.Value(feature));
            }
        }
    }

    /// <summary>The splits in the order of their features: those of feature f lie from Starts[f] to Starts[f + 1].</summary>
    private static (int[] Starts, (int Tree, int Node)[] Splits) SplitsByFeature(Forest forest)
    {
        int[] starts = new int[forest.FeatureCount + 1];
        foreach (Tree tree in forest.Trees)
        {
            foreach (ref readonly Node node in tree.Nodes.AsSpan())
            {
                if (!node.IsLeaf)
                {
                    starts[node.Feature + 1]++;
                }
            }
        }

        for (int feature = 0; feature < forest.FeatureCount; feature++)
        {
            starts[feature + 1] += starts[feature];
        }

        (int Tree, int Node)[] splits = new (int, int)[starts[^1]];
        int[] next = starts.AsSpan(0, forest.FeatureCount).ToArray();
        for (int tree = 0; tree < forest.Trees.Length; tree++)
        {
            Node[] nodes = forest.Trees[tree].Nodes;
            for (int node = 0; node < nodes.Length; node++)
            {
                if (!nodes[node].IsLeaf)
                {
                    splits[next[nodes[node].Feature]++] = (tree, node);
                }
            }
        }

        return (starts, splits);
    }

    private double Value(int feature)
    {
        if (Below(8) == 0)
        {
            double special = Specials[Below(Specials.Length)];

            // A sum that an infinity enters tells nothing, and XGBoost refuses to compute it.
            return _forest.Linear is not null && float.IsInfinity((float)special) ? 0 : special;
        }

        return _starts[feature] == _starts[feature + 1] ? (Below(6_000_001) / 1e6) - 3 : OfSplit(feature);
    }

    private double OfSplit(int feature)
    {
        (int tree, int index) = Pick(feature);
        ref readonly Node node = ref _forest.Trees[tree].Nodes[index];
        switch (node.Test)
        {
            case NodeTest.CodeInSet or NodeTest.TruncatedCodeInSet:
                int code = Below((int)Math.Min(_forest.Trees[tree].CategorySets[node.Index].Bound + 2L, int.MaxValue));
                return Below(8) == 0 ? code + 0.5 : code;
            case NodeTest.ValueInSet when _forest.Trees[tree].ValueSets[node.Index] is { Length: > 0 } members:
                return Step(members[Below(members.Length)]);
            case NodeTest.Less or NodeTest.LessOrEqual or NodeTest.Equal when Below(4) == 0:
                (int otherTree, int other) = Pick(feature);
                double middle = (node.Value + _forest.Trees[otherTree].Nodes[other].Value) / 2;
                return double.IsNaN(middle) ? node.Value : middle;
            default:
                return Step(node.Value);
        }
    }

    /// <summary>A number, or one of its two neighbours in the model's number type.</summary>
    private double Step(double value) => (Below(3), _forest.Precision) switch
    {
        (0, _) => value,
        (1, ScorePrecision.Single) => MathF.BitDecrement((float)value),
        (2, ScorePrecision.Single) => MathF.BitIncrement((float)value),
        (1, _) => Math.BitDecrement(value),
        _ => Math.BitIncrement(value),
    };

    private (int Tree, int Node) Pick(int feature) => _splits[_starts[feature] + Below(_starts[feature + 1] - _starts[feature])];

    /// <summary>A random number from 0 to before <paramref name="bound"/>.</summary>
    private int Below(int bound)
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)Math.BigMul(z ^ (z >> 31), (ulong)bound, out _);
    }
}
