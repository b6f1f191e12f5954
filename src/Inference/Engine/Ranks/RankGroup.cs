using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Trees in a row that share columns of ranks: as many as leave every column with thresholds for one byte, and all of them with masks for 16 bits.</summary>
internal sealed class RankGroup
{
    /// <summary>The first tree.</summary>
    public required int FirstTree { get; init; }

    /// <summary>The tree after the last.</summary>
    public required int EndTree { get; init; }

    /// <summary>The numeric columns, ascending by feature.</summary>
    public required RankColumn[] Columns { get; init; }

    /// <summary>Where NaN stands before the float64 thresholds of each of <see cref="Columns"/>; nothing of float32 models.</summary>
    public required int[] Exact { get; init; }

    /// <summary>The columns of category codes, ascending by feature.</summary>
    public required CodeColumn[] Codes { get; init; }

    /// <summary>The classes of the categories, and the sets that test them, for each of <see cref="Codes"/>.</summary>
    public required CategoryTable[] Categories { get; init; }

    /// <summary>The number of its first set test among those of all groups.</summary>
    public required int FirstSet { get; init; }

    /// <summary>Its set tests.</summary>
    public required int Sets { get; init; }

    /// <summary>The byte columns of a block: ranks and codes.</summary>
    public required int ByteColumns { get; init; }

    /// <summary>The byte columns of ranks: the first ones.</summary>
    public required int RankColumns { get; init; }

    /// <summary>Its first masked column.</summary>
    public required int FirstMaskColumn { get; init; }

    /// <summary>Its masked columns.</summary>
    public required int MaskColumns { get; init; }

    /// <summary>The first number of a threshold that is masked.</summary>
    public required int FirstNumber { get; init; }

    /// <summary>The masks of numeric splits, from <see cref="PlaneStep.FirstMask"/> on; those of set tests stand behind them.</summary>
    public required int NumericMasks { get; init; }

    /// <summary>Whether single rows walk some of its trees that are not deep.</summary>
    public bool WalksRows { get; set; }

    /// <summary>Whether single rows walk a tree of it that tests sets.</summary>
    public bool WalksSets { get; set; }

    /// <summary>Whether single rows decide a tree of it at once, for which they are ranked; else they walk all of its trees.</summary>
    public bool DecidesRows { get; set; }

    /// <summary>Where single rows find the first of <see cref="Columns"/>, if <see cref="DecidesRows"/>.</summary>
    public int FirstRowColumn { get; set; }

    /// <summary>The features used, ascending, in tiles of what is transposed at once.</summary>
    public required RankTile[] Tiles { get; init; }

    /// <summary>The column of a feature's codes.</summary>
    public int ColumnOf(int feature, CodeRule rule)
    {
        int low = 0;
        for (int high = Codes.Length - 1; low < high;)
        {
            int middle = (low + high) / 2;
            (low, high) = Codes[middle].Feature < feature ? (middle + 1, high) : (low, middle);
        }

        while (Codes[low].Rule != rule)
        {
            low++;
        }

        return low;
    }
}

/// <summary>A feature's thresholds, and the byte columns that hold its ranks.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Tiny">What becomes of a value that LightGBM takes for zero, before it is ranked.</param>
/// <param name="Low">The byte column in which missing values rank lowest, or <see cref="None"/>.</param>
/// <param name="High">The byte column in which missing values rank highest, or <see cref="None"/>.</param>
/// <param name="Levels">The levels of the search.</param>
/// <param name="Table">Where the table in float32 starts.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RankColumn(int Feature, TinyRule Tiny, ushort Low, ushort High, byte Levels, int Table)
{
    /// <summary>No byte column.</summary>
    public const ushort None = ushort.MaxValue;

    /// <summary>The value that the column ranks, <see cref="RankSplit{T}.Key"/> of its splits.</summary>
    public int Key => (2 * Feature) + (Tiny == TinyRule.Missing ? 1 : 0);
}

/// <summary>A feature's category codes: byte columns <paramref name="Codes"/> and the one behind it.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Rule">Which values are codes.</param>
/// <param name="Codes">The first byte column.</param>
/// <param name="Bound">No set of the group holds a category from here on: see <see cref="SetKernel"/>.</param>
internal readonly record struct CodeColumn(int Feature, CodeRule Rule, int Codes, int Bound)
{
    /// <summary>The code of a value as the model sees it.</summary>
    public int CodeOf(double value) => SetKernel.CodeOf(value, Rule, Bound);
}

/// <summary>Neighbouring features that are transposed together.</summary>
/// <param name="FirstFeature">The first feature of the tile.</param>
/// <param name="Features">The features of the tile.</param>
/// <param name="FirstColumn">The first of the group's numeric columns in it.</param>
/// <param name="EndColumn">The numeric column after the last.</param>
/// <param name="FirstCode">The first of the group's code columns in it.</param>
/// <param name="EndCode">The code column after the last.</param>
internal readonly record struct RankTile(int FirstFeature, int Features, int FirstColumn, int EndColumn, int FirstCode, int EndCode)
{
    /// <summary>The tiles of columns, both kinds ascending by feature.</summary>
    public static IEnumerable<RankTile> Of(int features, List<RankColumn> columns, List<CodeColumn> codes)
    {
        int column = 0;
        int code = 0;
        while (column < columns.Count || code < codes.Count)
        {
            int first = Math.Min(column < columns.Count ? columns[column].Feature : int.MaxValue, code < codes.Count ? codes[code].Feature : int.MaxValue);

            // A whole tile is faster than a part of one, even if it begins with features of the tile before.
            int start = Math.Max(0, Math.Min(first, features - TransposeKernel.TileColumns));
            int width = Math.Min(TransposeKernel.TileColumns, features - start);
            int endColumn = column;
            while (endColumn < columns.Count && columns[endColumn].Feature < start + width)
            {
                endColumn++;
            }

            int endCode = code;
            while (endCode < codes.Count && codes[endCode].Feature < start + width)
            {
                endCode++;
            }

            yield return new RankTile(start, width, column, endColumn, code, endCode);
            (column, code) = (endColumn, endCode);
        }
    }
}

/// <summary>A tree: where its parts lie in the arrays of the forest.</summary>
/// <param name="Planes">Its steps; none where it is deep or a lone leaf. Of a tree of several chunks, where these are: see <see cref="ForChunks"/>.</param>
/// <param name="FirstNode">Its first node for walks.</param>
/// <param name="Values">Its first leaf value.</param>
/// <param name="Output">The output that it adds to; -1 for all, with a table for each, or where it is deep with all values of a leaf beside each other.</param>
/// <param name="Depth">The splits on its longest path, at most <see cref="MostDepth"/>: see <see cref="Levels"/>.</param>
/// <param name="Form">How blocks find its leaves.</param>
/// <param name="TableBits">The logarithm of the length of a table of its leaf values, where it has planes or is a lone leaf.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct RankTree(
    TreePlanes Planes, int FirstNode, int Values, int Output, ushort Depth, TreeForm Form, byte TableBits)
{
    /// <summary>The largest depth that is noted.</summary>
    public const int MostDepth = ushort.MaxValue;

    /// <summary>The steps after which a walk has surely ended; walks of the deepest trees are left to notice it.</summary>
    public int Levels => Depth < MostDepth ? Depth : int.MaxValue;

    /// <summary>Whether blocks walk it too.</summary>
    public bool IsDeep => Form == TreeForm.Deep;

    /// <summary>Its first chunk, where it has more than one.</summary>
    public int FirstChunk => Planes.FirstStep;

    /// <summary>Its chunks, where it has more than one; else 0.</summary>
    public int Chunks => Form == TreeForm.Chunks ? Planes.Steps : 0;

    /// <summary>The length of a table of its leaf values; of deep trees nobody asks.</summary>
    public int ValueLength => Chunks > 0 ? Chunks * SumKernel.ChunkLength : 1 << TableBits;

    /// <summary>What stands in the place of the steps of a tree of several chunks.</summary>
    public static TreePlanes ForChunks(int first, int count) => new(first, 0, checked((ushort)count), NumberForm.None);
}

/// <summary>How blocks find the leaves of a tree.</summary>
internal enum TreeForm : byte
{
    /// <summary>By planes; a lone leaf by nothing.</summary>
    Planes,

    /// <summary>By planes, chunk after chunk.</summary>
    Chunks,

    /// <summary>By a walk, because it has too many leaves, or more thresholds than bytes can count or ranks pay for.</summary>
    Deep,
}

/// <summary>Neighbouring trees that single rows meet in the same way.</summary>
/// <param name="End">The tree after the last.</param>
/// <param name="Form">How they are met: decided trees are one run, of <see cref="RowForm.Blocks"/> where one of them is.</param>
internal readonly record struct RowRun(int End, RowForm Form);
