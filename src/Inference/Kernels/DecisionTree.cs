using System.Runtime.InteropServices;

namespace Inference.Kernels;

/// <summary>The form in which one row meets a tree.</summary>
internal enum RowForm : byte
{
    /// <summary>A walk, eight trees together.</summary>
    Path,

    /// <summary>All splits decided at once, in a heap.</summary>
    Heap,

    /// <summary>All splits decided at once, with the leaves that each rules out.</summary>
    Masks,

    /// <summary>All splits decided at once, each with the split that comes after it.</summary>
    Successors,
}

/// <summary>A tree as <see cref="DecisionKernel"/> reads it for one row.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DecisionTree
{
    /// <summary>Where its decisions start.</summary>
    public int Data;

    /// <summary>Its first leaf value.</summary>
    public int Values;

    /// <summary>The output that it adds to.</summary>
    public int Output;

    /// <summary>The first of its <see cref="RowSets"/>.</summary>
    public int FirstSets;

    /// <summary>Its <see cref="RowSets"/>, one for each feature whose category it tests.</summary>
    public byte Sets;

    /// <summary>The splits on its longest path, at most 255.</summary>
    public byte Depth;

    /// <summary>Its registers of 64 splits, where it has successors.</summary>
    public byte Registers;

    /// <summary>Its form, not <see cref="RowForm.Path"/>.</summary>
    public RowForm Form;
}
