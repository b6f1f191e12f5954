using System;
using System.Numerics;

namespace Inference.Engine.Contributions;

/// <summary>A tree's parts for a block of rows: of each leaf, class and step, and for each row the leaves in its order.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
/// <remarks>An entry is a class's parts of a leaf, and before them a number that says where the leaf's steps are.</remarks>
internal unsafe struct ShapTable<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int* _steps;
    private readonly T* _parts;
    private readonly int* _ends;

    /// <summary>A table for a tree.</summary>
    /// <param name="plan">The tree.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="bump">Gives the memory.</param>
    public ShapTable(in ShapPlan plan, int rows, ref Bump bump)
    {
        Leaves = plan.Leaves;
        _ends = bump.Take<int>(2);
        _steps = bump.Take<int>((nint)plan.StepNumbers);
        Visits = bump.Take<int>((nint)rows * plan.Leaves);
        _parts = bump.Take<T>((nint)plan.PartNumbers(rows));
    }

    /// <summary>The tree's leaves.</summary>
    public int Leaves { get; }

    /// <summary>Row r's entries, leaf after leaf as it meets them, start at r * <see cref="Leaves"/>.</summary>
    public int* Visits { get; }

    /// <summary>The bytes of a table, at most.</summary>
    public static long Bytes(in ShapPlan plan, int rows) =>
        (plan.StepNumbers * sizeof(int)) + ((long)rows * plan.Leaves * sizeof(int)) + (plan.PartNumbers(rows) * sizeof(T)) + (8 * Bump.Line);

    /// <summary>Forgets what it holds.</summary>
    public readonly void Clear() => (_ends[0], _ends[1]) = (0, 0);

    /// <summary>Makes room for a leaf.</summary>
    /// <param name="path">The leaf's path.</param>
    /// <param name="parts">Where class 0's parts go.</param>
    /// <param name="stride">From one class to the next.</param>
    /// <returns>The number of class 0's entry.</returns>
    public readonly int AddLeaf(in ShapPath<T> path, out T* parts, out int stride)
    {
        int* steps = _steps + _ends[0];
        new ReadOnlySpan<int>(path.Slots, path.Count).CopyTo(new Span<int>(steps, path.Count));
        steps[0] = path.Count - 1;
        stride = path.Count;
        int first = _ends[1];
        for (int i = 0; i < path.Classes; i++)
        {
            *(int*)(_parts + first + ((nint)i * stride)) = _ends[0];
        }

        _ends[0] += path.Count;
        _ends[1] += path.Classes * stride;
        parts = _parts + first + 1;
        return first;
    }

    /// <summary>Makes a leaf say nothing to classes that neither pass a step's splits nor find training rows that do.</summary>
    /// <remarks>The specification does not go there. Adding -0 changes no number, not even -0.</remarks>
    public static void Silence(in ShapPath<T> path, int step, T* parts, int stride)
    {
        T* ones = path.OnesOf(step);
        for (int i = 0; i < path.Classes; i++)
        {
            if (ones[i] == T.Zero)
            {
                new Span<T>(parts + ((nint)i * stride), path.Count - 1).Fill(T.NegativeZero);
            }
        }
    }

    /// <summary>Adds a row's parts to sums, one for each feature that the tree tests.</summary>
    public readonly void Add(int row, Span<T> sums)
    {
        int* visits = Visits + ((nint)row * Leaves);
        for (int i = 0; i < Leaves; i++)
        {
            T* entry = _parts + visits[i];
            int* steps = _steps + *(int*)entry;
            for (int step = 1; step <= steps[0]; step++)
            {
                sums[steps[step]] += entry[step];
            }
        }
    }
}
