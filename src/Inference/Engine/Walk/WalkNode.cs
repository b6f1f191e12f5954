using System.Runtime.InteropServices;

namespace Inference.Engine.Walk;

/// <summary>A node as the walk reads it: 16 bytes (float) or 24 (double), the right child always behind the left one.</summary>
/// <typeparam name="T">float or double, the model's precision.</typeparam>
[StructLayout(LayoutKind.Sequential)]
internal struct WalkNode<T>
    where T : unmanaged
{
    /// <summary>Set in <see cref="FeatureAndFlags"/>: NaN goes left.</summary>
    public const int NaNLeft = 1 << 31;

    /// <summary>Set in <see cref="FeatureAndFlags"/>: the test is not <c>x &lt; Threshold</c>; <see cref="WalkTree{T}"/> asks the original node.</summary>
    public const int Special = 1 << 30;

    /// <summary>The feature's bits of <see cref="FeatureAndFlags"/>: 2^30 features, beyond every load limit.</summary>
    public const int FeatureMask = Special - 1;

    /// <summary>Left when the value is less. Unused in leaves and special nodes.</summary>
    public T Threshold;

    /// <summary>The feature, with <see cref="NaNLeft"/> and <see cref="Special"/>.</summary>
    public int FeatureAndFlags;

    /// <summary>The left child's place; 0, which no child has, for a leaf.</summary>
    public int Left;

    /// <summary>The node's place in the original tree.</summary>
    public int Original;
}
