using System;
using System.Collections.Generic;

namespace Inference.Forests;

/// <summary>One of the layouts of a model that an engine makes and keeps.</summary>
/// <param name="Name">What it holds.</param>
/// <param name="Bytes">The memory that it takes.</param>
internal readonly record struct EngineLayout(string Name, long Bytes);

/// <summary>Something that scores rows with one model: the reference, a managed engine, a native backend.</summary>
/// <remarks>
/// Immutable; any number of threads may call at once. The caller has checked every length and range. A scorer
/// works in its model's own precision (<see cref="Scorer{TScore}"/>); whoever wants another one converts.
/// </remarks>
internal abstract class Scorer(Forest forest)
{
    /// <summary>The model.</summary>
    public Forest Forest { get; } = forest;

    /// <summary>The engine's name in options and reports.</summary>
    public abstract EngineKind Engine { get; }

    /// <summary>The name of what does the work inside the engine.</summary>
    public abstract string Kernel { get; }

    /// <summary>Why this engine and kernel run this model, in one sentence.</summary>
    public abstract string Reason { get; }

    /// <summary>Rows that cost no more together than one of them: threads that share a call take multiples.</summary>
    public virtual int RowUnit => 1;

    /// <summary>The most rows that a thread takes at once where several share a call: enough to be worth the taking.</summary>
    public virtual int PieceRows => 1024;

    /// <summary>Whether the environment asked for this kernel and no choice was made.</summary>
    public bool IsForced { get; init; }

    /// <summary>What the scorer laid out for itself, beside the model's nodes; nothing where it reads those, or its memory is a library's.</summary>
    public virtual IReadOnlyList<EngineLayout> Layouts => [];

    /// <summary>How many rows <see cref="Contributions(RowBlock{float}, in ScoringCall, Span{double})"/> is best asked for at once.</summary>
    public virtual int ContributionRows => 1;

    /// <summary>Begins a prediction, which <see cref="Leave"/> ends: what the scorer needs lives until then. False once it was disposed of.</summary>
    public virtual bool TryEnter() => true;

    /// <summary>Ends a prediction.</summary>
    public virtual void Leave()
    {
    }

    /// <summary>Leaf ids, (rows, trees of the call).</summary>
    public abstract void Leaves(RowBlock<float> rows, in ScoringCall call, Span<int> leaves);

    /// <summary>Leaf ids, (rows, trees of the call).</summary>
    public abstract void Leaves(RowBlock<double> rows, in ScoringCall call, Span<int> leaves);

    /// <summary>Shapley values of the margins, (rows, outputs, features + 1).</summary>
    public abstract void Contributions(RowBlock<float> rows, in ScoringCall call, Span<double> contributions);

    /// <summary>Shapley values of the margins, (rows, outputs, features + 1).</summary>
    public abstract void Contributions(RowBlock<double> rows, in ScoringCall call, Span<double> contributions);
}

/// <summary>A scorer of models that score in <typeparamref name="TScore"/>.</summary>
/// <typeparam name="TScore">float (<see cref="ScorePrecision.Single"/>) or double.</typeparam>
internal abstract class Scorer<TScore>(Forest forest) : Scorer(forest)
    where TScore : unmanaged
{
    /// <summary>Margins, (rows, outputs).</summary>
    public abstract void Margins(RowBlock<float> rows, in ScoringCall call, Span<TScore> margins);

    /// <summary>Margins, (rows, outputs).</summary>
    public abstract void Margins(RowBlock<double> rows, in ScoringCall call, Span<TScore> margins);

    /// <summary>Turns margins (rows, outputs) into values (rows, values). The spans may be the same memory where both widths are equal.</summary>
    public abstract void Transform(int rows, in ScoringCall call, ReadOnlySpan<TScore> margins, Span<TScore> values);

    /// <summary>Values (rows, values) by a transform of the scorer's own; false where they are margins and <see cref="Transform"/>.</summary>
    public virtual bool TryValues(RowBlock<float> rows, in ScoringCall call, Span<TScore> values) => false;

    /// <summary>Values (rows, values) by a transform of the scorer's own; false where they are margins and <see cref="Transform"/>.</summary>
    public virtual bool TryValues(RowBlock<double> rows, in ScoringCall call, Span<TScore> values) => false;
}
