using System.Numerics;

namespace Inference.Engine.Contributions;

/// <summary>What the walk down a tree holds of the node that it is at, or last was at, on one level.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
internal unsafe struct ShapLevel<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The node's path. It shares all but the weights with the parent's <see cref="Base"/>; those of a split are lost when its children's are made.</summary>
    public ShapPath<T> Path;

    /// <summary>How many entries each row meets before those of this node.</summary>
    public T* Places;

    /// <summary>Of a split: the path that both children extend, without the split's feature, for the children's classes. Its room has one step more, the child's own.</summary>
    public ShapPath<T> Base;

    /// <summary>Of a split: each row's turn, 1 for left.</summary>
    public T* Turns;

    /// <summary>Of a split: each row's class among the children's.</summary>
    public T* Classes;

    /// <summary>Of a split: 1 for each of the children's classes whose rows pass the left child's splits of the feature, else 0.</summary>
    public T* LeftOnes;

    /// <summary>The same for the right child.</summary>
    public T* RightOnes;

    /// <summary>Of a split: the share of training rows that pass the splits of its feature above it.</summary>
    public T Zero;

    /// <summary>The first free byte behind the path, and where a child's begins.</summary>
    public byte* Free;
}
