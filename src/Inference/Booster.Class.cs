using System;
using System.Buffers;
using System.Numerics;
using Inference.Engine;
using Inference.Forests;

namespace Inference;

/// <content>Classes.</content>
public sealed partial class Booster
{
    /// <summary>Chooses a class for each row.</summary>
    /// <param name="rows">Whole rows, row-major, one element for each feature, NaN where missing. Read during the call only.</param>
    /// <param name="classIndexes">
    /// Receives one number for each row, the class counted from 0: an index into <see cref="BoosterInfo.Classes"/> where
    /// the file has labels. Its length must be the number of rows. Owned by the caller.
    /// </param>
    /// <param name="options">Iterations, base margins, columns and stride; the default is everything, the model's own, without gaps.</param>
    /// <exception cref="SchemaMismatchException">The rows do not have the model's columns.</exception>
    /// <exception cref="ModelNotSupportedException">The model is no classifier: it regresses or ranks.</exception>
    /// <exception cref="ArgumentException">A length is wrong, the output overlaps the rows or base margins, or an option is out of range.</exception>
    /// <exception cref="ObjectDisposedException">The booster was disposed of.</exception>
    /// <remarks>
    /// <para>
    /// XGBoost's and LightGBM's classifiers of two classes choose 1 where the probability is above 0.5, those of more the
    /// class with the largest probability, the first of equals. ONNX models choose as ONNX Runtime does: by the raw
    /// scores, and with two classes by 0, or by 0.5 where all leaf weights are positive shares of one class.
    /// </para>
    /// <para>Safe from any number of threads. Allocates nothing once warm.</para>
    /// </remarks>
    public void PredictClass(ReadOnlySpan<float> rows, Span<int> classIndexes, in PredictOptions options = default) =>
        ChooseClasses(rows, classIndexes, options);

    /// <inheritdoc cref="PredictClass(ReadOnlySpan{float}, Span{int}, in PredictOptions)"/>
    public void PredictClass(ReadOnlySpan<double> rows, Span<int> classIndexes, in PredictOptions options = default) =>
        ChooseClasses(rows, classIndexes, options);

    private void ChooseClasses<TRow>(ReadOnlySpan<TRow> values, Span<int> classes, in PredictOptions options)
        where TRow : unmanaged, INumberBase<TRow>
    {
        Scorer scorer = Enter();
        try
        {
            ChooseClasses(scorer, values, classes, options, MostThreads);
        }
        finally
        {
            scorer.Leave();
        }
    }

    private void ChooseClasses<TRow>(Scorer scorer, ReadOnlySpan<TRow> values, Span<int> classes, in PredictOptions options, int mostThreads)
        where TRow : unmanaged, INumberBase<TRow>
    {
        ClassRule rule = RuleOf(scorer.Forest);
        ScoringCall call = Resolve(scorer, options.Iterations, options.BaseMargin);
        RowBlock<TRow> rows = Shape(values, classes.Length, 1, options);
        CheckClasses(rows, classes);
        CheckBaseMargin(rows.Count, scorer.Forest.OutputCount, options.BaseMargin, (ReadOnlySpan<int>)classes);
        if (scorer is Scorer<float>)
        {
            ChooseClasses<TRow, float>(scorer, rule, rows, call, classes, mostThreads);
        }
        else
        {
            ChooseClasses<TRow, double>(scorer, rule, rows, call, classes, mostThreads);
        }
    }

    private static void ChooseClasses<TRow, TScore>(Scorer scorer, ClassRule rule, RowBlock<TRow> rows, in ScoringCall call, Span<int> classes, int mostThreads)
        where TRow : unmanaged, INumberBase<TRow>
        where TScore : unmanaged, INumber<TScore>
    {
        PredictionKind kind = rule.Choice is ClassChoice.LargestMargin or ClassChoice.MarginAbove ? PredictionKind.Margin : PredictionKind.Value;
        int outputs = scorer.Forest.OutputCount;
        int width = kind == PredictionKind.Margin ? outputs : scorer.Forest.ValueCount;
        int threads = ParallelPredictor.Useful(scorer, mostThreads, rows.Count);
        int blockRows = threads == 1 ? Predictor.BlockRows(rows.Count, width) : rows.Count;
        TScore[] buffer = ArrayPool<TScore>.Shared.Rent(checked(blockRows * width));
        try
        {
            for (int start = 0; start < rows.Count; start += blockRows)
            {
                int count = Math.Min(blockRows, rows.Count - start);
                Span<TScore> scores = buffer.AsSpan(0, count * width);
                ScoringCall part = call.ForRows(start, count, outputs);
                if (threads == 1)
                {
                    Predictor.Score(scorer, kind, rows.Slice(start, count), part, scores);
                }
                else
                {
                    ParallelPredictor.Answer(scorer, kind, rows.Slice(start, count), part, scores, threads);
                }

                for (int row = 0; row < count; row++)
                {
                    classes[start + row] = rule.Choose<TScore>(scores.Slice(row * width, width));
                }
            }
        }
        finally
        {
            ArrayPool<TScore>.Shared.Return(buffer);
        }
    }

    private ClassRule RuleOf(Forest forest) => forest.ClassRule switch
    {
        null => throw new ModelNotSupportedException(_name, "", $"a class was asked of a model that chooses none ({Describe(forest.Origin)})", "Predict gives its values"),
        { Choice: ClassChoice.Unknown } rule => throw new ModelNotSupportedException(_name, "", rule.Why, "Predict gives the values"),
        ClassRule rule => rule,
    };

    private static string Describe(ForestOrigin origin) => origin.Objective.Length > 0 ? origin.Objective : origin.Booster;

    private void CheckClasses<TRow>(RowBlock<TRow> rows, Span<int> classes)
        where TRow : unmanaged =>
        CheckOutput(rows, classes, 1, PredictionKind.Value);
}
