using System.Linq;
using System.Numerics;
using Inference.Forests;

namespace Inference.Tests.Forests;

/// <summary>Shapley values by their definition: every coalition of features, each with its expected margin.</summary>
internal static class ShapleyByDefinition
{
    /// <summary>(outputs, features + 1) of one row, the margin of the empty coalition last.</summary>
    /// <remarks>Features that no split tests are left out of the coalitions: they change no expectation.</remarks>
    public static double[] Of(Forest forest, double[] row)
    {
        int[] players = [.. forest.Trees.SelectMany(tree => Sketch.FeaturesBelow(tree, 0)).Distinct()];
        int columns = forest.FeatureCount + 1;
        double[] result = new double[forest.OutputCount * columns];
        double[][] worth = new double[1 << players.Length][];
        bool[] present = new bool[forest.FeatureCount];
        for (int coalition = 0; coalition < worth.Length; coalition++)
        {
            for (int player = 0; player < players.Length; player++)
            {
                present[players[player]] = (coalition >> player & 1) != 0;
            }

            worth[coalition] = Expected(forest, row, present);
        }

        for (int output = 0; output < forest.OutputCount; output++)
        {
            for (int player = 0; player < players.Length; player++)
            {
                for (int coalition = 0; coalition < worth.Length; coalition++)
                {
                    if ((coalition >> player & 1) == 0)
                    {
                        int size = BitOperations.PopCount((uint)coalition);
                        double weight = Factorial(size) * Factorial(players.Length - size - 1) / Factorial(players.Length);
                        result[(output * columns) + players[player]] += weight * (worth[coalition | (1 << player)][output] - worth[coalition][output]);
                    }
                }
            }

            result[(output * columns) + columns - 1] = worth[0][output];
        }

        return result;
    }

    private static double[] Expected(Forest forest, double[] row, bool[] present)
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
                else if (present[node.Feature])
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
