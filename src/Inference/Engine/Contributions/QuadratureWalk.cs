using System;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Contributions;

/// <summary>Explains one tree to a register of rows by <see cref="TreeQuadrature{TScore}"/>, whose order of additions is the same for every row.</summary>
/// <typeparam name="TLanes">The register.</typeparam>
/// <typeparam name="T">The model's precision.</typeparam>
internal readonly unsafe ref struct QuadratureWalk<TLanes, T>
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int Points = QuadratureKernel<TLanes, T>.Points;

    private readonly Forest _forest;
    private readonly Tree _tree;
    private readonly SplitColumns<T> _columns;
    private readonly ReadOnlySpan<ShapNode> _nodes;
    private readonly Level* _levels;
    private readonly T* _points;
    private readonly T* _weights;
    private readonly int _features;

    /// <summary>A walk over a tree.</summary>
    /// <param name="forest">The model.</param>
    /// <param name="tree">The tree.</param>
    /// <param name="columns">The rows.</param>
    /// <param name="plan">The order of the nodes.</param>
    /// <param name="bump">Gives the memory, <see cref="Bytes"/>.</param>
    public QuadratureWalk(Forest forest, Tree tree, SplitColumns<T> columns, in ShapPlan plan, ref Bump bump)
    {
        (_forest, _tree, _columns, _features) = (forest, tree, columns, plan.Features);
        _nodes = plan.Nodes;
        Parts = bump.Take<T>((nint)plan.Features * TLanes.Count);
        _points = bump.Take<T>(Points);
        _weights = bump.Take<T>(Points);
        for (int i = 0; i < Points; i++)
        {
            _points[i] = T.CreateTruncating(TreeQuadrature<T>.Nodes[i]);
            _weights[i] = T.CreateTruncating(TreeQuadrature<T>.Weights[i]);
        }

        _levels = bump.Take<Level>(plan.Levels);
        for (int level = 0; level < plan.Levels; level++)
        {
            _levels[level].Products = bump.Take<T>(Points * TLanes.Count);
            _levels[level].Sums = bump.Take<T>(Points * TLanes.Count);
            _levels[level].Turns = bump.Take<T>(TLanes.Count);
            _levels[level].Factors = bump.Take<T>(TLanes.Count);
        }

        new Span<T>(_levels[0].Products, Points * TLanes.Count).Fill(T.One);
        _levels[0].Weight = T.One;
    }

    /// <summary>The parts of the features that the tree tests, a register for each.</summary>
    public T* Parts { get; }

    /// <summary>The bytes that a walk takes.</summary>
    public static long Bytes(in ShapPlan plan) =>
        ((long)plan.Features * TLanes.Count * sizeof(T)) + (plan.Levels * (sizeof(Level) + (((2L * Points) + 2) * TLanes.Count * sizeof(T)) + (4 * Bump.Line))) + (8 * Bump.Line);

    /// <summary>Works out the parts of as many rows as a register has lanes.</summary>
    /// <param name="firstRow">The first row, a multiple of the lanes.</param>
    /// <param name="output">The output.</param>
    public void Walk(int firstRow, int output)
    {
        new Span<T>(Parts, _features * TLanes.Count).Clear();
        if (_nodes.Length == 1)
        {
            return;
        }

        foreach (ref readonly ShapNode place in _nodes)
        {
            ref readonly Node node = ref _tree.Nodes[place.Node];
            Level* level = _levels + place.Level;
            if (place.Parent >= 0)
            {
                Enter(level, place);
            }

            if (node.IsLeaf)
            {
                T leaf = level->Weight * T.CreateTruncating(_tree.LeafValue(node, output, _forest.OutputCount));
                QuadratureKernel<TLanes, T>.Weigh(level->Products, leaf, _weights, level->Sums);
                Return(place);
                continue;
            }

            level->Slot = place.Slot;
            level->Before = FactorsOf(place);
            _columns.Decide<TLanes>(_tree, node, firstRow, TLanes.Count, level->Turns);
        }
    }

    private void Enter(Level* level, in ShapNode place)
    {
        Level* split = level - 1;
        T share = TreeSurvey.Share<T>(_tree, _nodes[place.Parent].Node, place.Node);
        share = share < TreeQuadrature<T>.LeastShare ? TreeQuadrature<T>.LeastShare : share;
        level->Weight = split->Weight * share;
        T passing = place.IsLeft ? T.One : T.Zero;
        QuadratureKernel<TLanes, T>.Descend(split->Products, split->Turns, passing, share, split->Before, _points, split->Factors, level->Products);
    }

    /// <summary>Goes up from a leaf to the first split whose right child is still to come.</summary>
    private void Return(in ShapNode leaf)
    {
        ref readonly ShapNode child = ref leaf;
        while (child.Parent >= 0)
        {
            Level* level = _levels + child.Level;
            Level* split = level - 1;
            QuadratureKernel<TLanes, T>.Add(level->Sums, split->Factors, split->Before, _points, Parts + ((nint)split->Slot * TLanes.Count));
            if (child.IsLeft)
            {
                new ReadOnlySpan<T>(level->Sums, Points * TLanes.Count).CopyTo(new Span<T>(split->Sums, Points * TLanes.Count));
                return;
            }

            QuadratureKernel<TLanes, T>.Join(split->Sums, level->Sums);
            child = ref _nodes[child.Parent];
        }
    }

    /// <summary>The factors of a split's feature above it: those of the last split above that tests it; none where there is none.</summary>
    private T* FactorsOf(in ShapNode place)
    {
        for (int level = place.Level - 1; level >= 0; level--)
        {
            if (_levels[level].Slot == place.Slot)
            {
                return _levels[level].Factors;
            }
        }

        return null;
    }

    /// <summary>A node on the path.</summary>
    private struct Level
    {
        public T* Products;
        public T* Sums;
        public T* Turns;
        public T* Factors;
        public T* Before;
        public T Weight;
        public int Slot;
    }
}
