namespace Inference.Engine.Contributions;

/// <summary>A split of a <see cref="LeafPaths{T}"/>. Its left child has the place behind its own.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
/// <param name="Threshold">Left below it, if the test is a plain one.</param>
/// <param name="Feature">The feature.</param>
/// <param name="Node">Its index among the tree's nodes.</param>
/// <param name="Place">Its place.</param>
/// <param name="Right">The right child's place.</param>
/// <param name="Known">The place where the path to it last tested the feature, or <see cref="LeafPaths{T}.Always"/>.</param>
/// <param name="LeftLeaves">The leaves on its left side.</param>
/// <param name="RightLeaves">The leaves on its right side.</param>
/// <param name="Test">How a value is compared.</param>
internal readonly record struct PathSplit<T>(
    T Threshold, int Feature, ushort Node, ushort Place, ushort Right, ushort Known, ushort LeftLeaves, ushort RightLeaves, PathTest Test)
    where T : unmanaged;

/// <summary>How a <see cref="PathSplit{T}"/> compares a value.</summary>
internal enum PathTest : byte
{
    /// <summary>Left below the threshold; NaN right.</summary>
    Below,

    /// <summary>Left below the threshold; NaN left.</summary>
    BelowOrNaN,

    /// <summary>As the node says.</summary>
    Node,
}
