using System.Runtime.InteropServices;

namespace Inference.Kernels;

/// <summary>A part of a tree that has more leaves than a byte can count: a subtree without the chunks that hang below it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TreeChunk
{
    /// <summary>Its first tile.</summary>
    public int FirstTile;

    /// <summary>Its tiles.</summary>
    public int Tiles;

    /// <summary>The chunk above it, by its number in the tree; the chunk with the root has none.</summary>
    public byte Parent;

    /// <summary>What the chunk above answers for rows that come here, in the place of a leaf.</summary>
    public byte Exit;
}
