using System;
using System.Buffers;
using System.Numerics;

namespace Inference.Forests;

/// <summary>What is expected of a tree when no feature is known, by each <see cref="ContributionRule"/>.</summary>
/// <remarks>A split that no training row reached counts its children alike: the libraries but XGBoost from 3.3 on divide by 0 there.</remarks>
internal static class TreeExpectation
{
    /// <summary>The expectation of the tree's output, or where leaves hold several, of each.</summary>
    /// <typeparam name="TScore">The model's precision.</typeparam>
    /// <param name="forest">The model.</param>
    /// <param name="tree">The tree, its covers checked.</param>
    /// <param name="order">The nodes that the root reaches, parents first and left before right.</param>
    public static double[] Of<TScore>(Forest forest, Tree tree, ReadOnlySpan<int> order)
        where TScore : unmanaged, IFloatingPointIeee754<TScore>
    {
        double[] expected = new double[tree.Leaves == LeafShape.Scalar ? 1 : forest.OutputCount];
        if (forest.ContributionRule == ContributionRule.Quadrature && tree.Leaves != LeafShape.Scalar)
        {
            AddLeaves(forest, tree, order, expected);
            return expected;
        }

        for (int i = 0; i < expected.Length; i++)
        {
            int output = tree.Leaves == LeafShape.Scalar ? tree.Output : i;
            expected[i] = forest.ContributionRule switch
            {
                ContributionRule.Quadrature => Mean<double>(forest, tree, order, output),
                ContributionRule.TreeShapByLeaf when !tree.Nodes[0].IsLeaf && tree.Statistics![0].Cover > 0 => SumOfLeaves(forest, tree, output),
                _ => double.CreateTruncating(Mean<TScore>(forest, tree, order, output)),
            };
        }

        return expected;
    }

    /// <summary>The mean of a split's children, from the leaves up: left times its cover, plus right times its cover, by the split's.</summary>
    /// <remarks>XGBoost up to 3.2, src/tree/tree_model.cc and src/predictor/cpu_predictor.cc, FillNodeMeanValues, in float32; from 3.3 on quadrature.h, FillRootMeanValue, in float64.</remarks>
    private static T Mean<T>(Forest forest, Tree tree, ReadOnlySpan<int> order, int output)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T[] means = ArrayPool<T>.Shared.Rent(tree.Nodes.Length);
        for (int i = order.Length - 1; i >= 0; i--)
        {
            int index = order[i];
            ref readonly Node node = ref tree.Nodes[index];
            if (node.IsLeaf)
            {
                means[index] = T.CreateTruncating(tree.LeafValue(node, output, forest.OutputCount));
                continue;
            }

            T cover = Cover(index);
            means[index] = cover == T.Zero
                ? (means[node.Left] + means[node.Right]) * T.CreateTruncating(0.5)
                : ((means[node.Left] * Cover(node.Left)) + (means[node.Right] * Cover(node.Right))) / cover;
        }

        T mean = means[0];
        ArrayPool<T>.Shared.Return(means);
        return mean;

        T Cover(int node) => T.CreateTruncating(tree.Statistics![node].Cover);
    }

    /// <summary>The leaves in their order, each times its share of the root's training rows.</summary>
    /// <remarks>LightGBM, src/io/tree.cpp, Tree::ExpectedValue. Leaves follow each other among the nodes as LightGBM counts them.</remarks>
    private static double SumOfLeaves(Forest forest, Tree tree, int output)
    {
        double whole = tree.Statistics![0].Cover;
        double sum = 0;
        for (int leaf = tree.Splits.Length; leaf < tree.Nodes.Length; leaf++)
        {
            sum += tree.Statistics[leaf].Cover / whole * tree.LeafValue(tree.Nodes[leaf], output, forest.OutputCount);
        }

        return sum;
    }

    /// <summary>The leaves from left to right, each times its share, which is multiplied from the root down.</summary>
    /// <remarks>XGBoost from 3.3 on, src/predictor/interpretability/quadrature.h, FillRootMeanValues, in float64.</remarks>
    private static void AddLeaves(Forest forest, Tree tree, ReadOnlySpan<int> order, Span<double> expected)
    {
        double[] shares = ArrayPool<double>.Shared.Rent(tree.Nodes.Length);
        shares[0] = 1;
        foreach (int index in order)
        {
            ref readonly Node node = ref tree.Nodes[index];
            if (node.IsLeaf)
            {
                for (int output = 0; output < expected.Length; output++)
                {
                    expected[output] += shares[index] * tree.LeafValue(node, output, forest.OutputCount);
                }

                continue;
            }

            double cover = tree.Statistics![index].Cover;
            shares[node.Left] = cover == 0 ? shares[index] * 0.5 : shares[index] * tree.Statistics[node.Left].Cover / cover;
            shares[node.Right] = cover == 0 ? shares[index] * 0.5 : shares[index] * tree.Statistics[node.Right].Cover / cover;
        }

        ArrayPool<double>.Shared.Return(shares);
    }
}
