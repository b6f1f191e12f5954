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
    private readonly int* _codes;
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
        _codes = bump.Take<int>(paths.Codes.Length);
        _ranks = bump.Take<int>(paths.Zeros.Length);
        _order = bump.Take<int>(paths.MostLeaves);
        _parts = bump.Take<T>(paths.Parts + (LeafPaths<T>.SlotUnit * TLanes.Count));
        _sums = bump.Take<T>(paths.MostFeatures + LeafPaths<T>.SlotUnit);
        _work = bump.Take<T>(RoomOf(paths));
        _weights = bump.Take<T>(paths.Weights);
        (_shares[LeafPaths<T>.Always], _weights[0]) = (T.One, T.One);

        // Nothing asks for these sums, nor what is added there behind the last leaf; but numbers next to zero would be slow.
        new Span<T>(_sums, LeafPaths<T>.SlotUnit).Clear();
        new Span<T>(_parts + paths.Parts, LeafPaths<T>.SlotUnit * TLanes.Count).Clear();
    }

    /// <summary>The bytes that trees take.</summary>
    public static int Bytes(LeafPaths<T> paths) => checked(
        (paths.Zeros.Length * (sizeof(T) + sizeof(int)))
        + ((paths.Codes.Length + paths.MostLeaves) * sizeof(int))
        + ((paths.Parts + paths.MostFeatures + (LeafPaths<T>.SlotUnit * (TLanes.Count + 1)) + RoomOf(paths) + paths.Weights) * sizeof(T))
        + (9 * Bump.Line));

    private static int RoomOf(LeafPaths<T> paths) =>
        int.Max(LeafPathKernel<TLanes, T>.Room(paths.MostSteps), SplitPathKernel<TLanes, T>.Room(paths.MostSteps + 1));

    /// <summary>Decides every split.</summary>
    /// <param name="values">The row's value of each feature.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Decide(T* values)
    {
        for (int column = 0; column < _paths.Codes.Length; column++)
        {
            _codes[column] = _paths.Codes[column].CodeOf(double.CreateTruncating(values[_paths.Codes[column].Feature]));
        }

        fixed (PathSplit<T>* splits = _paths.Splits)
        fixed (PathSet* sets = _paths.Sets)
        {
            bool hasSets = _paths.Sets.Length > 0;
            byte* setBits = _paths.SetBits.Start;
            int* codes = _codes;
            T* away = stackalloc T[] { T.PositiveInfinity, T.Zero };
            T* zeros = _paths.Zeros.Start;
            T* shares = _shares;
            int* ranks = _ranks;
            for (int number = 0; number < _paths.Trees.Length; number++)
            {
                PathTree tree = _paths.Trees[number];
                Tree source = _forest.Trees[_paths.FirstTree + number];
                ranks[tree.Place] = 0;
                for (PathSplit<T>* split = splits + tree.FirstSplit; split < splits + tree.EndSplit; split++)
                {
                    // No branches on what rows are, or plain splits and sets: neither can be foretold.
                    T value = values[split->Feature];
                    int left = Number(value < split->Threshold) | (Number(T.IsNaN(value)) & (int)split->Test);
                    if (split->Test == PathTest.Node)
                    {
                        left = Number(Reference.GoesLeft(source, source.Nodes[split->Number], double.CreateTruncating(value)));
                    }
                    else if (hasSets)
                    {
                        // Plain splits ask the first set, and leave out what it says.
                        left |= FindIn(sets + split->Number, setBits, codes) & ((int)split->Test >> 1);
                    }

                    // Both children are written where they are, whichever the row goes to: a processor holds reads back behind a write
                    // whose place it does not know yet.
                    T known = shares[split->Known];
                    int leftPlace = split->Place + 1;
                    int rightPlace = split->Right;
                    shares[leftPlace] = T.CopySign(zeros[leftPlace], known - away[left]);
                    shares[rightPlace] = T.CopySign(zeros[rightPlace], known - away[left ^ 1]);
                    int rank = ranks[split->Place];
                    ranks[leftPlace] = rank + (split->RightLeaves & (left - 1));
                    ranks[rightPlace] = rank + (split->LeftLeaves & -left);
                }
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
                start += splits.Registers * TLanes.Count;
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
        T* sumsOfTree = own + LeafPaths<T>.SlotUnit;
        for (int slot = 0; slot < features.Length; slot++)
        {
            sumsOfTree[slot] = weight is null ? sums[features[slot]] : T.Zero;
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
                // Eight at a time: how many steps the next leaf has cannot be foretold.
                PathLeaf* leaf = first + order[i];
                ushort* slot = slots + leaf->FirstSlot;
                ushort* end = slot + leaf->Steps;
                for (T* part = _parts + leaf->FirstPart; slot < end; part += LeafPaths<T>.SlotUnit * TLanes.Count)
                {
                    own[slot[0]] += part[0];
                    own[slot[1]] += part[TLanes.Count];
                    own[slot[2]] += part[2 * TLanes.Count];
                    own[slot[3]] += part[3 * TLanes.Count];
                    own[slot[4]] += part[4 * TLanes.Count];
                    own[slot[5]] += part[5 * TLanes.Count];
                    own[slot[6]] += part[6 * TLanes.Count];
                    own[slot[7]] += part[7 * TLanes.Count];
                    slot += LeafPaths<T>.SlotUnit;
                }
            }
        }

        T check = T.Zero;
        for (int slot = 0; slot < features.Length; slot++)
        {
            T sum = weight is { } factor ? sums[features[slot]] + (sumsOfTree[slot] * factor) : sumsOfTree[slot];
            sums[features[slot]] = sum;
            check += sum * T.Zero;
        }

        return check;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FindIn(PathSet* set, byte* setBits, int* codes)
    {
        int code = codes[set->Column];
        return (setBits[set->FirstByte + (code >> 3)] >> (code & 7)) & 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Number(bool isTrue) => Unsafe.BitCast<bool, byte>(isTrue);
}
