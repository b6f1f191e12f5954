using System;
using System.Buffers;
using System.Numerics;
using Inference.Forests;
using Inference.Native.LightGbm;
using Inference.Native.Loading;

namespace Inference.Backends;

/// <summary>A model in the LightGBM library.</summary>
/// <remarks>
/// <para>
/// Rows are read where they lie: whole batches, rows with gaps by pointers to them, single rows by the library's prepared
/// way. The library knows no base margin: it is added to its raw scores, and the values are then made by the library of
/// this package instead of LightGBM.
/// </para>
/// <para>
/// Another range than all iterations is a booster of its own, made of the first one's text at its first use and kept: the
/// library writes the range of a call into the booster that other calls read.
/// </para>
/// </remarks>
internal sealed class LightGbmScorer : NativeScorer<double>
{
    private readonly LightGbmModel _model;
    private readonly LightGbmRanges _ranges;

    private LightGbmScorer(Forest forest, Scorer<double> managed, NativeGate gate, LightGbmModel model, LoadedLibrary library)
        : base(forest, managed, gate, library)
    {
        _model = model;
        _ranges = new LightGbmRanges(model);
        gate.Guard(_ranges);
        Kernel = $"LightGBM {library.VersionText.Split(" (")[0]}";
        Reason = $"the options ask for the library that trained the model, {library.Path}";
    }

    public override string Kernel { get; }

    public override string Reason { get; }

    /// <summary>Loads a model.</summary>
    /// <exception cref="NativeCallException">The library refuses it.</exception>
    /// <exception cref="NativeMismatchException">The library reads another shape than the managed importer.</exception>
    public static LightGbmScorer Load(ReadOnlySpan<byte> content, Forest forest, Scorer<double> managed, LoadedLibrary library, NativeOptions options)
    {
        NativeGate gate = new(NativeLibraryKind.LightGbm, forest.Origin.Source, content.Length, options);
        LoadJob job = new(content);
        gate.Run(ref job, 1);
        LightGbmScorer scorer = new(forest, managed, gate, job.Model!, library);
        LightGbmModel model = job.Model!;
        (string What, int Native, int Managed)[] shape =
        [
            ("features", model.FeatureCount, forest.FeatureCount),
            ("outputs", model.OutputCount, forest.OutputCount),
            ("values", model.OutputCount, forest.ValueCount),
            ("trees", model.TreeCount, forest.Trees.Length),
            ("contributions", model.ContributionCount, checked(forest.OutputCount * (forest.FeatureCount + 1))),
        ];
        foreach ((string what, int native, int other) in shape)
        {
            if (native != other)
            {
                scorer.Dispose();
                throw scorer.Mismatch($"{native} {what} natively and {other} in the managed engine");
            }
        }

        return scorer;
    }

    protected override bool MakesValues(in ScoringCall call) => call.BaseMargin.IsEmpty;

    protected override void Ask<TRow>(PredictionKind kind, RowBlock<TRow> rows, in ScoringCall call, Span<double> scores)
    {
        ModelOf(call).Predict(Dense(rows), kind == PredictionKind.Value ? LightGbmOutput.Value : LightGbmOutput.Margin, scores);
        if (!call.BaseMargin.IsEmpty)
        {
            for (int i = 0; i < scores.Length; i++)
            {
                scores[i] += call.BaseMargin[i];
            }
        }
    }

    protected override void AskLeaves<TRow>(RowBlock<TRow> rows, in ScoringCall call, Span<int> leaves)
    {
        double[] numbers = ArrayPool<double>.Shared.Rent(leaves.Length);
        try
        {
            Span<double> found = numbers.AsSpan(0, leaves.Length);
            ModelOf(call).Predict(Dense(rows), LightGbmOutput.Leaf, found);
            for (int i = 0; i < found.Length; i++)
            {
                leaves[i] = (int)found[i];
            }
        }
        finally
        {
            ArrayPool<double>.Shared.Return(numbers);
        }
    }

    protected override void AskContributions<TRow>(RowBlock<TRow> rows, in ScoringCall call, Span<double> contributions)
    {
        ModelOf(call).Predict(Dense(rows), LightGbmOutput.Contribution, contributions);
        if (!call.BaseMargin.IsEmpty)
        {
            int columns = Forest.FeatureCount + 1;
            for (int i = 0; i < call.BaseMargin.Length; i++)
            {
                contributions[(i * columns) + columns - 1] += call.BaseMargin[i];
            }
        }
    }

    private static Native.DenseRows<TRow> Dense<TRow>(RowBlock<TRow> rows)
        where TRow : unmanaged, INumberBase<TRow> => new(rows.Values, rows.Count, rows.Columns, rows.Stride);

    private LightGbmModel ModelOf(in ScoringCall call) => call.FirstIteration == 0 && call.Iterations == Forest.IterationCount
        ? _model
        : _ranges.Of(call.FirstIteration, call.Iterations);

    private ref struct LoadJob(ReadOnlySpan<byte> content) : INativeJob
    {
        private readonly ReadOnlySpan<byte> _content = content;

        public LightGbmModel? Model { get; private set; }

        public void Run(int start, int count) => Model = LightGbmModel.Load(_content);
    }
}
