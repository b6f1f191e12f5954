using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Contributions;

// Four rounds over some trees. First every split is decided, which says for each place whether the row passes the splits of
// the way to it, and where each leaf stands in the row's order: at every split the child that the row goes to comes first.
// Then the weights of the paths to leaves without tables are worked out, from the roots downwards, a register of splits at a
// time, and from them the parts of those leaves, a register of leaves at a time. At last each tree's parts are added up in
// the row's order of the leaves, which is what makes the bits those of the specification (Forests.TreeShap).

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
    private readonly int* _states;
    private readonly T* _lefts;
    private readonly PartVisit<T>* _visits;
    private readonly T* _leafParts;
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
        _states = bump.Take<int>(paths.Zeros.Length);
        _lefts = bump.Take<T>(paths.Splits.Count);
        _visits = bump.Take<PartVisit<T>>(2 * paths.MostVisits);
        _leafParts = bump.Take<T>(paths.MostSteps * TLanes.Count);
        _parts = bump.Take<T>(paths.Parts + PartVisitKernel.MostParts);
        _sums = bump.Take<T>(PartVisitKernel.Room<T>(paths.MostFeatures));
        _work = bump.Take<T>(RoomOf(paths));
        _weights = bump.Take<T>(paths.Weights);
        (_shares[LeafPaths<T>.Always], _states[LeafPaths<T>.Always], _weights[0]) = (T.One, 0, T.One);

        // Nothing asks for these sums, nor for what is added there behind the last leaf; but numbers next to zero would be slow.
        new Span<T>(_sums, PartVisitKernel.Room<T>(paths.MostFeatures)).Clear();
        new Span<T>(_parts + paths.Parts, PartVisitKernel.MostParts).Clear();
    }

    /// <summary>The bytes that trees take.</summary>
    public static int Bytes(LeafPaths<T> paths) => checked(
        (paths.Zeros.Length * (sizeof(T) + sizeof(int)))
        + (paths.Splits.Count * sizeof(T))
        + (paths.Codes.Length * sizeof(int))
        + (2 * paths.MostVisits * sizeof(PartVisit<T>))
        + (((paths.MostSteps * TLanes.Count) + paths.Parts + PartVisitKernel.MostParts + PartVisitKernel.Room<T>(paths.MostFeatures) + RoomOf(paths) + paths.Weights) * sizeof(T))
        + (11 * Bump.Line));

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

        PathSplits<T> splits = _paths.Splits;
        fixed (int* features = splits.Features)
        fixed (ushort* known = splits.Known, places = splits.Places)
        fixed (StateSteps* steps = splits.Steps)
        {
            foreach (ref readonly PathRun run in splits.Runs.AsSpan())
            {
                int first = run.First;
                int whole = run.End - first;
                switch (run.Test)
                {
                    case PathTest.Set:
                        FindInSets(run);
                        break;
                    case PathTest.Node:
                        AskNodes(run, values);
                        break;
                    default:
                        PathDecisionKernel<TLanes, T>.Compare(whole, values, features + first, splits.Thresholds.Start + first, run.Test == PathTest.BelowOrNaN, _lefts);
                        break;
                }

                int left = splits.FirstLeft + first;
                if (run.IsAsked)
                {
                    PathDecisionKernel<TLanes, T>.Mark(whole, _lefts, known + first, _paths.Zeros.Start, _shares, left, left + splits.Count);
                }

                Pass(run.Count, places + first, steps + first, _states + left, _states + left + splits.Count);
            }
        }

        GC.KeepAlive(_paths);
    }

    /// <summary>Works out the weights of paths to leaves without tables.</summary>
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

    /// <summary>Works out the parts of leaves without tables.</summary>
    /// <param name="output">Which of the leaves' outputs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Explain(int output)
    {
        fixed (int* starts = _paths.LeafStarts, targets = _paths.LeafParts)
        fixed (ushort* places = _paths.LeafPlaces)
        {
            int* start = starts;
            int* target = targets;
            T* values = _paths.Values[output].Start;
            foreach (ref readonly LeafGroup leaves in _paths.LeafGroups.AsSpan())
            {
                LeafPathKernel<TLanes, T>.Run(leaves, start, places + leaves.FirstPlace, _shares, _weights, values, _work, _leafParts);
                Scatter(leaves.Steps, target);
                start += TLanes.Count;
                target += TLanes.Count;
                values += TLanes.Count;
            }
        }

        GC.KeepAlive(_paths);
    }

    /// <summary>Puts the parts of a register of leaves where each leaf's go.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Scatter(int steps, int* targets)
    {
        int lane = 0;
        for (; lane + 4 <= TLanes.Count; lane += 4)
        {
            // Four leaves at once: a loop for each takes twice the instructions.
            T* from = _leafParts + lane;
            T* first = _parts + targets[lane], second = _parts + targets[lane + 1], third = _parts + targets[lane + 2], fourth = _parts + targets[lane + 3];
            for (nint step = 0; step < steps; step++)
            {
                first[step] = from[0];
                second[step] = from[1];
                third[step] = from[2];
                fourth[step] = from[3];
                from += TLanes.Count;
            }
        }

        for (; lane < TLanes.Count; lane++)
        {
            T* from = _leafParts + lane;
            T* to = _parts + targets[lane];
            for (nint step = 0; step < steps; step++)
            {
                to[step] = *from;
                from += TLanes.Count;
            }
        }
    }

    /// <summary>Lists the visits to a tree's leaves in the row's order.</summary>
    /// <param name="number">The tree.</param>
    /// <remarks>What comes from a table is asked for here, while another tree's parts are added: most of it comes from afar.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Visit(int number)
    {
        PathTree tree = _paths.Trees[number - _paths.FirstTree];
        int count = tree.EndVisit - tree.FirstVisit;
        int* states = _states;
        PartVisit<T>* visits = VisitsOf(number);
        nint* sources = stackalloc nint[] { (nint)_parts, (nint)_paths.Tables.Start };
        fixed (PathVisit* first = _paths.Visits)
        {
            PathVisit* visit = first + tree.FirstVisit;
            for (int i = 0; i < count; i++)
            {
                uint state = (uint)states[visit->Place];
                nint part = visit->FirstPart + ((nint)(state & ((1 << StateSteps.KindBits) - 1)) * visit->Stride);
                nint address = sources[Number(visit->Stride > 0)] + (part * sizeof(T));
                visits[(state >> StateSteps.KindBits) + visit->Before] = new(address, i);
                PartVisitKernel.Fetch(address);
                visit++;
            }
        }

        GC.KeepAlive(_paths);
    }

    /// <summary>Adds a tree's parts to sums, visit by visit.</summary>
    /// <param name="number">The tree.</param>
    /// <param name="features">The features that it tests.</param>
    /// <param name="weight">What the tree's parts are multiplied by when they have been added up; <see langword="null"/> where each leaf's are added by themselves.</param>
    /// <param name="sums">One for each feature.</param>
    /// <returns>Zero, or NaN where a sum is no number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public T Add(int number, int[] features, T? weight, Span<T> sums)
    {
        PathTree tree = _paths.Trees[number - _paths.FirstTree];
        T* sumsOfTree = _sums + PartVisitKernel.Spare;
        fixed (ushort* places = _paths.VisitPlaces)
        fixed (int* slots = features)
        fixed (T* before = sums)
        {
            PartVisitKernel.Add(VisitsOf(number), tree.EndVisit - tree.FirstVisit, places + tree.FirstVisitPlace, slots, features.Length, weight is null ? before : null, _sums);
        }

        GC.KeepAlive(_paths);
        T check = T.Zero;
        for (int slot = 0; slot < features.Length; slot++)
        {
            T sum = weight is { } factor ? sums[features[slot]] + (sumsOfTree[slot] * factor) : sumsOfTree[slot];
            sums[features[slot]] = sum;
            check += sum * T.Zero;
        }

        return check;
    }

    /// <summary>Where a tree's visits are: one tree's are added while the next one's are on their way.</summary>
    private PartVisit<T>* VisitsOf(int number) => _visits + ((number & 1) * _paths.MostVisits);

    /// <summary>Decides splits by their nodes.</summary>
    private void AskNodes(in PathRun run, T* values)
    {
        for (int i = 0; i < run.Count; i++)
        {
            PathOther split = _paths.Splits.Others[run.First + i];
            Tree tree = _forest.Trees[_paths.FirstTree + split.Tree];
            ref readonly Node node = ref tree.Nodes[split.Number];
            _lefts[i] = Reference.GoesLeft(tree, node, double.CreateTruncating(values[node.Feature])) ? T.One : T.Zero;
        }
    }

    /// <summary>Decides splits by their sets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FindInSets(in PathRun run)
    {
        fixed (PathOther* splits = _paths.Splits.Others)
        fixed (PathSet* sets = _paths.Sets)
        {
            byte* bits = _paths.SetBits.Start;
            int* codes = _codes;
            T* left = _lefts;
            T* answers = stackalloc T[] { T.Zero, T.One };
            for (PathOther* split = splits + run.First; split < splits + run.First + run.Count; split++)
            {
                PathSet* set = sets + split->Number;
                int code = codes[set->Column];
                *left++ = answers[(bits[set->FirstByte + (code >> 3)] >> (code & 7)) & 1];
            }
        }
    }

    /// <summary>Says what the states below splits are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pass(int count, ushort* place, StateSteps* steps, int* leftState, int* rightState)
    {
        // The byte of 1 that has the sign is odd, that of 0 even.
        byte* left = (byte*)_lefts + (BitConverter.IsLittleEndian ? sizeof(T) - 1 : 0);
        int* states = _states;
        for (StateSteps* end = steps + count; steps < end; steps++)
        {
            // Both children are written where they are, whichever the row goes to.
            int* step = (int*)steps + (*left & 1);
            int state = states[*place++];
            *leftState++ = state + step[0];
            *rightState++ = state + step[1];
            left += sizeof(T);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Number(bool isTrue) => Unsafe.BitCast<bool, byte>(isTrue);
}
