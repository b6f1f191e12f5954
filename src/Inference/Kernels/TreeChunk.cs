using System.Runtime.InteropServices;

namespace Inference.Kernels;

/// <summary>A part of a tree that has more leaves than a byte can count: a subtree without the chunks that hang below it.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct TreeChunk
{
    /// <summary>Its planes.</summary>
    public TreePlanes Planes;

    /// <summary>The chunk above it, by its number in the tree; the chunk with the root has none.</summary>
    public byte Parent;

    /// <summary>The code that the chunk above gives to rows that come here, in the place of a leaf.</summary>
    public byte Exit;
}
