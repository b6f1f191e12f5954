using System.Numerics;

namespace Inference.Kernels;

// The loops over the eight points of Forests.TreeQuadrature, for a register of rows at a time; what it does for a row is
// done here in every lane, in its order. Numbers at the points lie point after point, a register for each.

/// <summary>Takes the integrals of a tree for a register of rows.</summary>
/// <typeparam name="TLanes">The register.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
internal static unsafe class QuadratureKernel<TLanes, T>
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The points.</summary>
    public const int Points = 8;

    /// <summary>Goes to a child: its feature's factors and the products at the points.</summary>
    /// <param name="products">The split's products.</param>
    /// <param name="turns">The rows' turns, 1 for left.</param>
    /// <param name="passing">The turn that leads to the child.</param>
    /// <param name="share">The child's share of the split's training rows.</param>
    /// <param name="before">The feature's factors above the split; <see langword="null"/> where it is not on the path.</param>
    /// <param name="nodes">The points.</param>
    /// <param name="factors">Receives the feature's factors below the split.</param>
    /// <param name="child">Receives the child's products.</param>
    public static void Descend(T* products, T* turns, T passing, T share, T* before, T* nodes, T* factors, T* child)
    {
        TLanes one = TLanes.Broadcast(T.One);
        TLanes none = TLanes.Broadcast(T.Zero);
        TLanes above = before == null ? one : TLanes.Load(before);
        TLanes passes = TLanes.Same(TLanes.Load(turns), TLanes.Broadcast(passing));
        TLanes factor = TLanes.Choose(passes, above / TLanes.Broadcast(share), none);
        TLanes alpha = factor - one;
        TLanes alphaAbove = above - one;
        TLanes wasNone = TLanes.Same(alphaAbove, none);
        factor.Store(factors);
        for (int i = 0; i < Points; i++)
        {
            TLanes node = TLanes.Broadcast(nodes[i]);
            TLanes product = TLanes.Load(products + (i * TLanes.Count)) * (one + (alpha * node));
            if (before != null)
            {
                product = TLanes.Choose(wasNone, product, product / (one + (alphaAbove * node)));
            }

            product.Store(child + (i * TLanes.Count));
        }
    }

    /// <summary>A leaf's sums.</summary>
    /// <param name="products">Its products.</param>
    /// <param name="leaf">Its value times its share of the training rows.</param>
    /// <param name="weights">The points' weights.</param>
    /// <param name="sums">Receives the sums.</param>
    public static void Weigh(T* products, T leaf, T* weights, T* sums)
    {
        TLanes value = TLanes.Broadcast(leaf);
        for (int i = 0; i < Points; i++)
        {
            (TLanes.Load(products + (i * TLanes.Count)) * value * TLanes.Broadcast(weights[i])).Store(sums + (i * TLanes.Count));
        }
    }

    /// <summary>Adds what a feature gets from a child.</summary>
    /// <param name="sums">The child's sums.</param>
    /// <param name="factors">The feature's factors in the child.</param>
    /// <param name="before">Those above the split; <see langword="null"/> where the feature is not on the path.</param>
    /// <param name="nodes">The points.</param>
    /// <param name="parts">The feature's parts so far.</param>
    public static void Add(T* sums, T* factors, T* before, T* nodes, T* parts)
    {
        TLanes one = TLanes.Broadcast(T.One);
        TLanes none = TLanes.Broadcast(T.Zero);
        TLanes factor = TLanes.Load(factors);
        TLanes alpha = factor - one;
        TLanes part = none;
        for (int i = 0; i < Points; i++)
        {
            part += alpha * TLanes.Load(sums + (i * TLanes.Count)) / (one + (alpha * TLanes.Broadcast(nodes[i])));
        }

        part = TLanes.Choose(TLanes.Same(factor, one), none, part);
        if (before != null)
        {
            TLanes above = TLanes.Load(before);
            TLanes rest = part;
            alpha = above - one;
            for (int i = 0; i < Points; i++)
            {
                rest -= alpha * TLanes.Load(sums + (i * TLanes.Count)) / (one + (alpha * TLanes.Broadcast(nodes[i])));
            }

            part = TLanes.Choose(TLanes.Same(above, one), part, rest);
        }

        (TLanes.Load(parts) + part).Store(parts);
    }

    /// <summary>Adds a right child's sums to those of the left one.</summary>
    public static void Join(T* left, T* right)
    {
        for (int i = 0; i < Points * TLanes.Count; i += TLanes.Count)
        {
            (TLanes.Load(left + i) + TLanes.Load(right + i)).Store(left + i);
        }
    }
}
