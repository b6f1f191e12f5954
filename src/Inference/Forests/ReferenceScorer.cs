using System;
using System.Numerics;

namespace Inference.Forests;

/// <summary>The slow, obvious scorer that is the specification: the fixtures judge it, and it judges every engine.</summary>
/// <typeparam name="TScore">float or double, the model's precision: every addition below is done in it, in the order written.</typeparam>
/// <param name="forest">The model.</param>
/// <param name="frame">What is known of its trees.</param>
/// <param name="reason">Why this engine was chosen.</param>
internal sealed class ReferenceScorer<TScore>(Forest forest, ContributionFrame<TScore> frame, string reason = "") : Scorer<TScore>(forest)
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    private readonly ReferenceContributions<TScore> _contributions = new(forest, frame);

    /// <summary>A scorer that shares what it knows of the trees with nobody.</summary>
    public ReferenceScorer(Forest forest, string reason = "")
        : this(forest, new ContributionFrame<TScore>(forest), reason)
    {
    }

    public override EngineKind Engine => EngineKind.Reference;

    public override string Kernel => KernelNames.NodeWalk;

    public override string Reason => reason;

    public override void Margins(RowBlock<float> rows, in ScoringCall call, Span<TScore> margins) => MarginsOf(rows, call, margins);

    public override void Margins(RowBlock<double> rows, in ScoringCall call, Span<TScore> margins) => MarginsOf(rows, call, margins);

    public override void Leaves(RowBlock<float> rows, in ScoringCall call, Span<int> leaves) => LeavesOf(rows, call, leaves);

    public override void Leaves(RowBlock<double> rows, in ScoringCall call, Span<int> leaves) => LeavesOf(rows, call, leaves);

    public override void Contributions(RowBlock<float> rows, in ScoringCall call, Span<double> contributions) =>
        _contributions.Compute(rows, call, contributions);

    public override void Contributions(RowBlock<double> rows, in ScoringCall call, Span<double> contributions) =>
        _contributions.Compute(rows, call, contributions);

    public override void Transform(int rows, in ScoringCall call, ReadOnlySpan<TScore> margins, Span<TScore> values)
    {
        int outputs = Forest.OutputCount;
        int width = Forest.ValueCount;
        for (int row = 0; row < rows; row++)
        {
            OutputTransforms.Apply(Forest, call.Iterations, margins.Slice(row * outputs, outputs), values.Slice(row * width, width));
        }
    }

    private void MarginsOf<TRow>(RowBlock<TRow> rows, in ScoringCall call, Span<TScore> margins)
        where TRow : unmanaged, INumberBase<TRow>
    {
        int outputs = Forest.OutputCount;
        for (int row = 0; row < rows.Count; row++)
        {
            Span<TScore> margin = margins.Slice(row * outputs, outputs);
            Start(row, call, margin);
            if (Forest.Linear is { } linear)
            {
                AddLinear(linear, rows[row], margin);
            }

            for (int tree = call.FirstTree; tree < call.EndTree; tree++)
            {
                AddTree(Forest.Trees[tree], rows[row], margin);
            }

            Finish(row, call, margin);
        }
    }

    private void LeavesOf<TRow>(RowBlock<TRow> rows, in ScoringCall call, Span<int> leaves)
        where TRow : unmanaged, INumberBase<TRow>
    {
        int next = 0;
        for (int row = 0; row < rows.Count; row++)
        {
            for (int index = call.FirstTree; index < call.EndTree; index++)
            {
                Tree tree = Forest.Trees[index];
                leaves[next++] = tree.Nodes[Reference.FindLeaf(Forest, tree, rows[row])].Id;
            }
        }
    }

    private TScore Base(int row, in ScoringCall call, int output) => TScore.CreateTruncating(
        call.BaseMargin.IsEmpty ? Forest.BaseMargin[output] : call.BaseMargin[(row * Forest.OutputCount) + output]);

    private void Start(int row, in ScoringCall call, Span<TScore> margin)
    {
        for (int output = 0; output < margin.Length; output++)
        {
            margin[output] = Forest.Aggregation switch
            {
                Aggregation.BaseThenSum => Base(row, call, output),
                Aggregation.MinThenBase or Aggregation.MaxThenBase => TScore.NaN,
                _ => TScore.Zero,
            };
        }
    }

    private void Finish(int row, in ScoringCall call, Span<TScore> margin)
    {
        if (Forest.Aggregation == Aggregation.BaseThenSum)
        {
            return;
        }

        for (int output = 0; output < margin.Length; output++)
        {
            if (Forest.Aggregation == Aggregation.AverageThenBase)
            {
                margin[output] /= TScore.CreateTruncating(call.EndTree - call.FirstTree);
            }

            // NaN stands for "no leaf yet" (importers let no NaN leaf near a minimum); an output without a leaf is the base.
            if (Forest.Aggregation is Aggregation.MinThenBase or Aggregation.MaxThenBase && TScore.IsNaN(margin[output]))
            {
                margin[output] = TScore.Zero;
            }

            margin[output] += TScore.CreateTruncating(Forest.BaseMargin[output]);
            if (!call.BaseMargin.IsEmpty)
            {
                margin[output] += Base(row, call, output);
            }
        }
    }

    private void AddTree<TRow>(Tree tree, ReadOnlySpan<TRow> row, Span<TScore> margin)
        where TRow : unmanaged, INumberBase<TRow>
    {
        ref readonly Node leaf = ref tree.Nodes[Reference.FindLeaf(Forest, tree, row)];
        switch (tree.Leaves)
        {
            case LeafShape.Scalar:
                Add(tree, ref margin[tree.Output], leaf.Value);
                break;
            case LeafShape.Linear:
                Add(tree, ref margin[tree.Output], Reference.LinearLeafValue(Forest, leaf, tree.LinearLeaves[leaf.Index], row));
                break;
            case LeafShape.Vector:
                for (int output = 0; output < margin.Length; output++)
                {
                    Add(tree, ref margin[output], tree.LeafVectors[(leaf.Index * margin.Length) + output]);
                }

                break;
            case LeafShape.Targets:
                foreach (LeafTarget target in tree.LeafTargets[leaf.Index])
                {
                    Add(tree, ref margin[target.Output], target.Value);
                }

                break;
        }
    }

    private void Add(Tree tree, ref TScore margin, double leaf)
    {
        TScore value = TScore.CreateTruncating(leaf) * TScore.CreateTruncating(tree.Weight);
        margin = Forest.Aggregation switch
        {
            Aggregation.MinThenBase => TScore.IsNaN(margin) || value < margin ? value : margin,
            Aggregation.MaxThenBase => TScore.IsNaN(margin) || value > margin ? value : margin,
            _ => margin + value,
        };
    }

    private void AddLinear<TRow>(LinearModel linear, ReadOnlySpan<TRow> row, Span<TScore> margin)
        where TRow : unmanaged, INumberBase<TRow>
    {
        for (int output = 0; output < margin.Length; output++)
        {
            TScore sum = TScore.CreateTruncating(linear.Bias[output]) + margin[output];
            for (int feature = 0; feature < Forest.FeatureCount; feature++)
            {
                double value = Reference.Read(Forest, row, feature);
                if (!double.IsNaN(value))
                {
                    sum += TScore.CreateTruncating(value) * TScore.CreateTruncating(linear.Weights[(feature * margin.Length) + output]);
                }
            }

            margin[output] = sum;
        }
    }
}
