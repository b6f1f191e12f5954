using System.Runtime.InteropServices;

namespace Inference.Kernels;

/// <summary>One split of a tree as the leaf kernel runs it: 8 bytes.</summary>
/// <remarks>
/// The steps of a tree stand in an order in which a split comes after both of its children. A step's answer, for each row,
/// is the number of the leaf below the split that the row would end in; the last step is the root's.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct TreeStep
{
    /// <summary>An operand below this is a leaf's number; from here on it is the answer in slot operand - FirstSlot.</summary>
    public const int FirstSlot = 256;

    /// <summary>The column of ranks that is compared.</summary>
    public ushort Column;

    /// <summary>A row goes right where its rank is above this.</summary>
    public sbyte Threshold;

    /// <summary>The slot for the answer.</summary>
    public byte Target;

    /// <summary>The left child: a leaf or a slot.</summary>
    public ushort Left;

    /// <summary>The right child: a leaf or a slot.</summary>
    public ushort Right;
}
