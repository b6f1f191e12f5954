using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Contributions;

// Four rounds over some trees. First every split is decided, which says for each place whether the row passes the splits of
// the way to it, and where each leaf stands in the row's order: at every split the child that the row goes to comes first.
// Then the weights of all paths are worked out, from the roots downwards, a register of splits at a time, and from them the
// parts of all leaves, a register of leaves at a time. At last each tree's parts are added up in its
// order of the leaves, which is what makes the bits those of the specification (Forests.TreeShap).

/// <summary>Explains trees to one row by TreeSHAP.</summary>
/// <typeparam name="TLanes">The register.</typeparam>
/// <typeparam name="T">The model's precision.</typeparam>
internal readonly unsafe ref struct RowShap<TLanes, T>
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Forest _forest;
    private readonly LeafPaths<T> _paths;
    private readonly T* _shares;
    private readonly int* _ranks;
    private readonly int* _order;
    private readonly T* _parts;
    private readonly T* _sums;
    private readonly T* _work;
    private readonly T* _weights;

    /// <summary>Room for trees.</summary>
    /// <param name="forest">The model.</param>
    /// <param name="paths">The trees' paths.</param>
    /// <param name="bump">Gives the memory, <see cref="Bytes"/>.</param>
    public RowShap(Forest forest, LeafPaths<T> paths, Bump bump)
    {
        (_forest, _paths) = (forest, paths);
        _shares = bump.Take<T>(paths.Zeros.Length);
        _ranks = bump.Take<int>(paths.Zeros.Length);
        _order = bump.Take<int>(paths.MostLeaves);
        _parts = bump.Take<T>(paths.Parts);
        _sums = bump.Take<T>(paths.MostFeatures);
        _work = bump.Take<T>((paths.MostSteps + 1) * TLanes.Count);
        _weights = bump.Take<T>(paths.Weights);
        (_shares[LeafPaths<T>.Always], _weights[0]) = (T.One, T.One);
    }

    /// <summary>The bytes that trees take.</summary>
    public static int Bytes(LeafPaths<T> paths) => checked(
        (paths.Zeros.Length * (sizeof(T) + sizeof(int)))
        + (paths.MostLeaves * sizeof(int))
        + ((paths.Parts + paths.MostFeatures + ((paths.MostSteps + 1) * TLanes.Count) + paths.Weights) * sizeof(T))
        + (8 * Bump.Line));

    /// <summary>Decides every split.</summary>
    /// <param name="values">The row's value of each feature.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Decide(T* values)
    {
        T* zeros = _paths.Zeros.Start;
        T* shares = _shares;
        int* ranks = _ranks;
        for (int number = 0; number < _paths.Trees.Length; number++)
        {
            PathTree tree = _paths.Trees[number];
            Tree source = _forest.Trees[_paths.FirstTree + number];
            ranks[tree.Place] = 0;
            foreach (ref readonly PathSplit<T> split in _paths.Splits.AsSpan(tree.FirstSplit, tree.EndSplit - tree.FirstSplit))
            {
                T value = values[split.Feature];
                int left = split.Test switch
                {
                    PathTest.Below => Number(value < split.Threshold),
                    PathTest.BelowOrNaN => Number(!(value >= split.Threshold)),
                    _ => Number(Reference.GoesLeft(source, source.Nodes[split.Node], double.CreateTruncating(value))),
                };

                // No branches: which way a row goes cannot be foretold.
                int hot = split.Right - ((split.Right - split.Place - 1) & -left);
                int cold = split.Place + 1 + split.Right - hot;
                shares[hot] = T.CopySign(zeros[hot], shares[split.Known]);
                shares[cold] = -zeros[cold];
                int rank = ranks[split.Place];
                ranks[hot] = rank;
                ranks[cold] = rank + split.RightLeaves + ((split.LeftLeaves - split.RightLeaves) & -left);
            }
        }

        GC.KeepAlive(_paths);
    }

    /// <summary>Works out the weights of all paths.</summary>
    public void Extend()
    {
        fixed (int* starts = _paths.SplitStarts)
        fixed (ushort* places = _paths.SplitPlaces)
        {
            int* start = starts;
            foreach (ref readonly SplitGroup splits in _paths.SplitGroups.AsSpan())
            {
                SplitPathKernel<TLanes, T>.Run(splits, start, places + splits.FirstPlace, _shares, _work, _weights);
                start += TLanes.Count;
            }
        }
    }

    /// <summary>Works out the parts of all leaves.</summary>
    /// <param name="output">Which of the leaves' outputs.</param>
    public void Explain(int output)
    {
        fixed (int* starts = _paths.LeafStarts)
        fixed (ushort* places = _paths.LeafPlaces)
        {
            int* start = starts;
            T* values = _paths.Values[output].Start;
            foreach (ref readonly LeafGroup leaves in _paths.LeafGroups.AsSpan())
            {
                LeafPathKernel<TLanes, T>.Run(leaves, start, places + leaves.FirstPlace, _shares, _weights, values, _work, _parts + leaves.FirstPart);
                start += TLanes.Count;
                values += TLanes.Count;
            }
        }

        GC.KeepAlive(_paths);
    }

    /// <summary>Adds a tree's parts to sums, leaf by leaf, in the row's order.</summary>
    /// <param name="number">The tree.</param>
    /// <param name="features">The features that it tests.</param>
    /// <param name="weight">What the tree's parts are multiplied by when they have been added up; <see langword="null"/> where each leaf's are added by themselves.</param>
    /// <param name="sums">One for each feature.</param>
    /// <returns>Zero, or NaN where a sum is no number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public T Add(int number, int[] features, T? weight, Span<T> sums)
    {
        PathTree tree = _paths.Trees[number - _paths.FirstTree];
        int count = tree.EndLeaf - tree.FirstLeaf;
        int* ranks = _ranks;
        int* order = _order;
        T* own = _sums;
        for (int slot = 0; slot < features.Length; slot++)
        {
            own[slot] = weight is null ? sums[features[slot]] : T.Zero;
        }

        fixed (ushort* slots = _paths.Slots)
        fixed (PathLeaf* leaves = _paths.Leaves)
        {
            PathLeaf* first = leaves + tree.FirstLeaf;
            for (int leaf = 0; leaf < count; leaf++)
            {
                order[ranks[first[leaf].Place]] = leaf;
            }

            for (int i = 0; i < count; i++)
            {
                PathLeaf* leaf = first + order[i];
                ushort* slot = slots + leaf->FirstSlot;
                ushort* end = slot + leaf->Steps;
                for (T* part = _parts + leaf->FirstPart; slot < end; part += TLanes.Count)
                {
                    own[*slot++] += *part;
                }
            }
        }

        T check = T.Zero;
        for (int slot = 0; slot < features.Length; slot++)
        {
            T sum = weight is { } factor ? sums[features[slot]] + (own[slot] * factor) : own[slot];
            sums[features[slot]] = sum;
            check += sum * T.Zero;
        }

        return check;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Number(bool isTrue) => Unsafe.BitCast<bool, byte>(isTrue);
}
