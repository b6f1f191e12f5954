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

    /// <summary>Of a tree in a register the first of its <see cref="RowSets"/>, of one in blocks where they start.</summary>
    public int First;

    /// <summary>Of a tree in a register its <see cref="RowSets"/>, one or more for each feature whose category it tests, as many as one read answers for; trees in one register have the same. Of a heap its levels.</summary>
    public byte Count;

    /// <summary>Its form, not <see cref="RowForm.Path"/>.</summary>
    public RowForm Form;

    /// <summary>In a register, the tree's slot.</summary>
    public byte Slot;

    /// <summary>The trees behind it that stand in the same register.</summary>
    public byte Rest;
}
