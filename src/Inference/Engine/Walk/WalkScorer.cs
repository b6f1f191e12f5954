using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Runtime.CompilerServices;
using Inference.Forests;

namespace Inference.Engine.Walk;

/// <summary>The managed engine that can run every sum of trees: packed nodes, one row's path after the other.</summary>
/// <typeparam name="TScore">float or double, the model's precision.</typeparam>
/// <remarks>
/// Rows pass in blocks, and each tree scores a whole block before the next one does, so that a tree's nodes are in the
/// cache for all rows of a block but the first. A row still meets the trees in their order: the sum has the reference's bits.
/// </remarks>
internal sealed class WalkScorer<TScore> : ManagedScorer<TScore>
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    /// <summary>Rows of a block.</summary>
    private const int BlockRows = 64;

    /// <summary>Values of a block whose rows have to be prepared: what fits beside the nodes in a second-level cache.</summary>
    private const int BlockValues = 1 << 16;

    private readonly WalkTree<TScore>[] _trees;

    /// <summary>Packs a forest that <see cref="CanRun"/> accepts.</summary>
    /// <param name="forest">The forest.</param>
    /// <param name="whyNoRanks">Why a faster engine does not run it; empty where that was not asked.</param>
    public WalkScorer(Forest forest, string whyNoRanks)
        : base(forest)
    {
        _trees = Array.ConvertAll(forest.Trees, tree => new WalkTree<TScore>(tree));
        Reason = "packed nodes, blocks of rows" + (whyNoRanks.Length == 0 ? "" : $", because {whyNoRanks}");
    }

    public override string Kernel => KernelNames.PackedWalk;

    public override string Reason { get; }

    public override IReadOnlyList<EngineLayout> Layouts => [new("nodes", Array.ConvertAll(_trees, tree => (long)tree.Count).Sum() * Unsafe.SizeOf<WalkNode<TScore>>())];

    /// <summary>Whether the walk can run a forest, and why not.</summary>
    public static bool CanRun(Forest forest, out string reason)
    {
        reason = forest switch
        {
            { Linear: not null } => "a linear booster has no trees to walk",
            { Aggregation: not (Aggregation.BaseThenSum or Aggregation.SumThenBase) } => $"the walk adds tree answers; this model takes {forest.Aggregation}",
            _ => "",
        };
        return reason.Length == 0;
    }

    public override void Margins(RowBlock<float> rows, in ScoringCall call, Span<TScore> margins) => MarginsOf(rows, call, margins);

    public override void Margins(RowBlock<double> rows, in ScoringCall call, Span<TScore> margins) => MarginsOf(rows, call, margins);

    public override void Leaves(RowBlock<float> rows, in ScoringCall call, Span<int> leaves) => LeavesOf(rows, call, leaves);

    public override void Leaves(RowBlock<double> rows, in ScoringCall call, Span<int> leaves) => LeavesOf(rows, call, leaves);

    private void MarginsOf<TRow>(RowBlock<TRow> rows, in ScoringCall call, Span<TScore> margins)
        where TRow : unmanaged, INumberBase<TRow>
    {
        int outputs = Forest.OutputCount;
        using Preparation<TRow> preparation = new(Forest, rows);
        for (int start = 0; start < rows.Count; start += preparation.BlockRows)
        {
            int count = Math.Min(preparation.BlockRows, rows.Count - start);
            RowBlock<TScore> block = preparation.Prepare(start, count);
            Span<TScore> sums = margins.Slice(start * outputs, count * outputs);
            if (Forest.Aggregation == Aggregation.BaseThenSum)
            {
                sums.Clear();
                AddBase(start, call, sums, replaces: true);
                AddTrees(block, call, sums);
            }
            else
            {
                sums.Clear();
                AddTrees(block, call, sums);
                AddBase(start, call, sums, replaces: false);
            }
        }
    }

    private void AddTrees(RowBlock<TScore> block, in ScoringCall call, Span<TScore> sums)
    {
        for (int tree = call.FirstTree; tree < call.EndTree; tree++)
        {
            WalkTree<TScore> walk = _trees[tree];
            if (walk.Tree.Leaves == LeafShape.Scalar)
            {
                AddScalarTree(walk, block, sums);
            }
            else
            {
                AddOtherTree(walk, block, sums);
            }
        }
    }

    private void AddScalarTree(WalkTree<TScore> walk, RowBlock<TScore> block, Span<TScore> sums)
    {
        Node[] nodes = walk.Tree.Nodes;
        TScore weight = TScore.CreateTruncating(walk.Tree.Weight);
        int outputs = Forest.OutputCount;
        int sum = walk.Tree.Output;
        for (int row = 0; row < block.Count; row++, sum += outputs)
        {
            sums[sum] += TScore.CreateTruncating(nodes[walk.FindLeaf(block[row])].Value) * weight;
        }
    }

    private void AddOtherTree(WalkTree<TScore> walk, RowBlock<TScore> block, Span<TScore> sums)
    {
        Tree tree = walk.Tree;
        TScore weight = TScore.CreateTruncating(tree.Weight);
        int outputs = Forest.OutputCount;
        for (int row = 0; row < block.Count; row++)
        {
            Span<TScore> sum = sums.Slice(row * outputs, outputs);
            ref readonly Node leaf = ref tree.Nodes[walk.FindLeaf(block[row])];
            if (tree.Leaves == LeafShape.Linear)
            {
                sum[tree.Output] += TScore.CreateTruncating(Reference.LinearLeafValue(Forest, leaf, tree.LinearLeaves[leaf.Index], block[row])) * weight;
            }
            else if (tree.Leaves == LeafShape.Vector)
            {
                for (int output = 0; output < outputs; output++)
                {
                    sum[output] += TScore.CreateTruncating(tree.LeafVectors[(leaf.Index * outputs) + output]) * weight;
                }
            }
            else
            {
                foreach (LeafTarget target in tree.LeafTargets[leaf.Index])
                {
                    sum[target.Output] += TScore.CreateTruncating(target.Value) * weight;
                }
            }
        }
    }

    /// <summary>Adds the model's base margins, and the caller's: in their place for XGBoost, after them elsewhere.</summary>
    private void AddBase(int start, in ScoringCall call, Span<TScore> sums, bool replaces)
    {
        int outputs = Forest.OutputCount;
        bool hasOwn = !call.BaseMargin.IsEmpty;
        for (int i = 0; i < sums.Length; i++)
        {
            TScore own = hasOwn ? TScore.CreateTruncating(call.BaseMargin[(start * outputs) + i]) : TScore.Zero;
            TScore model = TScore.CreateTruncating(Forest.BaseMargin[i % outputs]);
            if (replaces)
            {
                sums[i] = hasOwn ? own : model;
            }
            else
            {
                sums[i] += model;
                if (hasOwn)
                {
                    sums[i] += own;
                }
            }
        }
    }

    private void LeavesOf<TRow>(RowBlock<TRow> rows, in ScoringCall call, Span<int> leaves)
        where TRow : unmanaged, INumberBase<TRow>
    {
        int trees = call.EndTree - call.FirstTree;
        using Preparation<TRow> preparation = new(Forest, rows);
        for (int start = 0; start < rows.Count; start += preparation.BlockRows)
        {
            int count = Math.Min(preparation.BlockRows, rows.Count - start);
            RowBlock<TScore> block = preparation.Prepare(start, count);
            for (int tree = 0; tree < trees; tree++)
            {
                WalkTree<TScore> walk = _trees[call.FirstTree + tree];
                for (int row = 0; row < count; row++)
                {
                    leaves[((start + row) * trees) + tree] = walk.Tree.Nodes[walk.FindLeaf(block[row])].Id;
                }
            }
        }
    }

    /// <summary>Rows as the model sees them: the caller's memory where it already is so, else a rented copy, block by block.</summary>
    private readonly ref struct Preparation<TRow>
        where TRow : unmanaged, INumberBase<TRow>
    {
        private readonly Forest _forest;
        private readonly RowBlock<TRow> _rows;
        private readonly TScore[]? _copy;

        public Preparation(Forest forest, RowBlock<TRow> rows)
        {
            _forest = forest;
            _rows = rows;
            if (typeof(TRow) == typeof(TScore) && !forest.TinyIsZero)
            {
                BlockRows = WalkScorer<TScore>.BlockRows;
            }
            else
            {
                BlockRows = Math.Clamp(BlockValues / Math.Max(1, rows.Columns), 1, WalkScorer<TScore>.BlockRows);
                _copy = ArrayPool<TScore>.Shared.Rent(Math.Min(BlockRows, rows.Count) * rows.Columns);
            }
        }

        public int BlockRows { get; }

        public RowBlock<TScore> Prepare(int start, int count)
        {
            RowBlock<TRow> block = _rows.Slice(start, count);
            if (_copy is null)
            {
                return block.As<TScore>();
            }

            int columns = _rows.Columns;
            for (int row = 0; row < count; row++)
            {
                ReadOnlySpan<TRow> from = block[row];
                Span<TScore> to = _copy.AsSpan(row * columns, columns);
                for (int column = 0; column < to.Length; column++)
                {
                    to[column] = TScore.CreateTruncating(Reference.Read(_forest, from, column));
                }
            }

            return new RowBlock<TScore>(_copy.AsSpan(0, count * columns), count, columns, columns);
        }

        public void Dispose()
        {
            if (_copy is not null)
            {
                ArrayPool<TScore>.Shared.Return(_copy);
            }
        }
    }
}
