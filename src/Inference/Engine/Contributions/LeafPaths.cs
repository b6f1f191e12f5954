using Inference.Engine.Ranks;
using Inference.Kernels;

namespace Inference.Engine.Contributions;

/// <summary>The paths to the leaves of neighbouring trees, in the registers of <see cref="SplitPathKernel{TLanes, T}"/> and <see cref="LeafPathKernel{TLanes, T}"/>. Immutable.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
/// <remarks>
/// Every node has a place, for what is known of the way to it: the share of training rows, and whether a row passes the splits
/// that test the feature of the last one. They are in the order of the splits above them; roots need none.
/// </remarks>
internal sealed class LeafPaths<T>
    where T : unmanaged
{
    /// <summary>The place of every root, and of no other node: all rows pass there.</summary>
    public const ushort Always = 0;

    /// <summary>The first tree.</summary>
    public required int FirstTree { get; init; }

    /// <summary>The trees.</summary>
    public required PathTree[] Trees { get; init; }

    /// <summary>The splits of all trees.</summary>
    public required PathSplits<T> Splits { get; init; }

    /// <summary>The categories that tests of sets ask for, the forest's.</summary>
    public required CodeColumn[] Codes { get; init; }

    /// <summary>The sets that splits test.</summary>
    public required PathSet[] Sets { get; init; }

    /// <summary>Their bits.</summary>
    public required AlignedArray<byte> SetBits { get; init; }

    /// <summary>The visits to the leaves of all trees, from left to right.</summary>
    public required PathVisit[] Visits { get; init; }

    /// <summary>Where the parts of visits go, tree by tree, as <see cref="PartVisitKernel"/> has it.</summary>
    public required ushort[] VisitPlaces { get; init; }

    /// <summary>By places, the share of training rows that pass the splits of the path that test the feature.</summary>
    public required AlignedArray<T> Zeros { get; init; }

    /// <summary>The splits above leaves without tables by registers, some of them together, parents first. Where there are too few splits of a kind, the last one fills the register.</summary>
    public required SplitGroup[] SplitGroups { get; init; }

    /// <summary>For each lane of each register where the weights of its path begin.</summary>
    public required int[] SplitStarts { get; init; }

    /// <summary>The places of their children, and of what they repeat.</summary>
    public required ushort[] SplitPlaces { get; init; }

    /// <summary>The parts of the leaves of <see cref="LeafTables"/>.</summary>
    public required AlignedArray<T> Tables { get; init; }

    /// <summary>The registers of the other leaves, filled in the same way as those of splits.</summary>
    public required LeafGroup[] LeafGroups { get; init; }

    /// <summary>For each lane of each of them where the weights of its path begin.</summary>
    public required int[] LeafStarts { get; init; }

    /// <summary>For each lane of each of them where the leaf's parts begin.</summary>
    public required int[] LeafParts { get; init; }

    /// <summary>The places of their steps.</summary>
    public required ushort[] LeafPlaces { get; init; }

    /// <summary>For each output that a leaf has, its value in each lane of each register.</summary>
    public required AlignedArray<T>[] Values { get; init; }

    /// <summary>The weights of the nodes above leaves without tables.</summary>
    public required int Weights { get; init; }

    /// <summary>The parts of leaves without tables.</summary>
    public required int Parts { get; init; }

    /// <summary>How many leaves have so many features on their paths.</summary>
    public required int[] LeavesBySteps { get; init; }

    /// <summary>The most features of a path to a leaf without a table.</summary>
    public required int MostSteps { get; init; }

    /// <summary>The most visits to the leaves of a tree.</summary>
    public required int MostVisits { get; init; }

    /// <summary>The most features that a tree tests.</summary>
    public required int MostFeatures { get; init; }
}

/// <summary>A tree of a <see cref="LeafPaths{T}"/>.</summary>
/// <param name="FirstVisit">The first visit to its leaves.</param>
/// <param name="EndVisit">One past the last visit to its leaves.</param>
/// <param name="FirstVisitPlace">Where its <see cref="LeafPaths{T}.VisitPlaces"/> begin.</param>
internal readonly record struct PathTree(int FirstVisit, int EndVisit, int FirstVisitPlace);

/// <summary>A visit to a leaf of a <see cref="LeafPaths{T}"/>: all its parts, or some of them.</summary>
/// <param name="Place">The leaf's place.</param>
/// <param name="Before">The visits to the leaf before this one.</param>
/// <param name="FirstPart">Where the parts begin, or in a table those of the first kind of rows.</param>
/// <param name="Stride">In a table, the parts from one kind of rows to the next; else 0.</param>
internal readonly record struct PathVisit(ushort Place, ushort Before, int FirstPart, ushort Stride);
