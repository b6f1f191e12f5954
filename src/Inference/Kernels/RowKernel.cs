using System.Runtime.CompilerServices;

namespace Inference.Kernels;

// One row: a walk from the root, with the next node computed, not jumped to. A walk makes as many steps as its tree is
// deep, staying at the leaf it reaches, so that no branch depends on the row: the processor then works on a dozen trees at
// once, and their chains of loads hide behind each other.

/// <summary>Finds the leaf of one row in one tree.</summary>
internal static unsafe class RowKernel
{
    /// <summary>The leaf's number.</summary>
    /// <param name="nodes">The tree.</param>
    /// <param name="depth">The splits on its longest path.</param>
    /// <param name="ranks">The row's ranks.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FindLeaf(RowNode* nodes, int depth, sbyte* ranks)
    {
        RowNode* node = nodes;
        for (int i = 0; i < depth; i++)
        {
            node = nodes + (node->Left + IsAbove(ranks[node->Column], node->Threshold));
        }

        return node->Leaf;
    }

    /// <summary>The leaf's number in a tree that tests sets.</summary>
    /// <param name="nodes">The tree.</param>
    /// <param name="depth">The splits on its longest path.</param>
    /// <param name="ranks">The row's ranks, and of categorical features the two bytes of <see cref="SetKernel.StoreCode"/>.</param>
    /// <param name="setSteps">The tree's set tests.</param>
    /// <param name="sets">All sets.</param>
    public static int FindLeaf(RowNode* nodes, int depth, sbyte* ranks, SetStep* setSteps, byte* sets)
    {
        RowNode* node = nodes;
        for (int i = 0; i < depth; i++)
        {
            int goesRight;
            if (node->IsSet != 0)
            {
                SetStep* step = setSteps + node->Column;
                byte* set = sets + ((nint)step->Set * SetKernel.SetBytes);
                goesRight = 1 - IsAbove(set[(byte)ranks[step->Codes]] & (byte)ranks[step->Codes + 1], 0);
            }
            else
            {
                goesRight = IsAbove(ranks[node->Column], node->Threshold);
            }

            node = nodes + (node->Left + goesRight);
        }

        return node->Leaf;
    }

    /// <summary>1 where a byte is above another, else 0: the sign of a difference, because a compiler is free to make a branch of a condition.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int IsAbove(int rank, int threshold) => (int)((uint)(threshold - rank) >> 31);
}
