using System.Runtime.InteropServices;

namespace Inference.Kernels;

/// <summary>The splits of a tree that test one feature's category: a bit for each says that the row is not in its set, see <see cref="CategoryTable"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RowSets
{
    /// <summary>The splits' places in their tree.</summary>
    public ulong Places;

    /// <summary>The byte of a class's answers that has the first split's.</summary>
    public int FirstByte;

    /// <summary>The feature's number among the group's columns of codes.</summary>
    public ushort Column;

    /// <summary>The bits of the first byte before it.</summary>
    public ushort Shift;
}
