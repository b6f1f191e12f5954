using System;
using System.Collections.Generic;
using System.Linq;
using Inference.Forests;
using Inference.Tests.Forests;

namespace Inference.Tests.Engine;

/// <summary>A forest of any shape that the engines know, and rows that come close to its thresholds.</summary>
internal sealed class RandomForest
{
    private static readonly double[] Extremes =
        [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0.0, float.Epsilon, -float.Epsilon, 1e-36, -1e-36, float.MaxValue, float.MinValue, 1e300, -1, -0.5, 509, 510, 511, 1 << 16, 70_000, 1_000_000, 1 << 24, int.MaxValue,
         1e-35f, -1e-35f, Math.BitIncrement(1e-35f), Math.BitDecrement(-1e-35f), Math.BitIncrement(-1e-35f)];

    private readonly Random _random;
    private readonly bool _isDouble;
    private readonly int _features;
    private readonly int _outputs;
    private readonly bool _hasVectors;
    private readonly bool _hasLinear;
    private readonly double[][] _pools;
    private readonly bool[] _isCategory;

    private RandomForest(Random random, int size)
    {
        _random = random;
        _isDouble = random.Next(2) == 0;
        _features = 1 + random.Next(random.Next(4) == 0 ? 400 : 8);
        _outputs = random.Next(3) == 0 ? 1 + random.Next(4) : 1;
        _hasVectors = _outputs > 1 && random.Next(2) == 0;
        int pool = 1 + random.Next(random.Next(3) == 0 ? 400 : 40);
        _pools = [.. Enumerable.Range(0, _features).Select(_ => Enumerable.Range(0, pool).Select(_ => Threshold()).ToArray())];
        _isCategory = [.. Enumerable.Range(0, _features).Select(_ => random.Next(5) == 0)];
        bool isLightGbm = _isDouble && random.Next(2) == 0;
        _hasLinear = isLightGbm && !_hasVectors && random.Next(4) == 0;
        int trees = 1 + random.Next(1 + (size / 4));
        Forest = new Forest
        {
            Origin = Sketch.Origin,
            Precision = _isDouble ? ScorePrecision.Double : ScorePrecision.Single,
            ContributionRule = ContributionRule.TreeShapByLeaf,
            FeatureCount = _features,
            OutputCount = _outputs,
            Trees = [.. Enumerable.Range(0, trees).Select(_ => NextTree(isLightGbm))],
            IterationStarts = [.. Enumerable.Range(0, trees + 1)],
            BaseMargin = [.. Enumerable.Range(0, _outputs).Select(_ => Leaf())],
            Aggregation = (Aggregation)random.Next(3),
            TinyIsZero = isLightGbm,
        };
    }

    /// <summary>The forest.</summary>
    public Forest Forest { get; }

    /// <summary>A forest; larger ones for larger sizes, up to 100.</summary>
    public static RandomForest Draw(Random random, int size) => new(random, size);

    /// <summary>Rows of the forest's features.</summary>
    public double[] Rows(int count) => [.. Enumerable.Range(0, count * _features).Select(index => Value(index % _features))];

    private double Value(int feature) => _random.Next(6) switch
    {
        0 => Extremes[_random.Next(Extremes.Length)],
        1 => _random.Next(-2, _random.Next(4) switch { 0 => 520, 1 => 2000, _ => 60 }),
        2 => Math.BitIncrement(_pools[feature][_random.Next(_pools[feature].Length)]),
        3 => MathF.BitDecrement((float)_pools[feature][_random.Next(_pools[feature].Length)]),
        _ => _pools[feature][_random.Next(_pools[feature].Length)],
    };

    private double Threshold() => _random.Next(8) switch
    {
        0 => _random.Next(-3, 4),
        1 when !_isDouble => float.Epsilon * _random.Next(-3, 4),
        1 => 1e-35f * ((_random.NextDouble() * 4) - 2),
        2 when _isDouble => _random.Next(-1, 2) + (_random.Next(-20, 21) * 1e-9),
        _ when _isDouble => (_random.NextDouble() * 2) - 1,
        _ => (float)((_random.NextDouble() * 2) - 1),
    };

    private double Leaf() => _isDouble ? (_random.NextDouble() * 2) - 1 : (float)((_random.NextDouble() * 2) - 1);

    /// <summary>A tree that grew by splitting leaves: the last one (a chain), the first one (level by level) or any.</summary>
    private Tree NextTree(bool isLightGbm)
    {
        int leaves = _random.Next(8) switch { 0 => 1, 1 => 2 + _random.Next(1200), 2 => 200 + _random.Next(120), _ => 2 + _random.Next(70) };
        int habit = _random.Next(3);
        bool testsSets = _random.Next(2) == 0;
        List<Node> nodes = [Node.Leaf(Leaf(), 0)];
        List<int> open = [0];
        List<CategorySet> sets = [];
        List<double[]> values = [];
        while (open.Count < leaves)
        {
            int at = habit switch { 0 => open.Count - 1, 1 => 0, _ => _random.Next(open.Count) };
            int index = open[at];
            open.RemoveAt(at);
            int left = nodes.Count;
            nodes.Add(Node.Leaf(Leaf(), left));
            nodes.Add(Node.Leaf(Leaf(), left + 1));
            nodes[index] = Split(left, isLightGbm, testsSets, sets, values);
            open.Add(left + _random.Next(2));
            open.Add(open[^1] == left ? left + 1 : left);
        }

        bool isVector = _hasVectors && _random.Next(2) == 0;
        bool isLinear = _hasLinear && _random.Next(4) > 0;
        LinearLeaf[] models = [];
        if (isLinear)
        {
            models = [.. Enumerable.Range(0, nodes.Count).Select(_ => Model())];
            for (int i = 0; i < nodes.Count; i++)
            {
                nodes[i] = nodes[i].IsLeaf ? nodes[i] with { Index = i } : nodes[i];
            }
        }

        double[] vectors = [];
        if (isVector)
        {
            vectors = [.. Enumerable.Range(0, nodes.Count * _outputs).Select(_ => Leaf())];
            for (int i = 0; i < nodes.Count; i++)
            {
                nodes[i] = nodes[i].IsLeaf ? nodes[i] with { Index = i } : nodes[i];
            }
        }

        return new Tree
        {
            Nodes = [.. nodes],
            Output = isVector ? 0 : _random.Next(_outputs),
            Weight = !_hasLinear && _random.Next(4) == 0 ? (float)_random.NextDouble() : 1,
            Leaves = isVector ? LeafShape.Vector : isLinear ? LeafShape.Linear : LeafShape.Scalar,
            LinearLeaves = models,
            LeafVectors = vectors,
            CategorySets = [.. sets],
            ValueSets = [.. values],
        }.Arranged();
    }

    private LinearLeaf Model()
    {
        int[] features = [.. Enumerable.Range(0, _random.Next(5)).Select(_ => _random.Next(_features))];
        return new LinearLeaf(Leaf(), features, Array.ConvertAll(features, _ => Leaf()));
    }

    /// <summary>Few categories or many, mostly small numbers, and now and then one that is far from all others.</summary>
    private IEnumerable<int> Codes()
    {
        int most = _random.Next(8) switch { 0 => 515, 1 => 2000, _ => 70 };
        IEnumerable<int> codes = Enumerable.Range(0, 1 + _random.Next(most)).Where(_ => _random.Next(3) == 0);
        return _random.Next(40) == 0 ? codes.Append(_random.Next(3) switch { 0 => 70_000, 1 => 1_000_000, _ => 1 << 24 }) : codes;
    }

    private Node Split(int left, bool isLightGbm, bool testsSets, List<CategorySet> sets, List<double[]> values)
    {
        int feature = _random.Next(_features);
        bool goesLeft = _random.Next(2) == 0;
        bool swaps = _random.Next(2) == 0;
        (int yes, int no) = swaps ? (left + 1, left) : (left, left + 1);
        if (testsSets && _isCategory[feature])
        {
            if (!isLightGbm && _random.Next(3) == 0)
            {
                values.Add([.. Codes().Select(code => (double)code)]);
                bool isOne = _random.Next(2) == 0;
                return new Node
                {
                    Test = isOne ? NodeTest.Equal : NodeTest.ValueInSet,
                    Value = isOne ? _random.Next(70) : 0,
                    Index = isOne ? 0 : values.Count - 1,
                    Feature = feature,
                    Left = yes,
                    Right = no,
                    DefaultLeft = goesLeft,
                    Missing = (MissingRule)(_random.Next(2) * (int)MissingRule.NaNIsZero),
                };
            }

            sets.Add(CategorySet.FromCodes([.. Codes()]));
            return new Node
            {
                Test = isLightGbm ? NodeTest.TruncatedCodeInSet : NodeTest.CodeInSet,
                Index = sets.Count - 1,
                Feature = feature,
                Left = yes,
                Right = no,
                DefaultLeft = goesLeft,
            };
        }

        return new Node
        {
            Test = isLightGbm ? NodeTest.LessOrEqual : NodeTest.Less,
            Value = isLightGbm && _random.Next(30) == 0 ? double.PositiveInfinity : _pools[feature][_random.Next(_pools[feature].Length)],
            Feature = feature,
            Left = yes,
            Right = no,
            DefaultLeft = goesLeft,
            Missing = isLightGbm ? (MissingRule)_random.Next(3) : MissingRule.NaNGoesDefault,
        };
    }
}
