using System;
using System.Linq;
using System.Numerics;
using Inference.Forests;
using Inference.Native.Loading;
using Inference.Native.XGBoost;

namespace Inference.Backends;

/// <summary>A model in the XGBoost library.</summary>
/// <remarks>
/// <para>
/// Values and margins are predicted in place, on the caller's memory. Two boosters go through a DMatrix instead, a copy in
/// the library's own form: gblinear, which the library does not predict in place, and dart, whose margins in place have
/// other bits than the library's own (XGBoost 1.7.4, src/gbm/gbtree.cc, Dart::InplacePredict takes the base score off each
/// tree's sum again) and are wrong with a base margin. Leaves and contributions have no other way than a DMatrix.
/// </para>
/// <para>
/// A DMatrix refuses infinities. With trees they are replaced by the largest float32, which every threshold sends the same
/// way, but for the two that lie between. A model with such a threshold and a linear booster have no replacement, and
/// the library's refusal reaches the caller.
/// </para>
/// </remarks>
internal sealed class XGBoostScorer : NativeScorer<float>
{
    /// <summary>From here on base_score is a list.</summary>
    private static readonly Version BaseScoreLists = new(3, 1);

    /// <summary>From here on binary:logitraw's base score is a margin.</summary>
    private static readonly Version LogitrawMargins = new(1, 3, 1);

    private readonly XGBoostModel _model;
    private readonly int _laneThreads;
    private readonly bool _copies;
    private readonly bool _replacesInfinities;

    private XGBoostScorer(Forest forest, Scorer<float> managed, NativeGate gate, XGBoostModel model, LoadedLibrary library, NativeOptions options)
        : base(forest, managed, gate, library)
    {
        _model = model;
        _laneThreads = options.Lanes?.ThreadsPerLane ?? 1;
        bool isLinear = forest.Linear is not null;
        bool isDart = forest.Origin.Booster == "dart";
        _copies = isLinear || isDart;
        _replacesInfinities = !isLinear && forest.Trees.All(tree => tree.Nodes.All(SendsInfinitiesLikeLargest));
        Kernel = $"XGBoost {library.VersionText} {(_copies ? "by DMatrix" : "in place")}";
        Reason = $"the options ask for the library that trained the model, {library.Path}"
            + (isLinear ? "; it does not predict linear boosters in place" : isDart ? "; in place it rounds dart's trees otherwise" : "");
    }

    public override string Kernel { get; }

    public override string Reason { get; }

    public override bool RefusesInfinities => _copies && !_replacesInfinities;

    /// <summary>Loads a model.</summary>
    /// <exception cref="NativeCallException">The library refuses it.</exception>
    /// <exception cref="NativeMismatchException">The library reads another shape than the managed importer.</exception>
    public static XGBoostScorer Load(ReadOnlySpan<byte> content, Forest forest, Scorer<float> managed, LoadedLibrary library, NativeOptions options)
    {
        NativeGate gate = new(NativeLibraryKind.XGBoost, forest.Origin.Source, content.Length, options);
        LoadJob job = new(content);
        gate.Run(ref job, 1);
        gate.Guard(job.Model!);
        XGBoostScorer scorer = new(forest, managed, gate, job.Model!, library, options);
        if (job.Model!.FeatureCount != forest.FeatureCount)
        {
            scorer.Dispose();
            throw scorer.Mismatch($"{job.Model.FeatureCount} features natively and {forest.FeatureCount} in the managed engine");
        }

        if (MisreadBaseScore(forest, library) is { } misread)
        {
            scorer.Dispose();
            throw scorer.Mismatch(misread);
        }

        return scorer;
    }

    /// <summary>What the library silently makes something else of; large leaves can hide it from the truth check's rows.</summary>
    private static string? MisreadBaseScore(Forest forest, LoadedLibrary library)
    {
        bool isVersioned = Version.TryParse(forest.Origin.Version, out Version? version);
        if (isVersioned && version >= BaseScoreLists && library.Version < BaseScoreLists)
        {
            return "releases from 3.1 on write base scores otherwise than the library reads them";
        }

        return forest.Origin.Objective == "binary:logitraw" && (!isVersioned || version < LogitrawMargins)
            ? "the base score is a probability, which the library reads as a margin"
            : null;
    }

    protected override bool MakesValues(in ScoringCall call) => true;

    /// <summary>The library configures itself anew at the first prediction after a change, which must be alone: here.</summary>
    protected override void PrepareForLanes()
    {
        if (_laneThreads > 1)
        {
            _model.SetThreads(_laneThreads);
            float[] row = new float[Forest.FeatureCount];
            ScoringCall all = new() { FirstTree = 0, EndTree = Forest.Trees.Length, FirstIteration = 0, Iterations = Forest.IterationCount };
            Ask(PredictionKind.Margin, new RowBlock<float>(row, 1, row.Length, row.Length), all, new float[Forest.OutputCount]);
        }
    }

    protected override void Ask<TRow>(PredictionKind kind, RowBlock<TRow> rows, in ScoringCall call, Span<float> scores)
    {
        XGBoostCall request = Request(kind == PredictionKind.Value ? XGBoostOutput.Value : XGBoostOutput.Margin, call);
        using WholeRows<TRow> taken = _copies ? Copyable(rows) : new WholeRows<TRow>(rows, rows.Columns);
        if (_copies)
        {
            _model.PredictCopied(taken.Dense, request, scores);
        }
        else
        {
            _model.PredictInPlace(taken.Dense, request, scores);
        }
    }

    protected override void AskLeaves<TRow>(RowBlock<TRow> rows, in ScoringCall call, Span<int> leaves)
    {
        // The library finds leaves from the first iteration on alone.
        XGBoostCall request = new() { Output = XGBoostOutput.Leaf, Begin = 0, End = IsWhole(call) ? 0 : call.FirstIteration + call.Iterations };
        using WholeRows<TRow> taken = Copyable(rows);
        _model.FindLeaves(taken.Dense, request, call.EndTree, call.FirstTree, leaves);
    }

    protected override void AskContributions<TRow>(RowBlock<TRow> rows, in ScoringCall call, Span<double> contributions)
    {
        using WholeRows<TRow> taken = Copyable(rows);
        if (call.FirstIteration == 0)
        {
            _model.Explain(taken.Dense, Request(XGBoostOutput.Contribution, call), contributions);
            return;
        }

        // The library explains from the first iteration on alone, dart without saying so: a slice begins where the call does.
        using XGBoostModel slice = _model.Slice(call.FirstIteration, call.FirstIteration + call.Iterations);
        XGBoostCall request = new()
        {
            Output = XGBoostOutput.Contribution,
            Begin = 0,
            End = 0,
            SingleMargins = call.BaseMargin.Singles,
            DoubleMargins = call.BaseMargin.Doubles,
        };
        slice.Explain(taken.Dense, request, contributions);
    }

    private static bool SendsInfinitiesLikeLargest(Node node) =>
        node.IsLeaf || node.Test != NodeTest.Less || node.Value is not (-float.MaxValue or double.PositiveInfinity);

    private WholeRows<TRow> Copyable<TRow>(RowBlock<TRow> rows)
        where TRow : unmanaged, INumberBase<TRow> => _replacesInfinities ? WholeRows<TRow>.WithoutInfinities(rows) : new WholeRows<TRow>(rows, rows.Columns);

    private bool IsWhole(in ScoringCall call) => call.FirstIteration == 0 && call.Iterations == Forest.IterationCount;

    private XGBoostCall Request(XGBoostOutput output, in ScoringCall call)
    {
        bool isWhole = IsWhole(call);
        return new XGBoostCall
        {
            Output = output,
            Begin = isWhole ? 0 : call.FirstIteration,
            End = isWhole ? 0 : call.FirstIteration + call.Iterations,
            SingleMargins = call.BaseMargin.Singles,
            DoubleMargins = call.BaseMargin.Doubles,
        };
    }

    private ref struct LoadJob(ReadOnlySpan<byte> content) : INativeJob
    {
        private readonly ReadOnlySpan<byte> _content = content;

        public XGBoostModel? Model { get; private set; }

        public void Run(int start, int count) => Model = XGBoostModel.Load(_content, threads: 1);
    }
}
