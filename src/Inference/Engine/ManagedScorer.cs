using System;
using System.Numerics;
using Inference.Engine.Contributions;
using Inference.Forests;

namespace Inference.Engine;

/// <summary>A managed engine: it finds leaves and adds margins its own way, and leaves to the reference what it has no faster way for.</summary>
/// <typeparam name="TScore">float or double, the model's precision.</typeparam>
internal abstract class ManagedScorer<TScore> : Scorer<TScore>
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    private readonly ReferenceScorer<TScore> _reference;
    private readonly ContributionScorer<TScore> _contributions;

    protected ManagedScorer(Forest forest)
        : base(forest)
    {
        ContributionFrame<TScore> frame = new(forest);
        _reference = new(forest, frame);
        _contributions = new(forest, frame);
    }

    public override EngineKind Engine => EngineKind.Managed;

    public override int ContributionRows => _contributions.BlockRows;

    public override void Contributions(RowBlock<float> rows, in ScoringCall call, Span<double> contributions)
    {
        if (!_contributions.TryCompute(rows, call, contributions))
        {
            _reference.Contributions(rows, call, contributions);
        }
    }

    public override void Contributions(RowBlock<double> rows, in ScoringCall call, Span<double> contributions)
    {
        if (!_contributions.TryCompute(rows, call, contributions))
        {
            _reference.Contributions(rows, call, contributions);
        }
    }

    public override void Transform(int rows, in ScoringCall call, ReadOnlySpan<TScore> margins, Span<TScore> values)
    {
        if (!Forest.AveragesIterations && BatchOutputs.Knows(Forest.Transform.Kind, margins.Length))
        {
            margins.CopyTo(values);
            BatchOutputs.Apply(Forest.Transform, values[..margins.Length], Forest.OutputCount);
            return;
        }

        _reference.Transform(rows, call, margins, values);
    }
}
