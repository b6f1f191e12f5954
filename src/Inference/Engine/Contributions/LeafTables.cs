using System;
using System.Numerics;
using Inference.Engine.Ranks;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Contributions;

/// <summary>Leaves whose parts are known for every kind of row before any row comes.</summary>
internal static unsafe class LeafTables
{
    /// <summary>The most splits above such a leaf: a further one doubles what a leaf takes.</summary>
    public const int MostLevels = 8;

    /// <summary>How many rows a model explains one by one before tables are worth their time and memory.</summary>
    public const int RowsBefore = 256;

    /// <summary>The most bytes that a model's take.</summary>
    private const long MostBytes = 1 << 25;

    /// <summary>One in so many leaves at least, or what the others take remains nearly all.</summary>
    private const int LeastShare = 8;

    /// <summary>The most splits above such a leaf of a model; 0 where there are none.</summary>
    public static int LevelsOf<T>(Forest forest)
        where T : unmanaged
    {
        long[] bytes = new long[MostLevels + 1];
        long[] leaves = new long[MostLevels + 1];
        long all = 0;
        int[] features = new int[MostLevels];
        foreach (Tree tree in forest.Trees)
        {
            if (tree.Leaves != LeafShape.Scalar)
            {
                return 0;
            }

            all += (tree.Nodes.Length + 1) / 2;
            Count(tree, node: 0, level: 0, known: 0);
        }

        int levels = 0;
        long bytesSoFar = 0;
        long leavesSoFar = 0;
        for (int level = 1; level <= MostLevels && bytesSoFar + bytes[level] <= MostBytes; level++)
        {
            bytesSoFar += bytes[level];
            leavesSoFar += leaves[level];
            levels = level;
        }

        return leavesSoFar * LeastShare >= all ? levels : 0;

        void Count(Tree tree, int node, int level, int known)
        {
            ref readonly Node source = ref tree.Nodes[node];
            if (source.IsLeaf)
            {
                leaves[level]++;
                bytes[level] += ((long)PartVisitKernel.RoomOf<T>(known) << level) * sizeof(T);
            }
            else if (level < MostLevels)
            {
                if (!features.AsSpan(0, known).Contains(source.Feature))
                {
                    features[known++] = source.Feature;
                }

                Count(tree, source.Left, level + 1, known);
                Count(tree, source.Right, level + 1, known);
            }
        }
    }

    /// <summary>Works out the parts of some trees' leaves.</summary>
    /// <param name="forest">The model.</param>
    /// <param name="frame">What is known of its trees.</param>
    /// <param name="firstTree">The first tree.</param>
    /// <param name="endTree">One past the last tree.</param>
    /// <param name="levels">The most splits above a leaf.</param>
    /// <param name="parts">Receives them, tree by tree and leaf by leaf from left to right, a leaf's kind by kind.</param>
    public static void Fill<T>(Forest forest, ContributionFrame<T> frame, int firstTree, int endTree, int levels, AlignedArray<T> parts)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (LaneWidth.Is512)
        {
            Fill<Lanes512<T>, T>(forest, frame, firstTree, endTree, levels, parts);
        }
        else if (LaneWidth.Is256)
        {
            Fill<Lanes256<T>, T>(forest, frame, firstTree, endTree, levels, parts);
        }
        else if (LaneWidth.Is128)
        {
            Fill<Lanes128<T>, T>(forest, frame, firstTree, endTree, levels, parts);
        }
        else
        {
            Fill<LanesScalar<T>, T>(forest, frame, firstTree, endTree, levels, parts);
        }
    }

    private static void Fill<TLanes, T>(Forest forest, ContributionFrame<T> frame, int firstTree, int endTree, int levels, AlignedArray<T> parts)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Scratch scratch = ScratchPool.Rent(LeafTableBuilder<TLanes, T>.Room(levels));
        try
        {
            LeafTableBuilder<TLanes, T> builder = new(forest, levels, parts.Start);
            for (int number = firstTree; number < endTree; number++)
            {
                builder.Add(number, frame.Survey(number), new(scratch.Start));
            }
        }
        finally
        {
            ScratchPool.Return(scratch);
        }

        GC.KeepAlive(parts);
    }
}
