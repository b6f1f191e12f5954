namespace Inference.Engine.Ranks;

/// <summary>What blocks and single rows take, in tenths of nanoseconds, as estimates say that choose between them.</summary>
internal static class ScoringCosts
{
    /// <summary>A block of up to 512 rows: its trees, steps, masks, sets and columns.</summary>
    public const int BlockTree = 270, BlockStep = 18, BlockMask = 22, BlockSet = 45, BlockColumn = 1000;

    /// <summary>The same of a split, whose steps are not known yet: there are a third more of them, mostly.</summary>
    public const int BlockSplit = 23;

    /// <summary>A level of a walk of 512 rows.</summary>
    public const int BlockWalkLevel = 10 * 512;

    /// <summary>
    /// A row: itself, its heaps, its registers and the trees in them, those that stand in blocks of splits and those that are walked by levels, its columns, ranked or not. Relative to blocks, rows
    /// took twice as long on one of two processors that were measured; these lie between.
    /// </summary>
    public const int Row = 500, RowTree = 20, RowRegister = 24, RowSlot = 8, RowBlocksLevel = 30, RowWalkLevel = 22, RowColumn = 40, RowPlace = 10;

    /// <summary>What a row reads of sets: a word of answers of a decided tree, and a set test of a group some trees of which are walked.</summary>
    public const int RowSet = 12, RowWalkedSet = 3;
}
