using System.Numerics;
using System.Runtime.CompilerServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>A forest laid out for ranks: what the batch and the single row read.</summary>
/// <typeparam name="TScore">float or double, the model's precision.</typeparam>
/// <remarks>Immutable. Owned by the garbage collector; whoever passes its pointers on keeps it alive.</remarks>
internal sealed class RankForest<TScore>
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    /// <summary>The groups, in the order of their trees.</summary>
    public required RankGroup[] Groups { get; init; }

    /// <summary>The trees.</summary>
    public required RankTree[] Trees { get; init; }

    /// <summary>The steps of all trees.</summary>
    public required StepPieces Steps { get; init; }

    /// <summary>How the steps stand in memory.</summary>
    public required StepFormat StepFormat { get; init; }

    /// <summary>The numbers of codes, of trees whose codes are not their numbers.</summary>
    public required AlignedArray<byte> Numbers { get; init; }

    /// <summary>The masked columns of all groups.</summary>
    public required AlignedArray<MaskColumn> MaskColumns { get; init; }

    /// <summary>The numbers of the thresholds that are masked.</summary>
    public required AlignedArray<byte> MaskNumbers { get; init; }

    /// <summary>The chunks of trees that have more than one.</summary>
    public required AlignedArray<TreeChunk> Chunks { get; init; }

    /// <summary>The classes of category codes, where <see cref="RankGroup.Categories"/> say.</summary>
    public required AlignedArray<ushort> Classes { get; init; }

    /// <summary>The categories that have classes, of features with too many codes for each to have one.</summary>
    public required AlignedArray<int> Categories { get; init; }

    /// <summary>The sets that have masks, by their numbers in their columns, where equal ones share masks.</summary>
    public required AlignedArray<int> MaskSets { get; init; }

    /// <summary>For each class a bit for each set that tests its feature: see <see cref="CategoryTable"/>.</summary>
    public required AlignedArray<byte> Answers { get; init; }

    /// <summary>What walks read.</summary>
    public required PathForest<TScore> Paths { get; init; }

    /// <summary>The decisions of small trees and the heads of large ones, for single rows.</summary>
    public required AlignedArray<byte> Decisions { get; init; }

    /// <summary>The blocks of large trees, for single rows.</summary>
    public required AlignedArray<byte> Blocks { get; init; }

    /// <summary>Where each tree's decisions are; of walked trees nothing.</summary>
    public required AlignedArray<DecisionTree> DecisionTrees { get; init; }

    /// <summary>What <see cref="RegisterKernel.DoublingsFor"/> says of the highest tree in a register.</summary>
    public required int Doublings { get; init; }

    /// <summary>The logarithm of the entries that a tree has in a register.</summary>
    public required int SlotBits { get; init; }

    /// <summary>The set tests of decided trees.</summary>
    public required AlignedArray<RowSets> RowSets { get; init; }

    /// <summary>The columns of ranks as single rows fill them, where <see cref="RankGroup.FirstRowColumn"/> says; none of a group whose trees are all walked.</summary>
    public required AlignedArray<RowColumn> RowColumns { get; init; }

    /// <summary>The trees in runs that single rows meet in the same way.</summary>
    public required RowRun[] Runs { get; init; }

    /// <summary>The leaf values of all trees, weighted.</summary>
    public required AlignedArray<TScore> Values { get; init; }

    /// <summary>The linear models of leaves, if there are any; no tree has a weight then.</summary>
    public required LinearForest? Linear { get; init; }

    /// <summary>The search tables in float32, thresholds rounded up: those of blocks, which single rows read too where they are short, and longer ones of single rows.</summary>
    public required AlignedArray<float> Singles { get; init; }

    /// <summary>The thresholds in float64 with the heads that <see cref="RowRankKernel"/> reads, of float64 models alone.</summary>
    public required AlignedArray<double> Doubles { get; init; }

    /// <summary>The planes of the group that needs the most.</summary>
    public required int Planes { get; init; }

    /// <summary>Whether two thresholds of a column are one in float32: ranks in float64 then have no float32 that stands for them.</summary>
    public required bool HasTies { get; init; }

    /// <summary>The deep trees.</summary>
    public required int DeepTrees { get; init; }

    /// <summary>The memory of all of it.</summary>
    public EngineLayout[] Layouts()
    {
        long columns = 0;
        foreach (RankGroup group in Groups)
        {
            columns += BytesOf(group.Columns) + BytesOf(group.Exact) + BytesOf(group.Codes) + BytesOf(group.Categories) + BytesOf(group.Tiles);
        }

        return
        [
            new("columns", columns),
            new("trees", BytesOf(Trees) + BytesOf(Runs)),
            new("masks", MaskColumns.Bytes + MaskNumbers.Bytes),
            new("steps", Steps.Bytes),
            new("leaf numbers", Numbers.Bytes),
            new("chunks", Chunks.Bytes),
            new("sets", Answers.Bytes),
            new("categories", Classes.Bytes + Categories.Bytes + MaskSets.Bytes),
            new("walks", Paths.Bytes),
            new("decisions", Decisions.Bytes + Blocks.Bytes + DecisionTrees.Bytes),
            new("set tests of single rows", RowSets.Bytes),
            new("leaf values", Values.Bytes),
            new("linear leaves", Linear?.Bytes ?? 0),
            new("thresholds", Singles.Bytes + Doubles.Bytes),
            new("columns of single rows", RowColumns.Bytes),
        ];
    }

    private static long BytesOf<T>(T[] elements) => (long)elements.Length * Unsafe.SizeOf<T>();
}
