using System.Runtime.InteropServices;

namespace Inference.Kernels;

/// <summary>The splits of a tree that test one feature's category: for a category, a bit for each says that the row is not in its set.</summary>
/// <remarks>
/// Sets lie turned round: for each category of a feature the bits of all splits in the forest that test it. A row has one
/// category, so that what it needs stands in a few cache lines, however many sets there are.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal struct RowSets
{
    /// <summary>The splits' places in their tree.</summary>
    public ulong Places;

    /// <summary>The feature's number among the group's columns of codes.</summary>
    public int Column;

    /// <summary>The byte of a category's bits that begins with the first split's.</summary>
    public int FirstByte;
}
