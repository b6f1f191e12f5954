using System;
using System.Buffers;
using System.Numerics;

namespace Inference.Forests;

/// <summary>What contributions need to know of a tree before any row. Immutable.</summary>
internal sealed class TreeSurvey
{
    /// <summary>The most levels of a tree: above it a call's buffers would outgrow 100 MB.</summary>
    public const int MostLevels = 1 << 20;

    /// <summary>The most distinct features on one path, if each is tested once: TreeSHAP takes the cube of their number.</summary>
    public const int MostPathFeatures = 4096;

    /// <summary>The most steps of the paths that <see cref="TreeShap{TScore}"/> holds at once.</summary>
    public const int MostSteps = (MostPathFeatures + 1) * (MostPathFeatures + 2) / 2;

    private TreeSurvey(int levels, int steps, int[] features, double[] expected) =>
        (Levels, Steps, Features, Expected) = (levels, steps, features, expected);

    /// <summary>The nodes on the longest path.</summary>
    public int Levels { get; }

    /// <summary>
    /// The most steps of a node's path, its ancestors' paths with it: for each node on the way one for every feature
    /// tested above it, and one. 0 by <see cref="ContributionRule.Quadrature"/>, which holds none.
    /// </summary>
    public int Steps { get; }

    /// <summary>The features that the tree tests, ascending.</summary>
    public int[] Features { get; }

    /// <summary>What is expected of the tree without a row, without its weight: of its output, or where leaves hold several, of each.</summary>
    public double[] Expected { get; }

    /// <summary>Surveys a tree.</summary>
    /// <typeparam name="TScore">The model's precision.</typeparam>
    /// <param name="forest">The model.</param>
    /// <param name="number">The tree's number.</param>
    /// <exception cref="ModelNotSupportedException">The tree cannot be explained; the message says why.</exception>
    public static TreeSurvey Of<TScore>(Forest forest, int number)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        Tree tree = forest.Trees[number];
        if (tree.Leaves == LeafShape.Linear)
        {
            throw Unsupported(forest, $"tree {number}", "linear leaves", "contributions need constant leaves");
        }

        if (tree.Statistics is null && !tree.Nodes[0].IsLeaf)
        {
            throw Unsupported(
                forest,
                $"tree {number}",
                $"no node covers, which this {forest.Origin.Format} file does not hold",
                "contributions need node covers, as XGBoost and LightGBM write them");
        }

        int[] order = ArrayPool<int>.Shared.Rent(tree.Nodes.Length);
        Place[] pending = ArrayPool<Place>.Shared.Rent(tree.Nodes.Length);
        int[] features = ArrayPool<int>.Shared.Rent(tree.Nodes.Length);
        try
        {
            (int count, int levels, int steps) = Walk(forest, number, order, pending, features);
            return new TreeSurvey(levels, steps, FeaturesOf(tree, order.AsSpan(0, count), features), TreeExpectation.Of<TScore>(forest, tree, order.AsSpan(0, count)));
        }
        finally
        {
            ArrayPool<int>.Shared.Return(order);
            ArrayPool<Place>.Shared.Return(pending);
            ArrayPool<int>.Shared.Return(features);
        }
    }

    /// <summary>The share of a split's training rows that one child got. Of a split that none reached, each gets half.</summary>
    public static TScore Share<TScore>(Tree tree, int split, int child)
        where TScore : IFloatingPointIeee754<TScore>
    {
        TScore whole = TScore.CreateTruncating(tree.Statistics![split].Cover);
        return whole == TScore.Zero ? TScore.CreateTruncating(0.5) : TScore.CreateTruncating(tree.Statistics[child].Cover) / whole;
    }

    /// <summary>A refusal of what a model asks of contributions.</summary>
    public static ModelNotSupportedException Unsupported(Forest forest, string location, string found, string allowed) =>
        new(forest.Origin.Source, location, found, allowed);

    /// <summary>Lists the nodes that the root reaches, parents first and left before right, and measures the paths.</summary>
    private static (int Count, int Levels, int Steps) Walk(Forest forest, int number, int[] order, Place[] pending, int[] features)
    {
        Tree tree = forest.Trees[number];
        bool countsSteps = forest.ContributionRule != ContributionRule.Quadrature;
        int count = 0;
        int levels = 0;
        int steps = 0;
        int top = 0;
        pending[top++] = new Place(Node: 0, Level: 1, Features: 0, Steps: 1);
        while (top > 0)
        {
            (int index, int level, int known, int held) = pending[--top];
            ref readonly Node node = ref tree.Nodes[index];
            order[count++] = index;
            levels = Math.Max(levels, level);
            steps = Math.Max(steps, held);
            CheckCover(forest, number, index);
            CheckPath(forest, number, level, held);
            if (node.IsLeaf)
            {
                continue;
            }

            // The first places hold the features above this node: whatever other nodes wrote came behind them.
            if (countsSteps && !features.AsSpan(0, known).Contains(node.Feature))
            {
                features[known++] = node.Feature;
            }

            int below = countsSteps ? held + known + 1 : 0;
            pending[top++] = new Place(node.Right, level + 1, known, below);
            pending[top++] = new Place(node.Left, level + 1, known, below);
        }

        return (count, levels, countsSteps ? steps : 0);
    }

    private static void CheckCover(Forest forest, int number, int index)
    {
        Tree tree = forest.Trees[number];
        if (!tree.Nodes[0].IsLeaf && !(tree.Statistics![index].Cover is >= 0 and < double.PositiveInfinity))
        {
            throw Unsupported(
                forest, $"tree {number}, node {index}", $"node cover {tree.Statistics[index].Cover}", "contributions need covers that are numbers of 0 or more");
        }
    }

    private static void CheckPath(Forest forest, int number, int levels, int steps)
    {
        if (levels > MostLevels)
        {
            throw Unsupported(forest, $"tree {number}", $"a path of more than {MostLevels} levels", $"contributions take up to {MostLevels}");
        }

        if (steps > MostSteps)
        {
            throw Unsupported(
                forest,
                $"tree {number}",
                $"a path of {levels} levels that test so many features that TreeSHAP would hold more than {MostSteps} numbers of features",
                $"contributions take up to {MostSteps}, as on a path of {MostPathFeatures} features");
        }
    }

    private static int[] FeaturesOf(Tree tree, ReadOnlySpan<int> order, int[] features)
    {
        int count = 0;
        foreach (int index in order)
        {
            if (!tree.Nodes[index].IsLeaf)
            {
                features[count++] = tree.Nodes[index].Feature;
            }
        }

        Span<int> sorted = features.AsSpan(0, count);
        sorted.Sort();
        int distinct = 0;
        for (int i = 0; i < count; i++)
        {
            if (i == 0 || sorted[i] != sorted[i - 1])
            {
                features[distinct++] = sorted[i];
            }
        }

        return features[..distinct];
    }

    /// <summary>A node to come, the features tested above it and the steps that it and its ancestors hold.</summary>
    private readonly record struct Place(int Node, int Level, int Features, int Steps);
}
