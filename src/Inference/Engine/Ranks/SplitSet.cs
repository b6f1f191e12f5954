using System;
using System.Collections.Generic;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>The set of category codes that a split tests, whatever its form: a set of codes, or of whole numbers that values have to equal.</summary>
internal static class SplitSet
{
    /// <summary>Codes are counted by 32 bits, two more of them than there are categories.</summary>
    private const int MostCategories = int.MaxValue - 2;

    /// <summary>Whether a split tests one.</summary>
    public static bool IsOne(in Node node) => node.Test is NodeTest.CodeInSet or NodeTest.TruncatedCodeInSet or NodeTest.Equal or NodeTest.ValueInSet;

    /// <summary>How many splits of a tree test one.</summary>
    public static int CountIn(Tree tree)
    {
        int sets = 0;
        foreach (ref readonly Node node in tree.Splits)
        {
            sets += IsOne(node) ? 1 : 0;
        }

        return sets;
    }

    /// <summary>Whether a split tests one that <see cref="CategoryBuilder"/> can lay out.</summary>
    public static bool CanHold(Tree tree, in Node node)
    {
        if (!IsOne(node) || node.Missing == MissingRule.ZeroGoesDefault)
        {
            return false;
        }

        // What a load may allocate is bounded by the file, and no other has nodes as small as these: large trees of them are walked.
        return node.Test switch
        {
            NodeTest.Equal => ChunkPlan.IsOne(tree) && IsCode(node.Value),
            NodeTest.ValueInSet => ChunkPlan.IsOne(tree) && Array.TrueForAll(tree.ValueSets[node.Index], IsCode),
            _ => tree.CategorySets[node.Index].Bound is >= 0 and < MostCategories,
        };
    }

    /// <summary>How values become the codes that a split tests.</summary>
    public static CodeRule RuleOf(in Node node) => node.Test switch
    {
        NodeTest.CodeInSet => CodeRule.Whole,
        NodeTest.TruncatedCodeInSet => CodeRule.Truncated,
        _ => CodeRule.Exact,
    };

    /// <summary>The bound of the codes that a split tests.</summary>
    public static int BoundOf(Tree tree, in Node node) => node.Test switch
    {
        NodeTest.Equal => (int)node.Value + 1,
        NodeTest.ValueInSet => tree.ValueSets[node.Index] is { Length: > 0 } values ? (int)values[^1] + 1 : 0,

        // What is no code to XGBoost is in none of its sets.
        NodeTest.CodeInSet => Math.Min(tree.CategorySets[node.Index].Bound, (int)Reference.CodeBound),
        _ => tree.CategorySets[node.Index].Bound,
    };

    /// <summary>How many codes there are; one that is listed twice may count twice.</summary>
    public static int CountOf(Tree tree, in Node node) => node.Test switch
    {
        NodeTest.Equal => 1,
        NodeTest.ValueInSet => tree.ValueSets[node.Index].Length,
        _ => tree.CategorySets[node.Index].Count,
    };

    /// <summary>The memory of the codes as the forest keeps them.</summary>
    public static long BytesOf(Tree tree, in Node node) => node.TestsCode ? tree.CategorySets[node.Index].Bytes : CountOf(tree, node) * (long)sizeof(int);

    /// <summary>The codes.</summary>
    public static IEnumerable<int> CodesOf(Tree tree, Node node) => node.Test switch
    {
        NodeTest.Equal => [(int)node.Value],
        NodeTest.ValueInSet => Array.ConvertAll(tree.ValueSets[node.Index], value => (int)value),
        _ => tree.CategorySets[node.Index].Codes(),
    };

    /// <summary>Sets the bit of every code, bit <c>c % 8</c> of byte <c>c / 8</c>.</summary>
    public static void CopyTo(Tree tree, in Node node, Span<byte> bits)
    {
        if (node.TestsCode)
        {
            tree.CategorySets[node.Index].CopyTo(bits);
            return;
        }

        ReadOnlySpan<double> values = node.Test == NodeTest.Equal ? [node.Value] : tree.ValueSets[node.Index];
        foreach (double value in values)
        {
            bits[(int)value / 8] |= (byte)(1 << ((int)value % 8));
        }
    }

    private static bool IsCode(double value) => value is >= 0 and < MostCategories && Math.Floor(value) == value;
}
