namespace Inference.Engine.Contributions;

/// <summary>A node of a tree in the order parents first, left before right.</summary>
internal struct ShapNode
{
    /// <summary>Its index among the tree's nodes.</summary>
    public int Node;

    /// <summary>Its parent's place in the order; -1 for the root.</summary>
    public int Parent;

    /// <summary>The splits above it.</summary>
    public int Level;

    /// <summary>The entries that its leaves' parts take for each class: one for each leaf, more where a path is long.</summary>
    public int Entries;

    /// <summary>The place of a split's feature among those that the tree tests.</summary>
    public int Slot;

    /// <summary>Whether it is its parent's left child.</summary>
    public bool IsLeft;
}
