using System;
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

    /// <summary>The most rows of a block.</summary>
    public const int MaxRows = (TreeTile.SlotUnits - 1) * TreeTile.OperandUnit;

    /// <summary>Finds leaves with the widest registers that the processor has.</summary>
    /// <param name="columns">Ranks, column after column.</param>
    /// <param name="pitch">Bytes from one column to the next.</param>
    /// <param name="tiles">The tree.</param>
    /// <param name="count">Its tiles, 1 or more.</param>
    /// <param name="operands">What <see cref="FillLeaves"/> wrote, and room for slots behind it; the answer ends in slot 0.</param>
    /// <param name="rows">The rows of the block, a multiple of <see cref="RowUnit"/>.</param>
    public static void Run(sbyte* columns, int pitch, TreeTile* tiles, int count, sbyte* operands, int rows)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Run<ByteLanes512>(columns, pitch, tiles, count, operands, rows);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Run<ByteLanes256>(columns, pitch, tiles, count, operands, rows);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Run<ByteLanes128>(columns, pitch, tiles, count, operands, rows);
        }
        else
        {
            Run<ByteLanes64>(columns, pitch, tiles, count, operands, rows);
        }
    }

    /// <summary>The bytes of operands.</summary>
    public static int OperandBytes(int slots) => (TreeTile.FirstSlot + (slots * TreeTile.SlotUnits)) * TreeTile.OperandUnit;

    /// <summary>Writes what every leaf is as an operand: its number, once for each row of a register.</summary>
    public static void FillLeaves(sbyte* operands)
    {
        for (int leaf = 0; leaf < TreeTile.FirstSlot; leaf++)
        {
            new Span<sbyte>(operands + (leaf * TreeTile.OperandUnit), TreeTile.OperandUnit).Fill((sbyte)leaf);
        }
    }

    /// <summary>Finds leaves with registers of a given width.</summary>
    public static void Run<TLanes>(sbyte* columns, int pitch, TreeTile* tiles, int count, sbyte* operands, int rows)
        where TLanes : struct, IByteLanes<TLanes>
    {
        for (TreeTile* tile = tiles; tile < tiles + count; tile++)
        {
            switch (tile->Shape)
            {
                case TileShape.Both:
                    RunBoth<TLanes>(columns, pitch, tile, operands, rows);
                    break;
                case TileShape.Left:
                    RunPair<TLanes, LeftChild>(columns, pitch, tile, tile->A, tile->B, tile->C, operands, rows);
                    break;
                case TileShape.Right:
                    RunPair<TLanes, RightChild>(columns, pitch, tile, tile->B, tile->C, tile->A, operands, rows);
                    break;
                default:
                    RunSingle<TLanes>(columns, pitch, tile, operands, rows);
                    break;
            }
        }
    }

    // The loops are written out with plain local variables: pointers that end in a structure are kept in memory. Rows count up
    // to zero, so that all that a loop needs stays in registers.
    private static void RunSingle<TLanes>(sbyte* columns, int pitch, TreeTile* tile, sbyte* operands, int rows)
        where TLanes : struct, IByteLanes<TLanes>
    {
        sbyte* root = End(columns, tile->Column, pitch, rows);
        sbyte* target = Operand(operands, tile->Target) + rows;
        sbyte* a = Operand(operands, tile->A);
        sbyte* b = Operand(operands, tile->B);
        nint stepA = Step<TLanes>(tile->A);
        nint stepB = Step<TLanes>(tile->B);
        TLanes rootThreshold = TLanes.Broadcast(tile->Threshold);
        for (nint row = -rows; row < 0; row += TLanes.Count)
        {
            TLanes.Choose(TLanes.Load(root + row), rootThreshold, TLanes.Load(b), TLanes.Load(a)).Store(target + row);
            a += stepA;
            b += stepB;
        }
    }

    /// <summary>A root and one child, whose operands are a and b; c is the root's on the other side.</summary>
    private static void RunPair<TLanes, TSide>(sbyte* columns, int pitch, TreeTile* tile, int pairA, int pairB, int outer, sbyte* operands, int rows)
        where TLanes : struct, IByteLanes<TLanes>
        where TSide : struct, ISide
    {
        sbyte* root = End(columns, tile->Column, pitch, rows);
        sbyte* child = End(columns, tile->FirstColumn, pitch, rows);
        sbyte* target = Operand(operands, tile->Target) + rows;
        sbyte* a = Operand(operands, pairA);
        sbyte* b = Operand(operands, pairB);
        sbyte* c = Operand(operands, outer);
        nint stepA = Step<TLanes>(pairA);
        nint stepB = Step<TLanes>(pairB);
        nint stepC = Step<TLanes>(outer);
        TLanes rootThreshold = TLanes.Broadcast(tile->Threshold);
        TLanes childThreshold = TLanes.Broadcast(tile->FirstThreshold);
        for (nint row = -rows; row < 0; row += TLanes.Count)
        {
            TLanes below = TLanes.Choose(TLanes.Load(child + row), childThreshold, TLanes.Load(b), TLanes.Load(a));
            TSide.Choose(TLanes.Load(root + row), rootThreshold, below, TLanes.Load(c)).Store(target + row);
            a += stepA;
            b += stepB;
            c += stepC;
        }
    }

    private static void RunBoth<TLanes>(sbyte* columns, int pitch, TreeTile* tile, sbyte* operands, int rows)
        where TLanes : struct, IByteLanes<TLanes>
    {
        sbyte* root = End(columns, tile->Column, pitch, rows);
        sbyte* left = End(columns, tile->FirstColumn, pitch, rows);
        sbyte* right = End(columns, tile->SecondColumn, pitch, rows);
        sbyte* target = Operand(operands, tile->Target) + rows;
        sbyte* a = Operand(operands, tile->A);
        sbyte* b = Operand(operands, tile->B);
        sbyte* c = Operand(operands, tile->C);
        sbyte* d = Operand(operands, tile->D);
        nint stepA = Step<TLanes>(tile->A);
        nint stepB = Step<TLanes>(tile->B);
        nint stepC = Step<TLanes>(tile->C);
        nint stepD = Step<TLanes>(tile->D);
        TLanes rootThreshold = TLanes.Broadcast(tile->Threshold);
        TLanes leftThreshold = TLanes.Broadcast(tile->FirstThreshold);
        TLanes rightThreshold = TLanes.Broadcast(tile->SecondThreshold);
        for (nint row = -rows; row < 0; row += TLanes.Count)
        {
            TLanes belowLeft = TLanes.Choose(TLanes.Load(left + row), leftThreshold, TLanes.Load(b), TLanes.Load(a));
            TLanes belowRight = TLanes.Choose(TLanes.Load(right + row), rightThreshold, TLanes.Load(d), TLanes.Load(c));
            TLanes.Choose(TLanes.Load(root + row), rootThreshold, belowRight, belowLeft).Store(target + row);
            a += stepA;
            b += stepB;
            c += stepC;
            d += stepD;
        }
    }

    /// <summary>Behind a column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static sbyte* End(sbyte* columns, int column, int pitch, int rows) => columns + ((nuint)(uint)column * (uint)pitch) + rows;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static sbyte* Operand(sbyte* operands, int operand) => operands + ((nuint)(uint)operand * TreeTile.OperandUnit);

    /// <summary>A slot is read row after row; of a leaf the same register again and again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Step<TLanes>(int operand)
        where TLanes : struct, IByteLanes<TLanes> => operand < TreeTile.FirstSlot ? 0 : TLanes.Count;

    /// <summary>The side of its root on which a child is.</summary>
    private interface ISide
    {
        /// <summary>The root's choice.</summary>
        public static abstract TLanes Choose<TLanes>(TLanes values, TLanes thresholds, TLanes child, TLanes other)
            where TLanes : struct, IByteLanes<TLanes>;
    }

    private readonly struct LeftChild : ISide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Choose<TLanes>(TLanes values, TLanes thresholds, TLanes child, TLanes other)
            where TLanes : struct, IByteLanes<TLanes> => TLanes.Choose(values, thresholds, other, child);
    }

    private readonly struct RightChild : ISide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Choose<TLanes>(TLanes values, TLanes thresholds, TLanes child, TLanes other)
            where TLanes : struct, IByteLanes<TLanes> => TLanes.Choose(values, thresholds, child, other);
    }
}
