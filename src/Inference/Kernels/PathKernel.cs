using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Kernels;

// A walk's next node is computed, not jumped to, and eight walks go on together: a step waits for two loads that depend on
// each other, and while one walk waits the others move. A walk that has reached its leaf stays there.

/// <summary>Finds leaves by walking eight paths at once: eight rows in a tree, or one row in eight trees.</summary>
internal static unsafe class PathKernel
{
    /// <summary>The walks that go on together.</summary>
    public const int Width = 8;

    /// <summary>Up to here all walks make as many steps as the deepest tree has; beyond, they ask after each step whether all are done.</summary>
    private const int FixedSteps = 8;

    /// <summary>Walks eight paths from their roots to their leaves.</summary>
    /// <param name="nodes">Eight roots; receives eight leaves.</param>
    /// <param name="values">For each walk the row's values, by columns.</param>
    /// <param name="depth">The splits on the longest of the paths.</param>
    /// <param name="columnBits">The bits of a link that are the column.</param>
    public static void Run<T>(PathNode<T>** nodes, T** values, int depth, int columnBits)
        where T : unmanaged, IFloatingPointIeee754<T> => Run<T, EightRows<T>>(nodes, new(values), depth, columnBits);

    /// <summary>Walks eight paths of one row.</summary>
    /// <param name="nodes">Eight roots; receives eight leaves.</param>
    /// <param name="values">The row's values, by columns.</param>
    /// <param name="depth">The splits on the longest of the paths.</param>
    /// <param name="columnBits">The bits of a link that are the column.</param>
    public static void Run<T>(PathNode<T>** nodes, T* values, int depth, int columnBits)
        where T : unmanaged, IFloatingPointIeee754<T> => Run<T, OneRow<T>>(nodes, new(values), depth, columnBits);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<T, TRows>(PathNode<T>** nodes, TRows rows, int depth, int columnBits)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TRows : struct, IRows<T>
    {
        PathNode<T>* n0 = nodes[0];
        PathNode<T>* n1 = nodes[1];
        PathNode<T>* n2 = nodes[2];
        PathNode<T>* n3 = nodes[3];
        PathNode<T>* n4 = nodes[4];
        PathNode<T>* n5 = nodes[5];
        PathNode<T>* n6 = nodes[6];
        PathNode<T>* n7 = nodes[7];
        uint columns = (1u << columnBits) - 1;
        for (int step = 0; step < depth; step++)
        {
            if (step >= FixedSteps && ((n0->Link | n1->Link | n2->Link | n3->Link | n4->Link | n5->Link | n6->Link | n7->Link) & ~columns) == 0)
            {
                break;
            }

            n0 = Step(n0, rows.Of(0), columns, columnBits);
            n1 = Step(n1, rows.Of(1), columns, columnBits);
            n2 = Step(n2, rows.Of(2), columns, columnBits);
            n3 = Step(n3, rows.Of(3), columns, columnBits);
            n4 = Step(n4, rows.Of(4), columns, columnBits);
            n5 = Step(n5, rows.Of(5), columns, columnBits);
            n6 = Step(n6, rows.Of(6), columns, columnBits);
            n7 = Step(n7, rows.Of(7), columns, columnBits);
        }

        nodes[0] = n0;
        nodes[1] = n1;
        nodes[2] = n2;
        nodes[3] = n3;
        nodes[4] = n4;
        nodes[5] = n5;
        nodes[6] = n6;
        nodes[7] = n7;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static PathNode<T>* Step<T>(PathNode<T>* node, T* values, uint columns, int columnBits)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        uint link = node->Link;
        return node + (link >> columnBits) + Unsafe.BitCast<bool, byte>(values[link & columns] >= node->Threshold);
    }

    /// <summary>The rows of eight walks. A structure for each kind, so that the compiler makes a loop of its own for each.</summary>
    private interface IRows<T>
        where T : unmanaged
    {
        public T* Of(int walk);
    }

    private readonly struct EightRows<T>(T** values) : IRows<T>
        where T : unmanaged
    {
        private readonly T** _values = values;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T* Of(int walk) => _values[walk];
    }

    private readonly struct OneRow<T>(T* values) : IRows<T>
        where T : unmanaged
    {
        private readonly T* _values = values;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T* Of(int walk) => _values;
    }
}
