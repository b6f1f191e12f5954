using System.Numerics;
using Inference.Forests;

namespace Inference.Tests.Forests;

/// <summary>Shapley values by their definition: every coalition of features, each with its expected margin.</summary>
internal static class ShapleyByDefinition
{
    /// <summary>(outputs, features + 1) of one row, the margin of the empty coalition last.</summary>
    public static double[] Of(Forest forest, double[] row)
    {
        int features = forest.FeatureCount;
        int columns = features + 1;
        double[] result = new double[forest.OutputCount * columns];
        double[][] worth = new double[1 << features][];
        for (int coalition = 0; coalition < worth.Length; coalition++)
        {
            worth[coalition] = Expected(forest, row, coalition);
        }

        for (int output = 0; output < forest.OutputCount; output++)
        {
            for (int feature = 0; feature < features; feature++)
            {
                for (int coalition = 0; coalition < worth.Length; coalition++)
                {
                    if ((coalition >> feature & 1) == 0)
                    {
                        int size = BitOperations.PopCount((uint)coalition);
                        double weight = Factorial(size) * Factorial(features - size - 1) / Factorial(features);
                        result[(output * columns) + feature] += weight * (worth[coalition | (1 << feature)][output] - worth[coalition][output]);
                    }
                }
            }

            result[(output * columns) + features] = worth[0][output];
        }

        return result;
    }

    private static double[] Expected(Forest forest, double[] row, int coalition)
    {
        double[] margins = new double[forest.OutputCount];
        foreach (Tree tree in forest.Trees)
        {
            Descend(tree, 0, 1.0 / (forest.Aggregation == Aggregation.AverageThenBase ? forest.Trees.Length : 1));

            void Descend(Tree tree, int index, double share)
            {
                Node node = tree.Nodes[index];
                if (node.IsLeaf)
                {
                    AddLeaf(forest, tree, node, share, margins);
                }
                else if ((coalition >> node.Feature & 1) != 0)
                {
                    double value = Reference.Read<double>(forest, row, node.Feature);
                    Descend(tree, Reference.GoesLeft(tree, node, value) ? node.Left : node.Right, share);
                }
                else
                {
                    double cover = tree.Statistics![index].Cover;
                    double left = cover == 0 ? 0.5 : tree.Statistics[node.Left].Cover / cover;
                    double right = cover == 0 ? 0.5 : tree.Statistics[node.Right].Cover / cover;
                    Descend(tree, node.Left, share * left);
                    Descend(tree, node.Right, share * right);
                }
            }
        }

        for (int output = 0; output < margins.Length; output++)
        {
            margins[output] += forest.BaseMargin[output];
        }

        return margins;
    }

    private static void AddLeaf(Forest forest, Tree tree, Node leaf, double share, double[] margins)
    {
        switch (tree.Leaves)
        {
            case LeafShape.Scalar:
                margins[tree.Output] += share * tree.Weight * leaf.Value;
                break;
            case LeafShape.Vector:
                for (int output = 0; output < margins.Length; output++)
                {
                    margins[output] += share * tree.Weight * tree.LeafVectors[(leaf.Index * forest.OutputCount) + output];
                }

                break;
            default:
                foreach (LeafTarget target in tree.LeafTargets[leaf.Index])
                {
                    margins[target.Output] += share * tree.Weight * target.Value;
                }

                break;
        }
    }

    private static double Factorial(int n)
    {
        double product = 1;
        for (int i = 2; i <= n; i++)
        {
            product *= i;
        }

        return product;
    }
}
