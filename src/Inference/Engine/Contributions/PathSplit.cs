namespace Inference.Engine.Contributions;

/// <summary>A split of a <see cref="LeafPaths{T}"/>. Its left child has the place behind its own.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
/// <param name="Threshold">Left below it; no number where the test is of a set.</param>
/// <param name="Feature">The feature.</param>
/// <param name="Number">Of a <see cref="PathTest.Node"/> its index among the tree's nodes, of a <see cref="PathTest.Set"/> the set's; else 0.</param>
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

/// <summary>The set of a <see cref="PathTest.Set"/>, as <see cref="Ranks.SetBuilder"/> writes it.</summary>
/// <param name="Column">Which feature's categories: a place among <see cref="LeafPaths{T}.Codes"/>.</param>
/// <param name="FirstByte">Where it begins.</param>
internal readonly record struct PathSet(int Column, int FirstByte);
