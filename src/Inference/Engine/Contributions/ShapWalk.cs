using System;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Contributions;

// One walk over a tree for many rows. Rows that took the same turns to a node share its path (a class): what TreeSHAP works
// out for a leaf is worked out once for each class, a register of classes at a time. What comes out, a leaf's part for each
// step and class, is kept in a table. Then each row adds its parts up in its own order of the leaves: at every split the
// child that the row goes to comes first, which is what makes the bits those of the specification (Forests.TreeShap).

/// <summary>Works out one tree's parts for a block of rows by TreeSHAP.</summary>
/// <typeparam name="TLanes">The register.</typeparam>
/// <typeparam name="T">The model's precision.</typeparam>
internal unsafe ref struct ShapWalk<TLanes, T>
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Forest _forest;
    private readonly Tree _tree;
    private readonly SplitColumns<T> _columns;
    private readonly ReadOnlySpan<ShapNode> _nodes;
    private readonly ShapLevel<T>* _levels;
    private readonly ShapTable<T> _table;
    private int _firstRow;
    private int _rows;
    private int _paddedRows;

    /// <summary>A walk over a tree.</summary>
    /// <param name="forest">The model.</param>
    /// <param name="tree">The tree.</param>
    /// <param name="columns">The rows.</param>
    /// <param name="plan">The order of the nodes.</param>
    /// <param name="table">Receives the parts.</param>
    /// <param name="room">Memory, <see cref="ShapPlan.LevelBytes"/>.</param>
    public ShapWalk(Forest forest, Tree tree, SplitColumns<T> columns, in ShapPlan plan, ShapTable<T> table, byte* room)
    {
        (_forest, _tree, _columns, _table) = (forest, tree, columns, table);
        _nodes = plan.Nodes;
        _levels = (ShapLevel<T>*)room;
        _levels[0].Free = Bump.Align(room + ((plan.Levels + 1) * sizeof(ShapLevel<T>)));
        _levels++;
    }

    /// <summary>Works out the parts of rows. False where a share of training rows is no finite number: the specification has to say what that means.</summary>
    /// <param name="firstRow">The first row, a multiple of a register's lanes.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="output">The output.</param>
    /// <param name="factor">The factor of every leaf.</param>
    public bool TryWalk(int firstRow, int rows, int output, T factor)
    {
        (_firstRow, _rows) = (firstRow, rows);
        _paddedRows = (rows + TLanes.Count - 1) / TLanes.Count * TLanes.Count;
        _table.Clear();
        Begin();
        foreach (ref readonly ShapNode place in _nodes)
        {
            ref readonly Node node = ref _tree.Nodes[place.Node];
            ShapLevel<T>* level = _levels + place.Level;
            if (!TryEnter(level, place))
            {
                return false;
            }

            if (node.IsLeaf)
            {
                T value = T.CreateTruncating(_tree.LeafValue(node, output, _forest.OutputCount)) * factor;
                AddLeaf(level, place.Entries, value);
            }
            else
            {
                Split(level, node, place.Slot);
            }
        }

        return true;
    }

    /// <summary>Makes the level above the root: a path of no steps, one class, nothing met yet.</summary>
    private readonly void Begin()
    {
        ShapLevel<T>* above = _levels - 1;
        Bump bump = new(above->Free);
        above->Base = ShapPath<T>.Take(ref bump, count: 0, classes: 1, TLanes.Count);
        above->Zero = T.One;
        above->RightOnes = bump.Take<T>(TLanes.Count);
        new Span<T>(above->RightOnes, TLanes.Count).Fill(T.One);
        above->Classes = bump.Take<T>(_paddedRows);
        new Span<T>(above->Classes, _paddedRows).Clear();
        above->Places = above->Classes;
        above->Turns = above->Classes;
        above->Free = bump.Free;
    }

    /// <summary>Extends the parent's path to a child.</summary>
    private readonly bool TryEnter(ShapLevel<T>* level, in ShapNode place)
    {
        ShapLevel<T>* parent = level - 1;
        ref readonly ShapPath<T> from = ref parent->Base;
        Bump bump = new(parent->Free);
        T zero = T.One;
        int others = 0;
        if (place.Parent >= 0)
        {
            ref readonly ShapNode split = ref _nodes[place.Parent];
            others = split.Entries - place.Entries;
            zero = TreeSurvey.Share<T>(_tree, split.Node, place.Node) * parent->Zero;
            from.Slots[from.Count] = split.Slot;
        }
        else
        {
            from.Slots[0] = -1;
        }

        from.Zeros[from.Count] = zero;
        T* ones = place.IsLeft ? parent->LeftOnes : parent->RightOnes;
        new ReadOnlySpan<T>(ones, from.Pitch).CopyTo(new Span<T>(from.OnesOf(from.Count), from.Pitch));
        level->Path = from;
        level->Path.Count = from.Count + 1;
        level->Path.Weights = bump.Take<T>((nint)level->Path.Count * from.Pitch);
        ShapKernel<TLanes, T>.Extend(from.Weights, from.Count, ones, zero, level->Path.Weights, from.Pitch);
        level->Places = bump.Take<T>(_paddedRows);
        ClassKernel<TLanes, T>.Place(parent->Places, parent->Turns, place.IsLeft, others, _paddedRows, level->Places);
        level->Free = bump.Free;
        return T.IsFinite(zero);
    }

    /// <summary>Parts the rows of a split, and makes the path that its children extend.</summary>
    private readonly void Split(ShapLevel<T>* level, in Node node, int slot)
    {
        Bump bump = new(level->Free);
        level->Turns = bump.Take<T>(_paddedRows);
        _columns.Decide<TLanes>(_tree, node, _firstRow, _paddedRows, level->Turns);

        ref readonly ShapPath<T> path = ref level->Path;
        level->Classes = bump.Take<T>(_paddedRows);
        ClassKernel<TLanes, T>.Split(level[-1].Classes, path.Classes, level->Turns, _paddedRows, level->Classes);
        int classes = 2 * path.Classes;
        int* sources = null;
        if (classes > ShapPlan.FewClasses)
        {
            sources = bump.Take<int>(classes);
            classes = ClassKernel<TLanes, T>.Squeeze(level->Classes, _rows, _paddedRows, sources, bump.Take<int>(classes), classes);
        }

        // A feature that is tested again leaves the path, and comes back at its end.
        int known = path.IndexOf(slot);
        level->Zero = T.One;
        if (known >= 0)
        {
            level->Zero = path.Zeros[known];
            ShapKernel<TLanes, T>.Unwind(path.Weights, path.Count, path.OnesOf(known), path.Zeros[known], path.Pitch);
        }

        level->Base = ShapPath<T>.Take(ref bump, known >= 0 ? path.Count - 1 : path.Count, classes, TLanes.Count);
        level->LeftOnes = bump.Take<T>(level->Base.Pitch);
        level->RightOnes = bump.Take<T>(level->Base.Pitch);
        ShareOut(level, sources, known);
        level->Free = bump.Free;
    }

    /// <summary>Gives the children's classes the numbers of those that they come from.</summary>
    private static void ShareOut(ShapLevel<T>* level, int* sources, int known)
    {
        ref readonly ShapPath<T> from = ref level->Path;
        ref readonly ShapPath<T> to = ref level->Base;
        GatherKernel<T> gather = new(sources, from.Classes, to.Classes, to.Pitch);
        to.CopySteps(from, known, gather);
        gather.Part(known >= 0 ? from.OnesOf(known) : null, level->RightOnes, level->LeftOnes);
    }

    private readonly void AddLeaf(ShapLevel<T>* level, int entries, T value)
    {
        ref readonly ShapPath<T> path = ref level->Path;
        PartPlaces<T> parts = _table.AddLeaf(path, entries, out int first, out int stride);
        LeafPartKernel<TLanes, T>.Run(path.Weights, path.Ones, path.Zeros, path.Count, value, path.Classes, path.Pitch, parts);
        path.Silence(parts);
        for (int entry = 0; entry < entries; entry++)
        {
            ClassKernel<TLanes, T>.Visit(
                level->Places, level[-1].Classes, _rows, first + (entry * PartPlaces<T>.EntryNumbers), stride, _table.Visits + entry, _table.Entries);
        }
    }
}
