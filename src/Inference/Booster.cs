using System;
using System.Threading;
using Inference.Engine;
using Inference.Forests;

namespace Inference;

/// <summary>A model made of trees, or a linear booster, ready to score rows.</summary>
/// <remarks>
/// <para>
/// Thread safety: any number of threads may predict at once, and <see cref="Dispose"/> during a prediction is safe: a
/// call that has started finishes, a later one throws <see cref="ObjectDisposedException"/>. Predicting takes no lock; a
/// native prediction counts itself, so that the model outlives it.
/// </para>
/// <para>
/// Rows are dense and row-major, in float or double. A missing value is NaN. Models of XGBoost and ONNX compare in
/// float32 and round double rows first, as their libraries do; LightGBM compares in float64.
/// </para>
/// <para>
/// Scores come in the model's own precision, float32 for XGBoost and ONNX, float64 for LightGBM. Asking for the other
/// type converts once at the end: float to double without loss, double to float with one rounding.
/// </para>
/// </remarks>
public sealed partial class Booster : IDisposable
{
    private readonly BoosterOptions _options;
    private readonly string _name;
    private Scorer? _scorer;

    private Booster(Scorer scorer, BoosterOptions options)
    {
        _scorer = scorer;
        _options = options;
        _name = scorer.Forest.Origin.Source;
        Info = BoosterInfoBuilder.Build(scorer);
    }

    /// <summary>What the model is, and what runs it. Readable after <see cref="Dispose"/>.</summary>
    public BoosterInfo Info { get; }

    /// <summary>The length of the output of a prediction over every iteration.</summary>
    /// <param name="rows">The number of rows, 0 or more.</param>
    /// <param name="kind">What is predicted; <see cref="PredictionKind"/> gives the shape of each.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rows"/> is negative, or <paramref name="kind"/> is none.</exception>
    /// <exception cref="OverflowException">The output would have more than 2^31 - 1 elements.</exception>
    /// <exception cref="ObjectDisposedException">Leaves were asked for, which iterations decide, and the booster was disposed of.</exception>
    public int GetOutputLength(int rows, PredictionKind kind = PredictionKind.Value) => GetOutputLength(rows, kind, IterationRange.All);

    /// <summary>The length of the output of a prediction.</summary>
    /// <param name="rows">The number of rows, 0 or more.</param>
    /// <param name="kind">What is predicted; <see cref="PredictionKind"/> gives the shape of each.</param>
    /// <param name="iterations">The iterations used; they matter to <see cref="PredictionKind.Leaf"/> alone.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="rows"/> is negative, <paramref name="kind"/> is none, or the range is empty or not inside the model.
    /// </exception>
    /// <exception cref="OverflowException">The output would have more than 2^31 - 1 elements.</exception>
    /// <exception cref="ObjectDisposedException">Leaves were asked for, which iterations decide, and the booster was disposed of.</exception>
    public int GetOutputLength(int rows, PredictionKind kind, IterationRange iterations)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        return checked(rows * kind switch
        {
            PredictionKind.Value => Info.ValueCount,
            PredictionKind.Margin => Info.OutputCount,
            PredictionKind.Leaf => TreeCount(iterations),
            PredictionKind.Contribution => Info.OutputCount * (Info.Features.Count + 1),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a prediction kind"),
        });
    }

    /// <summary>
    /// Lets go of the model. Predictions that have started finish; later ones throw <see cref="ObjectDisposedException"/>.
    /// A native model is freed here, or by the last prediction in progress.
    /// </summary>
    public void Dispose() => (Interlocked.Exchange(ref _scorer, null) as IDisposable)?.Dispose();

    private int TreeCount(IterationRange iterations)
    {
        ScoringCall call = Resolve(Current, iterations, default);
        return call.EndTree - call.FirstTree;
    }

    /// <summary>One volatile read is the whole lease: the garbage collector keeps the scorer for as long as a call uses it.</summary>
    private Scorer Current
    {
        get
        {
            Scorer? scorer = Volatile.Read(ref _scorer);
            ObjectDisposedException.ThrowIf(scorer is null, this);
            return scorer;
        }
    }

    /// <summary>A scorer for one prediction, to be left at its end. Managed scorers need no more than <see cref="Current"/>.</summary>
    private Scorer Enter()
    {
        Scorer scorer = Current;
        ObjectDisposedException.ThrowIf(!scorer.TryEnter(), this);
        return scorer;
    }

    private static ScoringCall Resolve(Scorer scorer, IterationRange iterations, BaseMargin baseMargin)
    {
        Forest forest = scorer.Forest;
        (int begin, int end) = iterations.Resolve(forest.IterationCount, forest.Origin.BestIteration);
        return new ScoringCall
        {
            FirstTree = forest.IterationStarts[begin],
            EndTree = forest.IterationStarts[end],
            FirstIteration = begin,
            Iterations = end - begin,
            BaseMargin = baseMargin,
        };
    }
}
