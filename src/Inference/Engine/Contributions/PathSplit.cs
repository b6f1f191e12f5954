using System.Runtime.InteropServices;

namespace Inference.Engine.Contributions;

/// <summary>A split of a <see cref="LeafPaths{T}"/> while it is laid out: places are those of its trees' nodes one after the other, a left child's behind its parent's.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
/// <param name="Threshold">Left below it; means nothing where the test is another one.</param>
/// <param name="Feature">The feature.</param>
/// <param name="Steps">What its children add to its state.</param>
/// <param name="Tree">The tree, as a place among those laid out together.</param>
/// <param name="Number">Of a <see cref="PathTest.Node"/> its index among the tree's nodes, of a <see cref="PathTest.Set"/> the set's; else 0.</param>
/// <param name="Level">The splits above it.</param>
/// <param name="Place">Its place.</param>
/// <param name="Right">The right child's place.</param>
/// <param name="Known">The place where the path to it last tested the feature, or <see cref="LeafPaths{T}.Always"/>.</param>
/// <param name="Test">How a value is compared.</param>
internal readonly record struct PathSplit<T>(T Threshold, int Feature, StateSteps Steps, int Tree, int Number, int Level, ushort Place, ushort Right, ushort Known, PathTest Test)
    where T : unmanaged;

/// <summary>
/// What the children of a split add to its state. A state says of a node and a row in the upper 24 bits how many visits to
/// leaves come before those below the node, and in the lower ones of which kind the row is there: the bit of each level whose
/// split it passes on its way.
/// </summary>
/// <param name="LeftBehind">Of the left child where the row goes right: the visits on the right side come first.</param>
/// <param name="Passed">Of the child that the row goes to: the level's bit, or 0 below the levels of <see cref="LeafTables"/>.</param>
/// <param name="RightBehind">Of the right child where the row goes left.</param>
/// <remarks>Beside each other, so that 1 for left and 0 for right is an index: the left child's from the first on, the right one's from the second on.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct StateSteps(int LeftBehind, int Passed, int RightBehind)
{
    /// <summary>The bits of the kind.</summary>
    public const int KindBits = LeafTables.MostLevels;
}

/// <summary>How a <see cref="PathSplit{T}"/> compares a value.</summary>
internal enum PathTest : byte
{
    /// <summary>Left below the threshold; NaN right.</summary>
    Below,

    /// <summary>Left below the threshold; NaN left.</summary>
    BelowOrNaN,

    /// <summary>Left where the set holds the category.</summary>
    Set,

    /// <summary>As the node says.</summary>
    Node,
}

/// <summary>The set of a <see cref="PathTest.Set"/>, as <see cref="PathSetBuilder"/> writes it.</summary>
/// <param name="Column">Which feature's categories: a place among <see cref="LeafPaths{T}.Codes"/>.</param>
/// <param name="FirstByte">Where it begins.</param>
internal readonly record struct PathSet(int Column, int FirstByte);
