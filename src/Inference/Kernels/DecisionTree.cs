using System.Runtime.InteropServices;

namespace Inference.Kernels;

/// <summary>A small tree as <see cref="DecisionKernel"/> reads it for one row.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DecisionTree
{
    /// <summary>Where its decisions start.</summary>
    public int Data;

    /// <summary>Its first leaf value.</summary>
    public int Values;

    /// <summary>The output that it adds to.</summary>
    public int Output;

    /// <summary>The levels of a heap; 0 for a tree whose splits have masks of the leaves that they rule out.</summary>
    public int Levels;
}
