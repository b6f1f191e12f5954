using System.Collections.Generic;
using System.Linq;
using Inference.Forests;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Formats.XGBoost;

/// <summary>Compares two forests in all that a scorer or a description reads.</summary>
internal static class SameForest
{
    public static void Check(Forest expected, Forest actual)
    {
        Assert.Equal(expected.Precision, actual.Precision);
        Assert.Equal(expected.FeatureCount, actual.FeatureCount);
        Assert.Equal(expected.OutputCount, actual.OutputCount);
        Assert.Equal(expected.Aggregation, actual.Aggregation);
        Assert.Equal(expected.Transform, actual.Transform);
        Assert.Equal(expected.IterationStarts, actual.IterationStarts);
        Bits.Equal(expected.BaseMargin, actual.BaseMargin, "base margin");
        Assert.Equal(expected.Origin.Objective, actual.Origin.Objective);
        Assert.Equal(expected.Origin.BestIteration, actual.Origin.BestIteration);
        Assert.Equal(expected.Linear is null, actual.Linear is null);
        if (expected.Linear is { } linear)
        {
            Bits.Equal(linear.Weights, actual.Linear!.Weights, "linear weights");
            Bits.Equal(linear.Bias, actual.Linear.Bias, "linear bias");
        }

        Assert.Equal(expected.Trees.Length, actual.Trees.Length);
        for (int i = 0; i < expected.Trees.Length; i++)
        {
            Check(expected.Trees[i], actual.Trees[i], $"tree {i}");
        }
    }

    private static void Check(Tree expected, Tree actual, string what)
    {
        Assert.Equal(expected.Output, actual.Output);
        Assert.Equal(expected.Weight, actual.Weight);
        Assert.Equal(expected.Leaves, actual.Leaves);
        Bits.Equal(expected.LeafVectors, actual.LeafVectors, what);
        Assert.Equal(expected.Nodes.Length, actual.Nodes.Length);
        Bits.Equal(expected.Nodes.Select(node => node.Value).ToArray(), actual.Nodes.Select(node => node.Value).ToArray(), what);
        Assert.Equal(expected.Nodes.Select(Shape), actual.Nodes.Select(Shape));
        Assert.Equal(expected.Statistics, actual.Statistics);
        Assert.Equal(expected.CategorySets.Select(Codes), actual.CategorySets.Select(Codes));
    }

    private static (int, int, int, int, int, NodeTest, MissingRule, bool) Shape(Node node) =>
        (node.Feature, node.Left, node.Right, node.Index, node.Id, node.Test, node.Missing, node.DefaultLeft);

    private static IEnumerable<int> Codes(CategorySet set) => Enumerable.Range(0, set.Bound).Where(set.Contains);
}
