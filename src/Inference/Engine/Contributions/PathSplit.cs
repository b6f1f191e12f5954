namespace Inference.Engine.Contributions;

/// <summary>A split of a <see cref="LeafPaths{T}"/>. Its left child has the place behind its own.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
/// <param name="Threshold">Left below it; no number where the test is of a set.</param>
/// <param name="Feature">The feature.</param>
/// <param name="Number">Of a <see cref="PathTest.Node"/> its index among the tree's nodes; else the number of the set that sends categories left, 0 where there is none.</param>
/// <param name="Place">Its place.</param>
/// <param name="Right">The right child's place.</param>
/// <param name="Known">The place where the path to it last tested the feature, or <see cref="LeafPaths{T}.Always"/>.</param>
/// <param name="LeftLeaves">The leaves on its left side.</param>
/// <param name="RightLeaves">The leaves on its right side.</param>
/// <param name="Test">How a value is compared.</param>
internal readonly record struct PathSplit<T>(
    T Threshold, int Feature, ushort Number, ushort Place, ushort Right, ushort Known, ushort LeftLeaves, ushort RightLeaves, PathTest Test)
    where T : unmanaged;

/// <summary>How a <see cref="PathSplit{T}"/> compares a value.</summary>
internal enum PathTest : byte
{
    /// <summary>Left below the threshold; NaN right.</summary>
    Below = 0,

    /// <summary>Left below the threshold; NaN left.</summary>
    BelowOrNaN = 1,

    /// <summary>Left where the set holds the category.</summary>
    Set = 2,

    /// <summary>As the node says.</summary>
    Node = 3,
}

/// <summary>Where the bits of a <see cref="PathTest.Set"/> are: what missing values do, then for each category whether it goes left, and 0 for all others.</summary>
/// <param name="Column">Which feature's categories, and how they are read: a place among a <see cref="LeafPaths{T}.SetColumns"/>.</param>
/// <param name="FirstWord">Its first word.</param>
/// <param name="LastBit">Its last bit.</param>
internal readonly record struct PathSet(int Column, int FirstWord, int LastBit);

/// <summary>The categories of a feature as sets are asked for them.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Truncates">Whether they are read as <see cref="Forests.NodeTest.TruncatedCodeInSet"/> does.</param>
internal readonly record struct PathSetColumn(int Feature, bool Truncates)
{
    /// <summary>The bit of a <see cref="PathSet"/> that says where a value goes; one behind the last of every set for what is no category.</summary>
    public int BitOf(double value) =>
        double.IsNaN(value) ? 0
        : Truncates ? (value is > -1 and < int.MaxValue - 1 ? (int)value + 1 : int.MaxValue)
        : value is >= 0 and < Forests.Reference.CodeBound ? (int)value + 1
        : int.MaxValue;
}
