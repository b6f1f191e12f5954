using Inference.Engine.Ranks;
using Inference.Kernels;

namespace Inference.Engine.Contributions;

/// <summary>The paths to the leaves of neighbouring trees, in the registers of <see cref="SplitPathKernel{TLanes, T}"/> and <see cref="LeafPathKernel{TLanes, T}"/>. Immutable.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
/// <remarks>
/// Every node has a place, for what is known of the way to it: the share of training rows, and whether a row passes the splits
/// that test the feature of the last one. A tree's places are its nodes, parents first, left before right.
/// </remarks>
internal sealed class LeafPaths<T>
    where T : unmanaged
{
    /// <summary>The place of no node, which every row passes.</summary>
    public const ushort Always = 0;

    /// <summary>Slots of a leaf come in eights; the first eight sums are those that nothing asks for.</summary>
    public const int SlotUnit = 8;

    /// <summary>The first tree.</summary>
    public required int FirstTree { get; init; }

    /// <summary>The trees.</summary>
    public required PathTree[] Trees { get; init; }

    /// <summary>The splits of all trees, parents first.</summary>
    public required PathSplit<T>[] Splits { get; init; }

    /// <summary>The categories that tests of sets ask for, the forest's.</summary>
    public required CodeColumn[] Codes { get; init; }

    /// <summary>The sets that splits test.</summary>
    public required PathSet[] Sets { get; init; }

    /// <summary>Their bits.</summary>
    public required AlignedArray<byte> SetBits { get; init; }

    /// <summary>The leaves of all trees, from left to right.</summary>
    public required PathLeaf[] Leaves { get; init; }

    /// <summary>By places, the share of training rows that pass the splits of the path that test the feature.</summary>
    public required AlignedArray<T> Zeros { get; init; }

    /// <summary>For each leaf and step of its path the feature, as a place among those that the tree tests, behind the first <see cref="SlotUnit"/>; each of these once, at most, for what is left of the last unit.</summary>
    public required ushort[] Slots { get; init; }

    /// <summary>The splits by registers, some of them together, parents first. Where there are too few splits of a kind, the last one fills the register.</summary>
    public required SplitGroup[] SplitGroups { get; init; }

    /// <summary>For each lane of each register where the weights of its path begin.</summary>
    public required int[] SplitStarts { get; init; }

    /// <summary>The places of their children, and of what they repeat.</summary>
    public required ushort[] SplitPlaces { get; init; }

    /// <summary>The registers of leaves, filled in the same way.</summary>
    public required LeafGroup[] LeafGroups { get; init; }

    /// <summary>For each lane of each of them where the weights of its path begin.</summary>
    public required int[] LeafStarts { get; init; }

    /// <summary>The places of their steps.</summary>
    public required ushort[] LeafPlaces { get; init; }

    /// <summary>For each output that a leaf has, its value in each lane of each register.</summary>
    public required AlignedArray<T>[] Values { get; init; }

    /// <summary>The weights of all nodes.</summary>
    public required int Weights { get; init; }

    /// <summary>The parts of all leaves.</summary>
    public required int Parts { get; init; }

    /// <summary>The most features of a path.</summary>
    public required int MostSteps { get; init; }

    /// <summary>The most leaves of a tree.</summary>
    public required int MostLeaves { get; init; }

    /// <summary>The most features that a tree tests.</summary>
    public required int MostFeatures { get; init; }
}

/// <summary>A tree of a <see cref="LeafPaths{T}"/>.</summary>
/// <param name="Place">Its root's place.</param>
/// <param name="FirstSplit">Its first split.</param>
/// <param name="EndSplit">One past its last split.</param>
/// <param name="FirstLeaf">Its first leaf.</param>
/// <param name="EndLeaf">One past its last leaf.</param>
internal readonly record struct PathTree(ushort Place, int FirstSplit, int EndSplit, int FirstLeaf, int EndLeaf);

/// <summary>A leaf of a <see cref="LeafPaths{T}"/>.</summary>
/// <param name="Place">Its place.</param>
/// <param name="Steps">The features of its path.</param>
/// <param name="FirstSlot">Where its slots begin.</param>
/// <param name="FirstPart">The part of its first step; the next one's is a register behind it.</param>
internal readonly record struct PathLeaf(ushort Place, ushort Steps, int FirstSlot, int FirstPart);
