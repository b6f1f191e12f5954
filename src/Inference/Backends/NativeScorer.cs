using System;
using System.Globalization;
using System.Linq;
using System.Numerics;
using Inference.Forests;
using Inference.Native.Loading;

namespace Inference.Backends;

/// <summary>A model in its training library. Each prediction passes the model's <see cref="NativeGate"/> in chunks of rows.</summary>
/// <typeparam name="TScore">float or double, the model's precision.</typeparam>
/// <param name="forest">The model as the managed importers read it: shapes, names, iterations.</param>
/// <param name="managed">The managed engine on the same forest, for what the library does not offer.</param>
/// <param name="gate">The gate, which frees the library's objects behind the last call.</param>
/// <param name="library">The library that runs it.</param>
/// <remarks>Any number of threads may predict at once; disposal lets them finish. Nothing is allocated on the managed heap once warm, unless said.</remarks>
internal abstract class NativeScorer<TScore>(Forest forest, Scorer<TScore> managed, NativeGate gate, LoadedLibrary library) : Scorer<TScore>(forest), IDisposable
    where TScore : unmanaged
{
    /// <summary>The numbers of leaves or contributions that a library is asked for at once: what its buffers may grow to on each thread.</summary>
    private const int MostNumbers = 1 << 16;

    /// <summary>The deepest tree that a library explains: both recurse over a tree, and need memory for the square of its depth.</summary>
    private const int MostDepth = 1000;

    private readonly int _depth = forest.Trees.Select(tree => tree.Depth).DefaultIfEmpty().Max();

    public override EngineKind Engine => EngineKind.Native;

    public override int ContributionRows => Math.Clamp(MostNumbers / (Forest.OutputCount * (Forest.FeatureCount + 1)), 1, 256);

    /// <summary>An equal part for each thread: the gate cuts it further, by <see cref="NativeOptions.RowsPerCall"/>.</summary>
    public override int PieceRows => int.MaxValue;

    public override bool TryEnter() => gate.TryEnter();

    public override void Leave() => gate.Leave();

    /// <summary>Lets predictions in progress finish, then frees the library's objects.</summary>
    public void Dispose() => gate.Dispose();

    public override void Margins(RowBlock<float> rows, in ScoringCall call, Span<TScore> margins)
    {
        if (gate.MayCall())
        {
            Score(PredictionKind.Margin, rows, call, margins);
        }
        else
        {
            managed.Margins(rows, call, margins);
        }
    }

    public override void Margins(RowBlock<double> rows, in ScoringCall call, Span<TScore> margins)
    {
        if (gate.MayCall())
        {
            Score(PredictionKind.Margin, rows, call, margins);
        }
        else
        {
            managed.Margins(rows, call, margins);
        }
    }

    public override bool TryValues(RowBlock<float> rows, in ScoringCall call, Span<TScore> values) => TryValuesOf(rows, call, values);

    public override bool TryValues(RowBlock<double> rows, in ScoringCall call, Span<TScore> values) => TryValuesOf(rows, call, values);

    public override void Transform(int rows, in ScoringCall call, ReadOnlySpan<TScore> margins, Span<TScore> values) => managed.Transform(rows, call, margins, values);

    public override void Leaves(RowBlock<float> rows, in ScoringCall call, Span<int> leaves)
    {
        if (gate.MayCall())
        {
            LeavesOf(rows, call, leaves);
        }
        else
        {
            managed.Leaves(rows, call, leaves);
        }
    }

    public override void Leaves(RowBlock<double> rows, in ScoringCall call, Span<int> leaves)
    {
        if (gate.MayCall())
        {
            LeavesOf(rows, call, leaves);
        }
        else
        {
            managed.Leaves(rows, call, leaves);
        }
    }

    public override void Contributions(RowBlock<float> rows, in ScoringCall call, Span<double> contributions)
    {
        if (gate.MayCall())
        {
            ContributionsOf(rows, call, contributions);
        }
        else
        {
            managed.Contributions(rows, call, contributions);
        }
    }

    public override void Contributions(RowBlock<double> rows, in ScoringCall call, Span<double> contributions)
    {
        if (gate.MayCall())
        {
            ContributionsOf(rows, call, contributions);
        }
        else
        {
            managed.Contributions(rows, call, contributions);
        }
    }

    /// <summary>Ends loading: predictions may come from any thread, and go to the lanes where there are some.</summary>
    public void Open() => gate.Open(PrepareForLanes);

    /// <summary>Gives the library the lanes' number of threads, where it has a number for each model. No call is in progress.</summary>
    protected virtual void PrepareForLanes()
    {
    }

    /// <summary>The two read the model as something of another shape.</summary>
    public NativeMismatchException Mismatch(string found) =>
        new((NativeLibraryKind)library.Kind, Forest.Origin.Source, found, Versions, IsNewerModel);

    /// <summary>The two score a probe row otherwise.</summary>
    public NativeMismatchException Mismatch(PredictionKind kind, int row, int output, double found, double expected) => new(
        (NativeLibraryKind)library.Kind,
        Forest.Origin.Source,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(kind == PredictionKind.Margin ? "margin" : "value")} {output} of probe row {row} is {found:R} natively and {expected:R} in the managed engine"),
        Versions,
        IsNewerModel,
        row,
        output,
        found,
        expected);

    private string Versions => $"the file is of version {Forest.Origin.Version}, the library of {library.VersionText}";

    private bool IsNewerModel => Version.TryParse(Forest.Origin.Version, out Version? version) && version > library.Version;

    /// <summary>Whether the library refuses infinite row values of this model.</summary>
    public virtual bool RefusesInfinities => false;

    /// <summary>Whether the library itself makes the values of such a call.</summary>
    protected abstract bool MakesValues(in ScoringCall call);

    /// <summary>Margins or values from the library. The rows have the model's columns.</summary>
    protected abstract void Ask<TRow>(PredictionKind kind, RowBlock<TRow> rows, in ScoringCall call, Span<TScore> scores)
        where TRow : unmanaged, INumberBase<TRow>;

    /// <summary>Leaf ids from the library. The rows have the model's columns.</summary>
    protected abstract void AskLeaves<TRow>(RowBlock<TRow> rows, in ScoringCall call, Span<int> leaves)
        where TRow : unmanaged, INumberBase<TRow>;

    /// <summary>Contributions from the library. The rows have the model's columns.</summary>
    protected abstract void AskContributions<TRow>(RowBlock<TRow> rows, in ScoringCall call, Span<double> contributions)
        where TRow : unmanaged, INumberBase<TRow>;

    private bool TryValuesOf<TRow>(RowBlock<TRow> rows, in ScoringCall call, Span<TScore> values)
        where TRow : unmanaged, INumberBase<TRow>
    {
        if (!MakesValues(call) || !gate.MayCall())
        {
            return false;
        }

        Score(PredictionKind.Value, rows, call, values);
        return true;
    }

    private void Score<TRow>(PredictionKind kind, RowBlock<TRow> rows, in ScoringCall call, Span<TScore> scores)
        where TRow : unmanaged, INumberBase<TRow>
    {
        ScoreJob<TRow> job = new(this, kind, rows, call, scores);
        gate.Run(ref job, rows.Count);
    }

    private void LeavesOf<TRow>(RowBlock<TRow> rows, in ScoringCall call, Span<int> leaves)
        where TRow : unmanaged, INumberBase<TRow>
    {
        LeafJob<TRow> job = new(this, rows, call, leaves);
        gate.Run(ref job, rows.Count);
    }

    private void ContributionsOf<TRow>(RowBlock<TRow> rows, in ScoringCall call, Span<double> contributions)
        where TRow : unmanaged, INumberBase<TRow>
    {
        CheckExplainable(call);
        if (_depth > MostDepth)
        {
            throw new ModelNotSupportedException(Forest.Origin.Source, "", $"native contributions of a tree of depth {_depth}", $"a depth of at most {MostDepth}; the managed engine explains deeper trees");
        }

        ContributionJob<TRow> job = new(this, rows, call, contributions);
        gate.Run(ref job, rows.Count);
    }

    /// <summary>Refuses what the managed engine refuses: LightGBM would end in words of its own, or divide by counts that are not there.</summary>
    private void CheckExplainable(in ScoringCall call)
    {
        for (int index = call.FirstTree; index < call.EndTree; index++)
        {
            Tree tree = Forest.Trees[index];
            if (tree.Leaves == LeafShape.Linear)
            {
                throw TreeSurvey.Unsupported(Forest, $"tree {index}", "linear leaves", "contributions need constant leaves");
            }

            if (tree.Statistics is null && !tree.Nodes[0].IsLeaf)
            {
                throw TreeSurvey.Unsupported(Forest, $"tree {index}", "no node covers", "contributions need node covers, as XGBoost and LightGBM write them");
            }
        }
    }

    private readonly ref struct ScoreJob<TRow>(NativeScorer<TScore> scorer, PredictionKind kind, RowBlock<TRow> rows, ScoringCall call, Span<TScore> scores) : INativeJob
        where TRow : unmanaged, INumberBase<TRow>
    {
        private readonly RowBlock<TRow> _rows = rows;
        private readonly ScoringCall _call = call;
        private readonly Span<TScore> _scores = scores;

        public void Run(int start, int count)
        {
            int outputs = scorer.Forest.OutputCount;
            int width = kind == PredictionKind.Value ? scorer.Forest.ValueCount : outputs;
            using WholeRows<TRow> whole = new(_rows.Slice(start, count), scorer.Forest.FeatureCount);
            scorer.Ask(kind, whole.Rows, _call.ForRows(start, count, outputs), _scores.Slice(start * width, count * width));
        }
    }

    private readonly ref struct LeafJob<TRow>(NativeScorer<TScore> scorer, RowBlock<TRow> rows, ScoringCall call, Span<int> leaves) : INativeJob
        where TRow : unmanaged, INumberBase<TRow>
    {
        private readonly RowBlock<TRow> _rows = rows;
        private readonly ScoringCall _call = call;
        private readonly Span<int> _leaves = leaves;

        public void Run(int start, int count)
        {
            int trees = _call.EndTree - _call.FirstTree;
            if (trees == 0)
            {
                return;
            }

            int step;
            for (int end = start + count; start < end; start += step)
            {
                step = Math.Clamp(MostNumbers / _call.EndTree, 1, end - start);
                using WholeRows<TRow> whole = new(_rows.Slice(start, step), scorer.Forest.FeatureCount);
                scorer.AskLeaves(whole.Rows, _call.ForRows(start, step, scorer.Forest.OutputCount), _leaves.Slice(start * trees, step * trees));
            }
        }
    }

    private readonly ref struct ContributionJob<TRow>(NativeScorer<TScore> scorer, RowBlock<TRow> rows, ScoringCall call, Span<double> contributions) : INativeJob
        where TRow : unmanaged, INumberBase<TRow>
    {
        private readonly RowBlock<TRow> _rows = rows;
        private readonly ScoringCall _call = call;
        private readonly Span<double> _contributions = contributions;

        public void Run(int start, int count)
        {
            int outputs = scorer.Forest.OutputCount;
            int width = outputs * (scorer.Forest.FeatureCount + 1);
            using WholeRows<TRow> whole = new(_rows.Slice(start, count), scorer.Forest.FeatureCount);
            scorer.AskContributions(whole.Rows, _call.ForRows(start, count, outputs), _contributions.Slice(start * width, count * width));
        }
    }
}
