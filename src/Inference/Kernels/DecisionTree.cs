using System.Runtime.InteropServices;

namespace Inference.Kernels;

/// <summary>The form in which one row meets a tree.</summary>
internal enum RowForm : byte
{
    /// <summary>A walk, eight trees together.</summary>
    Path,

    /// <summary>All splits decided at once, in a heap (<see cref="HeapKernel"/>).</summary>
    Heap,

    /// <summary>All splits decided at once, each with its successors, in a register (<see cref="RegisterKernel"/>).</summary>
    Register,

    /// <summary>A walk of three levels a step (<see cref="BlockKernel"/>).</summary>
    Blocks,
}

/// <summary>A tree as <see cref="DecisionKernel"/> reads it for one row.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DecisionTree
{
    /// <summary>Where its decisions start.</summary>
    public int Data;

    /// <summary>Its first leaf value; of a tree in a register the one that entry 0 would have.</summary>
    public int Values;

    /// <summary>The output that it adds to.</summary>
    public int Output;

    /// <summary>The first of its <see cref="RowSets"/>.</summary>
    public int FirstSets;

    /// <summary>Its <see cref="RowSets"/>, one or more for each feature whose category it tests, as many as one read answers for. Trees in one register have the same.</summary>
    public byte Sets;

    /// <summary>The levels of a heap.</summary>
    public byte Depth;

    /// <summary>Its form, not <see cref="RowForm.Path"/>.</summary>
    public RowForm Form;

    /// <summary>Whether the next tree stands in the same register.</summary>
    public bool IsFirstOfTwo;

    /// <summary>In a register, the entry of the root; eight bits higher the next tree's. Of a tree in blocks, where they start.</summary>
    public uint Roots;
}
