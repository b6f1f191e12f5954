using System.Runtime.InteropServices;

namespace Inference.Kernels;

/// <summary>One test "is the category in the set".</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SetStep
{
    /// <summary>The column of the feature's codes over 8; the next column has the bit of the code's remainder.</summary>
    public ushort Codes;

    /// <summary>The set's place among the sets, in units of <see cref="SetKernel.Unit"/>.</summary>
    public int Set;
}
