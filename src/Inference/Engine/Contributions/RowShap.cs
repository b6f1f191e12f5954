using System;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Contributions;

/// <summary>Explains one tree to one row by TreeSHAP: <see cref="TreeShap{TScore}"/> with the steps of a path beside each other in registers.</summary>
/// <typeparam name="TLanes">The register.</typeparam>
/// <typeparam name="T">The model's precision.</typeparam>
internal readonly unsafe ref struct RowShap<TLanes, T>
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Tree _tree;
    private readonly SplitColumns<T> _columns;
    private readonly TreeSurvey _survey;
    private readonly int _pitch;
    private readonly Branch* _pending;
    private readonly Path* _paths;
    private readonly T* _parts;

    /// <summary>Room for a tree.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="survey">What is known of it.</param>
    /// <param name="columns">The row, alone.</param>
    /// <param name="bump">Gives the memory, <see cref="Bytes"/>.</param>
    public RowShap(Tree tree, TreeSurvey survey, SplitColumns<T> columns, ref Bump bump)
    {
        (_tree, _survey, _columns) = (tree, survey, columns);
        _pitch = Pitch(survey);
        _pending = bump.Take<Branch>(survey.Levels + 2);
        _parts = bump.Take<T>(_pitch);
        _paths = bump.Take<Path>(survey.Levels + 1);
        for (int level = 0; level <= survey.Levels; level++)
        {
            Path* path = _paths + level;
            path->Slots = bump.Take<int>(_pitch);
            path->Zeros = bump.Take<T>(_pitch);
            path->Ones = bump.Take<T>(_pitch);
            path->Weights = bump.Take<T>(_pitch + TLanes.Count) + TLanes.Count;
            path->Weights[-1] = T.NegativeZero;
        }

        // The path above the root has no step.
        _paths[0].Count = 0;
        new Span<T>(_paths[0].Zeros, _pitch).Fill(T.One);
        new Span<T>(_paths[0].Ones, _pitch).Fill(T.One);
    }

    /// <summary>The bytes that a tree takes; more than an int holds where its paths are too long for the kernel.</summary>
    public static long Bytes(TreeSurvey survey)
    {
        if (Math.Min(survey.Levels, survey.Features.Length) + 2 > RowPathKernel<TLanes, T>.MostSteps)
        {
            return long.MaxValue;
        }

        long path = (3L * Pitch(survey) * (sizeof(T) + sizeof(int))) + sizeof(Path) + (5 * Bump.Line);
        return ((survey.Levels + 2L) * (sizeof(Branch) + path)) + ((long)Pitch(survey) * sizeof(T)) + (4 * Bump.Line);
    }

    /// <summary>Adds each feature's part of one output to sums. False where a share of training rows is no finite number: the specification has to say what that means.</summary>
    /// <param name="forest">The model.</param>
    /// <param name="output">The output.</param>
    /// <param name="factor">The factor of every leaf.</param>
    /// <param name="sums">One for each feature.</param>
    public bool TryAdd(Forest forest, int output, T factor, Span<T> sums)
    {
        int pending = 0;
        _pending[pending++] = new Branch { Slot = -1, Zero = T.One, One = T.One };
        while (pending > 0)
        {
            Branch branch = _pending[--pending];
            if (!T.IsFinite(branch.Zero))
            {
                return false;
            }

            Path* path = _paths + branch.Level + 1;
            Extend(branch, path);
            ref readonly Node node = ref _tree.Nodes[branch.Node];
            if (node.IsLeaf)
            {
                T value = T.CreateTruncating(_tree.LeafValue(node, output, forest.OutputCount)) * factor;
                RowPathKernel<TLanes, T>.Parts(path->Weights, path->Zeros, path->Ones, path->Count, value, _parts);
                for (int i = 1; i < path->Count; i++)
                {
                    sums[path->Slots[i]] += _parts[i];
                }

                continue;
            }

            // A feature that is tested again leaves the path, and comes back at its end with the new share.
            (T zero, T one) = (T.One, T.One);
            int known = new ReadOnlySpan<int>(path->Slots, path->Count).LastIndexOf(node.Feature);
            if (known >= 0)
            {
                (zero, one) = (path->Zeros[known], path->Ones[known]);
                Unwind(path, known);
            }

            T turn;
            _columns.Decide<LanesScalar<T>>(_tree, node, 0, 1, &turn);
            (int hot, int cold) = turn != T.Zero ? (node.Left, node.Right) : (node.Right, node.Left);
            Branch child = new() { Level = branch.Level + 1, Slot = node.Feature };
            Push(child with { Node = cold, Zero = TreeSurvey.Share<T>(_tree, branch.Node, cold) * zero, One = T.Zero }, ref pending);
            Push(child with { Node = hot, Zero = TreeSurvey.Share<T>(_tree, branch.Node, hot) * zero, One = one }, ref pending);
        }

        return true;
    }

    /// <summary>Puts off a child, unless neither the row nor any training row can come there.</summary>
    private void Push(in Branch child, ref int pending)
    {
        if (child.Zero != T.Zero || child.One != T.Zero)
        {
            _pending[pending++] = child;
        }
    }

    private void Extend(in Branch branch, Path* path)
    {
        Path* parent = path - 1;
        int depth = parent->Count;
        new ReadOnlySpan<int>(parent->Slots, depth).CopyTo(new Span<int>(path->Slots, _pitch));
        new ReadOnlySpan<T>(parent->Zeros, _pitch).CopyTo(new Span<T>(path->Zeros, _pitch));
        new ReadOnlySpan<T>(parent->Ones, _pitch).CopyTo(new Span<T>(path->Ones, _pitch));
        (path->Slots[depth], path->Zeros[depth], path->Ones[depth]) = (branch.Slot, branch.Zero, branch.One);
        RowPathKernel<TLanes, T>.Extend(parent->Weights, depth, branch.One, branch.Zero, path->Weights);
        path->Count = depth + 1;
    }

    /// <summary>Takes a step out of a path, as <see cref="TreeShap{TScore}"/> does.</summary>
    private static void Unwind(Path* path, int known)
    {
        int depth = path->Count - 1;
        T length = T.CreateTruncating(depth + 1);
        T* weights = path->Weights;
        (T zero, T one) = (path->Zeros[known], path->Ones[known]);
        T next = weights[depth];
        for (int i = depth - 1; i >= 0; i--)
        {
            if (one != T.Zero)
            {
                T before = weights[i];
                weights[i] = next * length / (T.CreateTruncating(i + 1) * one);
                next = before - (weights[i] * zero * T.CreateTruncating(depth - i) / length);
            }
            else
            {
                weights[i] = weights[i] * length / (zero * T.CreateTruncating(depth - i));
            }
        }

        for (int i = known; i < depth; i++)
        {
            (path->Slots[i], path->Zeros[i], path->Ones[i]) = (path->Slots[i + 1], path->Zeros[i + 1], path->Ones[i + 1]);
        }

        (weights[depth], path->Zeros[depth], path->Ones[depth]) = (T.Zero, T.One, T.One);
        path->Count = depth;
    }

    private static int Pitch(TreeSurvey survey) =>
        (((Math.Min(survey.Levels, survey.Features.Length) + 1) / TLanes.Count) + 3) * TLanes.Count;

    /// <summary>A path: what lies beside each other are its steps.</summary>
    private struct Path
    {
        public int Count;
        public int* Slots;
        public T* Zeros;
        public T* Ones;
        public T* Weights;
    }

    /// <summary>A node that is still to be explained, and the step that leads to it.</summary>
    private struct Branch
    {
        public int Node;
        public int Level;
        public int Slot;
        public T Zero;
        public T One;
    }
}
