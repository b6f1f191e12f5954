using System.Runtime.InteropServices;

namespace Inference.Kernels;

/// <summary>The splits of a register that test one feature's category: a bit for each says that the row is not in its set, see <see cref="CategoryTable"/>.</summary>
[StructLayout(LayoutKind.Sequential, Pack = sizeof(ushort))]
internal struct RowSets
{
    /// <summary>The splits' places in their register.</summary>
    public ulong Places;

    /// <summary>The bit of a class's answers that is the first split's.</summary>
    public uint FirstBit;

    /// <summary>The feature's number among the group's columns of codes.</summary>
    public ushort Column;
}
