using Inference.Forests;

namespace Inference.Engine.Ranks;

/// <summary>Which trees are evaluated: what that costs is the number of their splits, so that from some thousands on walking is cheaper.</summary>
internal static class ChunkPlan
{
    /// <summary>The most splits for which evaluating all of them pays; more where some test sets, because walks in blocks cannot, and walks node by node take many times as long.</summary>
    private const int MaxSplits = 3000, MaxSplitsWithSets = 16_000;

    /// <summary>Leaf numbers are bytes.</summary>
    private const int MaxLeaves = 256;

    /// <summary>Whether a tree has so few leaves that it needs no cut.</summary>
    public static bool IsOne(Tree tree) => tree.Nodes.Length <= (2 * MaxLeaves) - 1;

    /// <summary>Whether a tree may be cut.</summary>
    public static bool IsPossible(Tree tree)
    {
        int splits = tree.Nodes.Length / 2;
        return tree.Leaves is LeafShape.Scalar or LeafShape.Linear && (splits <= MaxSplits || (splits <= MaxSplitsWithSets && SplitSet.CountIn(tree) > 0));
    }
}
