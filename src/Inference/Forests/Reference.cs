using System;
using System.Numerics;

namespace Inference.Forests;

/// <summary>The specification of a tree walk: one row, one tree, one node at a time.</summary>
internal static class Reference
{
    /// <summary>LightGBM's zero threshold: the float constant 1e-35f, widened.</summary>
    /// <remarks>LightGBM, include/LightGBM/meta.h, kZeroThreshold.</remarks>
    public const double TinyBound = 1e-35f;

    /// <summary>One past the largest category code of XGBoost (src/common/categorical.h: the largest exact float integer).</summary>
    public const double CodeBound = 16777216;

    /// <summary>A row's value of a feature, as the model sees it: NaN where missing or absent.</summary>
    public static double Read<TRow>(Forest forest, ReadOnlySpan<TRow> row, int feature)
        where TRow : unmanaged, INumberBase<TRow>
    {
        if (feature >= row.Length)
        {
            return double.NaN;
        }

        double value = double.CreateTruncating(row[feature]);
        if (forest.Precision == ScorePrecision.Single)
        {
            value = (float)value;
        }

        return forest.TinyIsZero && Math.Abs(value) <= TinyBound ? 0 : value;
    }

    /// <summary>Whether a split sends a value to its left child.</summary>
    public static bool GoesLeft(Tree tree, in Node node, double value)
    {
        if (node.Missing == MissingRule.NaNGoesDefault)
        {
            if (double.IsNaN(value))
            {
                return node.DefaultLeft;
            }
        }
        else
        {
            if (double.IsNaN(value))
            {
                value = 0;
            }

            if (node.Missing == MissingRule.ZeroGoesDefault && Math.Abs(value) <= TinyBound)
            {
                return node.DefaultLeft;
            }
        }

        return node.Test switch
        {
            NodeTest.Less => value < node.Value,
            NodeTest.LessOrEqual => value <= node.Value,
            NodeTest.Equal => value == node.Value,
            NodeTest.CodeInSet => value is >= 0 and < CodeBound && tree.CategorySets[node.Index].Contains((int)value),
            NodeTest.TruncatedCodeInSet => value is > -1 and < int.MaxValue && tree.CategorySets[node.Index].Contains((int)value),
            NodeTest.ValueInSet => Array.BinarySearch(tree.ValueSets[node.Index], value) >= 0,
            _ => throw new InvalidOperationException($"{node.Test} is no split"),
        };
    }

    /// <summary>The leaf that a row ends in, as an index into <see cref="Tree.Nodes"/>.</summary>
    public static int FindLeaf<TRow>(Forest forest, Tree tree, ReadOnlySpan<TRow> row)
        where TRow : unmanaged, INumberBase<TRow>
    {
        int index = 0;
        while (!tree.Nodes[index].IsLeaf)
        {
            ref readonly Node node = ref tree.Nodes[index];
            index = GoesLeft(tree, node, Read(forest, row, node.Feature)) ? node.Left : node.Right;
        }

        return index;
    }

    /// <summary>The value of a linear leaf: the plain leaf value when a feature is NaN. Infinite features are added up like any number.</summary>
    /// <remarks>LightGBM, include/LightGBM/tree.h, Tree::Predict: constant first, then the terms in order, in float64.</remarks>
    public static double LinearLeafValue<TRow>(Forest forest, in Node leaf, LinearLeaf linear, ReadOnlySpan<TRow> row)
        where TRow : unmanaged, INumberBase<TRow>
    {
        double sum = linear.Constant;
        for (int i = 0; i < linear.Features.Length; i++)
        {
            double value = Read(forest, row, linear.Features[i]);
            if (double.IsNaN(value))
            {
                return leaf.Value;
            }

            sum += linear.Coefficients[i] * value;
        }

        return sum;
    }
}
