using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Inference.Kernels;

// A tree's leaf numbers for a block of rows, without a branch on any row: every split is evaluated for all rows, from the
// leaves to the root, one byte compare and one byte select for each split and register of rows. That is less work than it
// seems: 64 rows share each instruction, while a walk pays for every row a load that depends on the last one.

/// <summary>Finds the leaves of one tree for a block of rows of ranks.</summary>
internal static unsafe class LeafKernel
{
    /// <summary>Rows of a block come in multiples of this.</summary>
    public const int RowUnit = 64;

    /// <summary>Leaf n's register, filled with n: what a leaf is as an operand.</summary>
    private static readonly sbyte* LeafConstants = MakeLeafConstants();

    /// <summary>Finds leaves with the widest registers that the processor has.</summary>
    /// <param name="columns">Ranks, column after column, <paramref name="rows"/> apart.</param>
    /// <param name="steps">The tree.</param>
    /// <param name="count">Its steps, 1 or more.</param>
    /// <param name="slots">Room for the answers of splits, <paramref name="rows"/> for each slot; the root's ends in slot 0.</param>
    /// <param name="rows">The rows of the block, a multiple of <see cref="RowUnit"/>.</param>
    public static void Run(sbyte* columns, TreeStep* steps, int count, sbyte* slots, int rows)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Run<ByteLanes512>(columns, steps, count, slots, rows);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Run<ByteLanes256>(columns, steps, count, slots, rows);
        }
        else
        {
            Run<ByteLanes128>(columns, steps, count, slots, rows);
        }
    }

    /// <summary>Finds leaves with registers of a given width.</summary>
    public static void Run<TLanes>(sbyte* columns, TreeStep* steps, int count, sbyte* slots, int rows)
        where TLanes : struct, IByteLanes<TLanes>
    {
        for (TreeStep* step = steps; step < steps + count; step++)
        {
            sbyte* values = columns + ((nuint)step->Column * (uint)rows);
            sbyte* target = slots + ((nuint)step->Target * (uint)rows);
            sbyte* end = values + rows;
            sbyte* left = Operand(step->Left, slots, rows);
            sbyte* right = Operand(step->Right, slots, rows);
            nint leftStep = step->Left < TreeStep.FirstSlot ? 0 : TLanes.Count;
            nint rightStep = step->Right < TreeStep.FirstSlot ? 0 : TLanes.Count;
            TLanes threshold = TLanes.Broadcast(step->Threshold);
            do
            {
                TLanes.Choose(TLanes.Load(values), threshold, TLanes.Load(right), TLanes.Load(left)).Store(target);
                values += TLanes.Count;
                target += TLanes.Count;
                left += leftStep;
                right += rightStep;
            }
            while (values < end);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static sbyte* Operand(int operand, sbyte* slots, int rows) => operand < TreeStep.FirstSlot
        ? LeafConstants + (operand * RowUnit)
        : slots + ((nuint)(uint)(operand - TreeStep.FirstSlot) * (uint)rows);

    private static sbyte* MakeLeafConstants()
    {
        // Never freed: 16 KiB for the process, aligned so that no load crosses a cache line.
        sbyte* constants = (sbyte*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc(TreeStep.FirstSlot * RowUnit, RowUnit);
        for (int leaf = 0; leaf < TreeStep.FirstSlot; leaf++)
        {
            new System.Span<sbyte>(constants + (leaf * RowUnit), RowUnit).Fill((sbyte)leaf);
        }

        return constants;
    }
}
