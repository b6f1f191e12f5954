using System;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Contributions;

// What TreeSHAP works out for a leaf depends on which splits of its path the row passes, and on nothing else: below d splits on
// 2^d kinds of rows. A kind is a number, whose bit l says whether the row passes the split of level l. All kinds of a node lie
// beside each other, a child's first half those that do not pass the split above it.

/// <summary>Works out the parts of leaves near the root for every kind of row.</summary>
/// <typeparam name="TLanes">The register.</typeparam>
/// <typeparam name="T">The model's precision.</typeparam>
internal unsafe ref struct LeafTableBuilder<TLanes, T>
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Forest _forest;
    private readonly int _mostLevels;
    private Tree _tree = null!;
    private TreeSurvey _survey = null!;
    private T* _parts;

    /// <summary>A builder.</summary>
    /// <param name="forest">The model.</param>
    /// <param name="mostLevels">The most splits above a leaf.</param>
    /// <param name="parts">Receives the parts of leaves, from left to right, kind after kind.</param>
    public LeafTableBuilder(Forest forest, int mostLevels, T* parts)
    {
        _forest = forest;
        _mostLevels = mostLevels;
        _parts = parts;
    }

    /// <summary>The bytes that a tree is worked out in.</summary>
    /// <param name="mostLevels">The most splits above a leaf.</param>
    public static int Room(int mostLevels)
    {
        int bytes = 0;
        for (int level = 0; level <= mostLevels; level++)
        {
            int pitch = int.Max(1 << level, TLanes.Count);
            bytes += ((level + 2) * (sizeof(int) + sizeof(T) + (3 * pitch * sizeof(T)))) + (pitch * sizeof(T)) + (8 * Bump.Line);
        }

        return bytes;
    }

    /// <summary>Works out a tree's leaves; a lone one says nothing.</summary>
    /// <param name="number">The tree.</param>
    /// <param name="survey">What is known of it.</param>
    /// <param name="room">Memory, <see cref="Room"/>.</param>
    public void Add(int number, TreeSurvey survey, Bump room)
    {
        (_tree, _survey) = (_forest.Trees[number], survey);
        if (_tree.Nodes[0].IsLeaf)
        {
            return;
        }

        ShapPath<T> root = ShapPath<T>.Take(ref room, count: 0, classes: 1, TLanes.Count);
        root.Slots[0] = -1;
        new Span<T>(root.Ones, root.Pitch).Fill(T.One);
        Enter(node: 0, level: 0, root, T.One, room);
    }

    /// <summary>Extends a path, all of which is known but the weights of its last step, to a node.</summary>
    private void Enter(int node, int level, ShapPath<T> path, T zero, Bump room)
    {
        T* before = path.Weights;
        path.Zeros[path.Count] = zero;
        path.Weights = room.Take<T>((nint)(path.Count + 1) * path.Pitch);
        ShapKernel<TLanes, T>.Extend(before, path.Count, path.OnesOf(path.Count), zero, path.Weights, path.Pitch);
        path.Count++;
        ref readonly Node source = ref _tree.Nodes[node];
        if (source.IsLeaf)
        {
            AddLeaf(source, path);
        }
        else if (level < _mostLevels)
        {
            Split(node, level, path, room);
        }
    }

    private void Split(int index, int level, in ShapPath<T> path, Bump room)
    {
        // A feature that is tested again leaves the path, and comes back at its end.
        ref readonly Node node = ref _tree.Nodes[index];
        int slot = Array.BinarySearch(_survey.Features, node.Feature);
        int known = path.IndexOf(slot);
        T share = T.One;
        if (known >= 0)
        {
            share = path.Zeros[known];
            ShapKernel<TLanes, T>.Unwind(path.Weights, path.Count, path.OnesOf(known), share, path.Pitch);
        }

        // The rows that do not pass the split and those that do are twice as many kinds.
        ShapPath<T> below = ShapPath<T>.Take(ref room, known >= 0 ? path.Count - 1 : path.Count, 2 * path.Classes, TLanes.Count);
        GatherKernel<T> gather = new(null, path.Classes, below.Classes, below.Pitch);
        below.CopySteps(path, known, gather);
        below.Slots[below.Count] = slot;
        gather.Part(known >= 0 ? path.OnesOf(known) : null, room.Take<T>(below.Pitch), below.OnesOf(below.Count));

        // A cover may be -0.
        Enter(node.Left, level + 1, below, T.Abs(TreeSurvey.Share<T>(_tree, index, node.Left) * share), room);
        Enter(node.Right, level + 1, below, T.Abs(TreeSurvey.Share<T>(_tree, index, node.Right) * share), room);
    }

    private void AddLeaf(in Node leaf, in ShapPath<T> path)
    {
        int steps = path.Count - 1;
        int room = PartVisitKernel.RoomOf<T>(steps);
        bool byLeaf = _forest.ContributionRule == ContributionRule.TreeShapByLeaf;
        T value = T.CreateTruncating(_tree.LeafValue(leaf, _tree.Output, _forest.OutputCount)) * (byLeaf ? T.CreateTruncating(_tree.Weight) : T.One);

        // Nothing stands before a kind's parts, and all are in one entry: a path has at most as many steps as levels.
        PartPlaces<T> places = new(_parts - PartPlaces<T>.Head, room);
        LeafPartKernel<TLanes, T>.Run(path.Weights, path.Ones, path.Zeros, path.Count, value, path.Classes, path.Pitch, places);
        path.Silence(places);
        _parts += path.Classes * room;
    }
}
