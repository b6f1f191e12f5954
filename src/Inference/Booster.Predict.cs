using System;
using System.Numerics;
using Inference.Engine;
using Inference.Forests;
using Inference.Native.Platform;

namespace Inference;

/// <content>Values, and the one way that every prediction takes.</content>
public sealed partial class Booster
{
    /// <summary>Scores one row with a model of one value per row.</summary>
    /// <param name="row">The row: one element for each feature, NaN where missing; with <see cref="BoosterOptions.AbsentColumnsAreMissing"/> one or more of the first.</param>
    /// <returns>The transformed prediction; LightGBM's float64 score is rounded once.</returns>
    /// <exception cref="SchemaMismatchException">The row does not have the model's columns, or the model has several values per row.</exception>
    /// <exception cref="ObjectDisposedException">The booster was disposed of.</exception>
    /// <remarks>Allocates nothing.</remarks>
    public float Predict(ReadOnlySpan<float> row)
    {
        CheckOneRow(row.Length);
        float value = 0;
        Run(row, new Span<float>(ref value), PredictionKind.Value, new PredictOptions { Columns = row.Length });
        return value;
    }

    /// <summary>Scores one row with a model of one value per row.</summary>
    /// <param name="row">The row: one element for each feature, NaN where missing; with <see cref="BoosterOptions.AbsentColumnsAreMissing"/> one or more of the first.</param>
    /// <returns>The transformed prediction; XGBoost's float32 score widened.</returns>
    /// <exception cref="SchemaMismatchException">The row does not have the model's columns, or the model has several values per row.</exception>
    /// <exception cref="ObjectDisposedException">The booster was disposed of.</exception>
    /// <remarks>Allocates nothing.</remarks>
    public double Predict(ReadOnlySpan<double> row)
    {
        CheckOneRow(row.Length);
        double value = 0;
        Run(row, new Span<double>(ref value), PredictionKind.Value, new PredictOptions { Columns = row.Length });
        return value;
    }

    /// <summary>Scores rows: the transformed predictions.</summary>
    /// <param name="rows">Whole rows, row-major, one element for each feature, NaN where missing. Read during the call only.</param>
    /// <param name="values">Receives shape (rows, <see cref="BoosterInfo.ValueCount"/>); its length must be exact. Owned by the caller.</param>
    /// <param name="options">Iterations, base margins, columns and stride; the default is everything, the model's own, without gaps.</param>
    /// <exception cref="SchemaMismatchException">The rows do not have the model's columns.</exception>
    /// <exception cref="ArgumentException">A length is wrong, the output overlaps the rows or base margins, or an option is out of range.</exception>
    /// <exception cref="ObjectDisposedException">The booster was disposed of.</exception>
    /// <remarks>Safe from any number of threads. Allocates nothing once warm.</remarks>
    public void Predict(ReadOnlySpan<float> rows, Span<float> values, in PredictOptions options = default) =>
        Run(rows, values, PredictionKind.Value, options);

    /// <inheritdoc cref="Predict(ReadOnlySpan{float}, Span{float}, in PredictOptions)"/>
    public void Predict(ReadOnlySpan<float> rows, Span<double> values, in PredictOptions options = default) =>
        Run(rows, values, PredictionKind.Value, options);

    /// <inheritdoc cref="Predict(ReadOnlySpan{float}, Span{float}, in PredictOptions)"/>
    public void Predict(ReadOnlySpan<double> rows, Span<double> values, in PredictOptions options = default) =>
        Run(rows, values, PredictionKind.Value, options);

    /// <inheritdoc cref="Predict(ReadOnlySpan{float}, Span{float}, in PredictOptions)"/>
    public void Predict(ReadOnlySpan<double> rows, Span<float> values, in PredictOptions options = default) =>
        Run(rows, values, PredictionKind.Value, options);

    /// <summary>The threads of a call of the caller's own. A forked child has no pool of threads to share the rows with.</summary>
    private int MostThreads => ForkGuard.IsForkedChild ? 1 : _options.Threads;

    private void Run<TRow, TOut>(ReadOnlySpan<TRow> values, Span<TOut> output, PredictionKind kind, in PredictOptions options)
        where TRow : unmanaged, INumberBase<TRow>
        where TOut : unmanaged, INumberBase<TOut>
    {
        Scorer scorer = Enter();
        try
        {
            Run(scorer, values, output, kind, options, MostThreads);
        }
        finally
        {
            scorer.Leave();
        }
    }

    private void Run<TRow, TOut>(Scorer scorer, ReadOnlySpan<TRow> values, Span<TOut> output, PredictionKind kind, in PredictOptions options, int mostThreads)
        where TRow : unmanaged, INumberBase<TRow>
        where TOut : unmanaged, INumberBase<TOut>
    {
        ScoringCall call = Resolve(scorer, options.Iterations, options.BaseMargin);
        int width = Width(scorer.Forest, kind, call);
        RowBlock<TRow> rows = Shape(values, output.Length, width, options);
        CheckOutput(rows, output, width, kind);
        CheckBaseMargin(rows.Count, scorer.Forest.OutputCount, options.BaseMargin, (ReadOnlySpan<TOut>)output);
        if (rows.Count == 0)
        {
            return;
        }

        int threads = ParallelPredictor.Useful(scorer, mostThreads, rows.Count);
        if (threads > 1)
        {
            ParallelPredictor.Answer(scorer, kind, rows, call, output, threads);
        }
        else
        {
            Predictor.Answer(scorer, kind, rows, call, output);
        }
    }

    private static int Width(Forest forest, PredictionKind kind, in ScoringCall call) => kind switch
    {
        PredictionKind.Value => forest.ValueCount,
        PredictionKind.Margin => forest.OutputCount,
        PredictionKind.Leaf => call.EndTree - call.FirstTree,
        _ => checked(forest.OutputCount * (forest.FeatureCount + 1)),
    };
}
