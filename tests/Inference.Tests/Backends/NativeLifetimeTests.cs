using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Inference.Backends;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Backends;

/// <summary>Predicting, disposing and forgetting at once; and what a prediction leaves on the managed heap.</summary>
public sealed class NativeLifetimeTests
{
    private static readonly BoosterOptions Native = new() { Engine = EngineKind.Native };

    public static TheoryData<string, NativeLibraryKind> Models => new()
    {
        { "xgboost-1.7.4/softprob/model.ubj", NativeLibraryKind.XGBoost },
        { "lightgbm-4.1.0.99/multiclass/model.txt", NativeLibraryKind.LightGbm },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void A_disposed_booster_refuses_and_still_says_what_it_was(string model, NativeLibraryKind library)
    {
        Natives.Require(library);
        Booster booster = Load(model);
        booster.Dispose();
        booster.Dispose();
        float[] rows = new float[booster.Info.Features.Count];
        Assert.Throws<ObjectDisposedException>(() => booster.PredictMargin(rows, new double[booster.Info.OutputCount]));
        Assert.Throws<ObjectDisposedException>(() => booster.PredictClass(rows, new int[1]));
        Assert.Equal(EngineKind.Native, booster.Info.Engine);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Predictions_race_with_disposal(string model, NativeLibraryKind library)
    {
        Natives.Require(library);
        using Booster reference = Booster.Load(System.IO.Path.Combine(Repository.Fixtures, model));
        int features = reference.Info.Features.Count, outputs = reference.Info.OutputCount;
        float[] rows = new float[40 * features];
        reference.FillProbeRows(rows);
        double[] expected = new double[40 * outputs];
        reference.PredictMargin(rows, expected);
        double[] expectedRange = new double[40 * outputs];
        reference.PredictMargin(rows, expectedRange, new() { Iterations = 1..3 });

        Booster shared = Load(model);
        double[] expectedContributions = new double[shared.GetOutputLength(40, PredictionKind.Contribution)];
        shared.PredictContributions(rows, expectedContributions);
        using CancellationTokenSource end = new(TimeSpan.FromSeconds(2));
        long answered = 0, refused = 0, wrong = 0;
        void Predict(int worker)
        {
            double[] found = new double[40 * outputs];
            double[] contributions = new double[expectedContributions.Length];
            Booster booster = shared;
            // On a busy machine no call may have come through by the end; then the last booster answers.
            for (int turn = worker; !end.IsCancellationRequested || Interlocked.Read(ref answered) == 0; turn++)
            {
                try
                {
                    // Most turns know a booster of an earlier one, which may be gone.
                    booster = turn % 8 == 0 ? Volatile.Read(ref shared) : booster;
                    if (turn % 7 == 0)
                    {
                        booster.PredictContributions(rows, contributions);
                        Interlocked.Add(ref wrong, contributions.AsSpan().SequenceEqual(expectedContributions) ? 0 : 1);
                    }

                    bool isRange = turn % 5 == 0;
                    int count = turn % 3 == 0 ? 1 : 40;
                    booster.PredictMargin(rows.AsSpan(0, count * features), found.AsSpan(0, count * outputs), new() { Iterations = isRange ? 1..3 : IterationRange.All });
                    Interlocked.Increment(ref answered);
                    if (!found.AsSpan(0, count * outputs).SequenceEqual((isRange ? expectedRange : expected).AsSpan(0, count * outputs)))
                    {
                        Interlocked.Increment(ref wrong);
                    }
                }
                catch (ObjectDisposedException)
                {
                    Interlocked.Increment(ref refused);
                }
            }
        }

        IEnumerable<Task> predictors = Enumerable.Range(0, 3).Select(worker => Task.Run(() => Predict(worker), TestContext.Current.CancellationToken));
        void Refresh()
        {
            for (int turn = 0; !end.IsCancellationRequested; turn++)
            {
                Booster old = Interlocked.Exchange(ref shared, Load(model));
                if (turn % 4 != 3)
                {
                    old.Dispose();
                }
                else
                {
                    // Forgotten, not disposed of: the finalizers of its handles free it.
                    GC.Collect();
                }
            }
        }

        await Task.WhenAll([.. predictors, Task.Run(Refresh, TestContext.Current.CancellationToken)]);
        shared.Dispose();
        Assert.Equal(0, wrong);
        Assert.True(answered > 0);
        TestContext.Current.TestOutputHelper?.WriteLine($"{answered} answered, {refused} refused");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_warm_prediction_allocates_nothing(string model, NativeLibraryKind library)
    {
        Natives.Require(library);
        using Booster booster = Load(model);
        int features = booster.Info.Features.Count, outputs = booster.Info.OutputCount;
        const int Count = 8192;
        float[] singles = new float[Count * features];
        booster.FillProbeRows(singles);
        double[] doubles = Array.ConvertAll(singles, value => (double)value);
        float[] floatScores = new float[Count * outputs];
        double[] doubleScores = new double[Count * outputs];
        float[] start = new float[Count * outputs];
        int[] leaves = new int[64 * booster.Info.TreeCount];
        foreach ((string what, Action predict) in new (string, Action)[]
        {
            ("margins of one float row", () => booster.PredictMargin(singles.AsSpan(0, features), floatScores.AsSpan(0, outputs))),
            ("values of one double row", () => booster.Predict(doubles.AsSpan(0, features), doubleScores.AsSpan(0, outputs))),
            ("margins of many float rows", () => booster.PredictMargin(singles, floatScores)),
            ("values of many double rows", () => booster.Predict(doubles, doubleScores)),
            ("base margins", () => booster.PredictMargin(singles, doubleScores, new() { BaseMargin = start })),
            ("a range", () => booster.PredictMargin(singles.AsSpan(0, 64 * features), doubleScores.AsSpan(0, 64 * outputs), new() { Iterations = 1..3 })),
            ("rows with gaps", () => booster.PredictMargin(singles.AsSpan(0, (64 * features) - 1), doubleScores.AsSpan(0, 32 * outputs), new() { RowStride = 2 * features })),
        })
        {
            Assert.True(Allocations.Of(predict) == 0, $"{what}: {Allocations.Of(predict)} bytes");
        }

        // Leaves of XGBoost need a DMatrix, whose handle is an object.
        Assert.InRange(Allocations.Of(() => booster.PredictLeaf(singles.AsSpan(0, 64 * features), leaves)), 0, 256);
    }

    [Fact]
    public void The_last_call_frees_and_only_once()
    {
        Counted objects = new();
        NativeGate gate = new(NativeLibraryKind.XGBoost, "model", bytes: 0, NativeOptions.Default);
        gate.Guard(objects);
        Assert.True(gate.TryEnter());
        Assert.True(gate.TryEnter());
        gate.Dispose();
        Assert.False(gate.TryEnter());
        gate.Leave();
        Assert.Equal(0, objects.Freed);
        gate.Dispose();
        gate.Leave();
        Assert.Equal(1, objects.Freed);
        gate.Dispose();
        Assert.Equal(1, objects.Freed);
        Assert.False(gate.TryEnter());
    }

    private static Booster Load(string model) => Booster.Load(System.IO.Path.Combine(Repository.Fixtures, model), Native);

    private sealed class Counted : IDisposable
    {
        public int Freed { get; private set; }

        public void Dispose() => Freed++;
    }
}
