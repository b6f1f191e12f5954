using System.Runtime.InteropServices;

namespace Inference.Kernels;

/// <summary>The shape of a tile: its root, and which of the root's children belong to it.</summary>
internal enum TileShape : byte
{
    /// <summary>The root alone.</summary>
    Single,

    /// <summary>The root and its left child.</summary>
    Left,

    /// <summary>The root and its right child.</summary>
    Right,

    /// <summary>The root and both children.</summary>
    Both,
}

/// <summary>Up to three neighbouring splits of a tree as the leaf kernel runs them together: 20 bytes.</summary>
/// <remarks>
/// The tiles of a tree stand in an order in which one comes after those below it. A tile's answer, for each row, is the number
/// of the leaf below its root that the row would end in; the last tile holds the tree's root. What hangs below a tile are its
/// operands, from left to right: one more than it has splits.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct TreeTile
{
    /// <summary>Operands count in units of so many bytes.</summary>
    public const int OperandUnit = 64;

    /// <summary>The first slot, behind the leaves, which take a unit each.</summary>
    public const int FirstSlot = 256;

    /// <summary>The units of a slot: 1024 rows, and one unit that keeps slots from sharing the same places of the cache.</summary>
    public const int SlotUnits = 17;

    /// <summary>The shape.</summary>
    public TileShape Shape;

    /// <summary>The slot for the answer, as an operand.</summary>
    public ushort Target;

    /// <summary>The root: a row goes right where its rank is above this.</summary>
    public sbyte Threshold;

    /// <summary>The same of the first child.</summary>
    public sbyte FirstThreshold;

    /// <summary>The same of the second child.</summary>
    public sbyte SecondThreshold;

    /// <summary>The column of ranks that the root compares.</summary>
    public ushort Column;

    /// <summary>The column of the first child, the only one or the left one.</summary>
    public ushort FirstColumn;

    /// <summary>The column of the second child.</summary>
    public ushort SecondColumn;

    /// <summary>The leftmost operand.</summary>
    public ushort A;

    /// <summary>The next operand.</summary>
    public ushort B;

    /// <summary>The next operand, where there are children.</summary>
    public ushort C;

    /// <summary>The rightmost operand of four.</summary>
    public ushort D;

    /// <summary>The operand of a leaf.</summary>
    public static int Leaf(int number) => number;

    /// <summary>The operand of a slot.</summary>
    public static int Slot(int number) => FirstSlot + (number * SlotUnits);
}
