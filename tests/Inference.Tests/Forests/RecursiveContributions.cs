using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Inference.Forests;

namespace Inference.Tests.Forests;

// A second pen's version of what the product does on a stack: written down by recursion, with lists copied at every
// step, as the papers and the libraries have it. Only the roundings are meant to be the same.

/// <summary>Contributions of one row by recursion: the judge of <see cref="ReferenceContributions{TScore}"/>.</summary>
/// <typeparam name="T">The forest's precision.</typeparam>
internal sealed class RecursiveContributions<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Forest _forest;
    private readonly double[] _row;
    private readonly Dictionary<int, T> _factors = [];
    private Tree _tree = null!;
    private int _output;
    private T _leafFactor = T.One;
    private T[] _parts = [];

    private RecursiveContributions(Forest forest, double[] row) => (_forest, _row) = (forest, row);

    private bool ByLeaf => _forest.ContributionRule == ContributionRule.TreeShapByLeaf;

    private bool ByQuadrature => _forest.ContributionRule == ContributionRule.Quadrature;

    /// <summary>(outputs, features + 1) of one row over all trees, the model's own base margins on the biases.</summary>
    public static double[] Of(Forest forest, double[] row)
    {
        RecursiveContributions<T> judge = new(forest, row);
        return [.. Enumerable.Range(0, forest.OutputCount).SelectMany(judge.OfOutput).Select(double.CreateTruncating)];
    }

    private static T Num(double value) => T.CreateTruncating(value);

    private T[] OfOutput(int output)
    {
        _output = output;
        T[] sum = new T[_forest.FeatureCount + 1];
        double expectations = 0;
        foreach (Tree tree in _forest.Trees.Where(tree => tree.Leaves != LeafShape.Scalar || tree.Output == output))
        {
            _tree = tree;
            T weight = Num(tree.Weight);
            _leafFactor = ByLeaf ? weight : T.One;
            _parts = ByLeaf ? sum : new T[sum.Length];
            if (ByQuadrature)
            {
                expectations += (tree.Leaves == LeafShape.Scalar ? Mean<double>(0) : Expectation(0, 1)) * tree.Weight;
                if (!tree.Nodes[0].IsLeaf)
                {
                    Integrate(0, [.. Enumerable.Repeat(T.One, 8)], T.One);
                }
            }
            else
            {
                T mean = ByLeaf && !tree.Nodes[0].IsLeaf && Cover<double>(0) != 0 ? Num(SumOfLeaves()) : Mean<T>(0);
                sum[^1] += mean * weight;
                Explain(0, [], T.One, T.One, -1);
            }

            for (int feature = 0; !ByLeaf && feature < sum.Length; feature++)
            {
                sum[feature] += _parts[feature] * weight;
            }
        }

        sum[^1] += ByQuadrature ? Num(expectations) : T.Zero;
        if (_forest.Aggregation == Aggregation.AverageThenBase)
        {
            sum = Array.ConvertAll(sum, value => value / Num(_forest.Trees.Length));
        }

        sum[^1] += Num(_forest.BaseMargin[output]);
        return sum;
    }

    private TNumber Cover<TNumber>(int node)
        where TNumber : INumberBase<TNumber> => TNumber.CreateTruncating(_tree.Statistics![node].Cover);

    private T Share(int node, int child) => Cover<T>(node) == T.Zero ? Num(0.5) : Cover<T>(child) / Cover<T>(node);

    private double Leaf(Node leaf) => _tree.Leaves switch
    {
        LeafShape.Scalar => leaf.Value,
        LeafShape.Vector => _tree.LeafVectors[(leaf.Index * _forest.OutputCount) + _output],
        _ => _tree.LeafTargets[leaf.Index].Where(target => target.Output == _output).Sum(target => target.Value),
    };

    private bool GoesLeft(Node node) => Reference.GoesLeft(_tree, node, Reference.Read<double>(_forest, _row, node.Feature));

    private TNumber Mean<TNumber>(int index)
        where TNumber : IFloatingPointIeee754<TNumber>
    {
        Node node = _tree.Nodes[index];
        if (node.IsLeaf)
        {
            return TNumber.CreateTruncating(Leaf(node));
        }

        (TNumber left, TNumber right) = (Mean<TNumber>(node.Left), Mean<TNumber>(node.Right));
        if (Cover<TNumber>(index) == TNumber.Zero)
        {
            return TNumber.CreateTruncating(0.5) * (left + right);
        }

        TNumber mean = left * Cover<TNumber>(node.Left);
        mean += right * Cover<TNumber>(node.Right);
        return mean / Cover<TNumber>(index);
    }

    private double SumOfLeaves()
    {
        double sum = 0;
        foreach (int index in LeavesBelow(0).Order())
        {
            sum += (Cover<double>(index) / Cover<double>(0)) * Leaf(_tree.Nodes[index]);
        }

        return sum;

        IEnumerable<int> LeavesBelow(int index) =>
            _tree.Nodes[index].IsLeaf ? [index] : LeavesBelow(_tree.Nodes[index].Left).Concat(LeavesBelow(_tree.Nodes[index].Right));
    }

    private double Expectation(int index, double share)
    {
        double total = 0;
        Visit(index, share);
        return total;

        void Visit(int index, double share)
        {
            Node node = _tree.Nodes[index];
            if (node.IsLeaf)
            {
                total += share * Leaf(node);
                return;
            }

            double cover = Cover<double>(index);
            Visit(node.Left, cover == 0 ? share * 0.5 : share * Cover<double>(node.Left) / cover);
            Visit(node.Right, cover == 0 ? share * 0.5 : share * Cover<double>(node.Right) / cover);
        }
    }

    private void Explain(int index, Step[] parents, T zero, T one, int feature)
    {
        // Nobody comes here: every part below is 0.
        if (zero == T.Zero && one == T.Zero)
        {
            return;
        }

        Step[] path = Extended(parents, zero, one, feature);
        Node node = _tree.Nodes[index];
        if (node.IsLeaf)
        {
            foreach (Step step in path[1..])
            {
                _parts[step.Feature] += SumWithout(path, step) * (step.One - step.Zero) * (Num(Leaf(node)) * _leafFactor);
            }

            return;
        }

        (int hot, int cold) = GoesLeft(node) ? (node.Left, node.Right) : (node.Right, node.Left);
        Step before = new(node.Feature, T.One, T.One, T.Zero);
        if (path.Any(step => step.Feature == node.Feature))
        {
            before = path.Single(step => step.Feature == node.Feature);
            path = Without(path, before);
        }

        Explain(hot, path, Share(index, hot) * before.Zero, before.One, node.Feature);
        Explain(cold, path, Share(index, cold) * before.Zero, T.Zero, node.Feature);
    }

    private static Step[] Extended(Step[] parents, T zero, T one, int feature)
    {
        int depth = parents.Length;
        Step[] path = [.. parents, new(feature, zero, one, depth == 0 ? T.One : T.Zero)];
        for (int i = depth - 1; i >= 0; i--)
        {
            path[i + 1] = path[i + 1] with { Weight = path[i + 1].Weight + (((one * path[i].Weight) * Num(i + 1)) / Num(depth + 1)) };
            path[i] = path[i] with { Weight = ((zero * path[i].Weight) * Num(depth - i)) / Num(depth + 1) };
        }

        return path;
    }

    private static Step[] Without(Step[] path, Step step)
    {
        int depth = path.Length - 1;
        T[] weights = [.. path.Select(other => other.Weight)];
        T next = weights[depth];
        for (int i = depth - 1; i >= 0; i--)
        {
            if (step.One != T.Zero)
            {
                T before = weights[i];
                weights[i] = (next * Num(depth + 1)) / (Num(i + 1) * step.One);
                next = before - (((weights[i] * step.Zero) * Num(depth - i)) / Num(depth + 1));
            }
            else
            {
                weights[i] = (weights[i] * Num(depth + 1)) / (step.Zero * Num(depth - i));
            }
        }

        return [.. path.Where(other => other.Feature != step.Feature).Select((other, i) => other with { Weight = weights[i] })];
    }

    private static T SumWithout(Step[] path, Step step)
    {
        int depth = path.Length - 1;
        T next = path[depth].Weight;
        T total = T.Zero;
        for (int i = depth - 1; i >= 0; i--)
        {
            if (step.One != T.Zero)
            {
                T part = (next * Num(depth + 1)) / (Num(i + 1) * step.One);
                total += part;
                next = path[i].Weight - ((part * step.Zero) * (Num(depth - i) / Num(depth + 1)));
            }
            else
            {
                total += (path[i].Weight / step.Zero) / (Num(depth - i) / Num(depth + 1));
            }
        }

        return total;
    }

    /// <summary>The sums of a subtree at the eight points, after its splits gave their parts to their features.</summary>
    private T[] Integrate(int index, T[] products, T weight)
    {
        Node node = _tree.Nodes[index];
        if (node.IsLeaf)
        {
            T scale = weight * Num(Leaf(node));
            return [.. products.Select((product, i) => product * scale * Num(TreeQuadrature<T>.Weights[i]))];
        }

        bool left = GoesLeft(node);
        T[] first = Child(node.Left, left);
        T[] second = Child(node.Right, !left);
        return [.. first.Zip(second, (a, b) => a + b)];

        T[] Child(int child, bool passes)
        {
            bool isKnown = _factors.TryGetValue(node.Feature, out T before);
            before = isKnown ? before : T.One;
            T share = T.Max(Share(index, child), Num(1e-12f));
            T factor = passes ? before / share : T.Zero;
            T[] below = [.. products.Select((product, i) => product * At(factor, i))];
            below = before == T.One ? below : [.. below.Select((product, i) => product / At(before, i))];
            _factors[node.Feature] = factor;
            T[] sums = Integrate(child, below, weight * share);
            _parts[node.Feature] += Part(sums, factor, before);
            Restore(isKnown, before);
            return sums;
        }

        void Restore(bool isKnown, T before)
        {
            _factors.Remove(node.Feature);
            if (isKnown)
            {
                _factors.Add(node.Feature, before);
            }
        }

        static T At(T factor, int point) => T.One + ((factor - T.One) * Num(TreeQuadrature<T>.Nodes[point]));

        static T Part(T[] sums, T factor, T before)
        {
            T part = T.Zero;
            for (int i = 0; i < 8 && factor != T.One; i++)
            {
                part += ((factor - T.One) * sums[i]) / At(factor, i);
            }

            for (int i = 0; i < 8 && before != T.One; i++)
            {
                part -= ((before - T.One) * sums[i]) / At(before, i);
            }

            return part;
        }
    }

    private readonly record struct Step(int Feature, T Zero, T One, T Weight);
}
