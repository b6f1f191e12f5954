using System.Runtime.InteropServices;

namespace Inference.Kernels;

/// <summary>A node as a walk of one row reads it: 8 bytes, the right child behind the left one.</summary>
/// <remarks>A leaf's threshold is above every rank and its left child is itself: a walk may go on at a leaf without leaving it.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RowNode
{
    /// <summary>The rank that is compared; where <see cref="IsSet"/>, the tree's set number.</summary>
    public ushort Column;

    /// <summary>A row goes right where its rank is above this.</summary>
    public sbyte Threshold;

    /// <summary>1 where the split tests a set of categories, else 0.</summary>
    public byte IsSet;

    /// <summary>The left child, from the tree's first node.</summary>
    public ushort Left;

    /// <summary>A leaf's number.</summary>
    public ushort Leaf;
}
