using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Lanes;

/// <summary>Native predictions on lanes: the bits of the managed engine, from any thread, awaited or not.</summary>
[Collection(LaneTurns.Name)]
public sealed class NativeLaneTests
{
    private const int Rows = 10_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string XGBoost => Path("xgb-risk-31f-100/model.ubj");

    private static string LightGbm => Path("lgb-leaves31-500/model.txt");

    [Theory]
    [InlineData(NativeLibraryKind.XGBoost, 1)]
    [InlineData(NativeLibraryKind.XGBoost, 2)]
    [InlineData(NativeLibraryKind.LightGbm, 1)]
    public async Task Predictions_on_lanes_have_the_managed_bits(NativeLibraryKind library, int threads)
    {
        Natives.Require(library);
        using LanePool lanes = Lanes(2, threads);
        using Booster managed = Booster.Load(PathOf(library));
        using Booster native = Booster.Load(PathOf(library), On(lanes));
        float[] rows = new float[Rows * managed.Info.Features.Count];
        managed.FillProbeRows(rows);
        double[] expected = new double[managed.GetOutputLength(Rows, PredictionKind.Margin)];
        managed.PredictMargin(rows, expected);

        double[] blocking = new double[expected.Length];
        native.PredictMargin(rows, blocking);
        Bits.Equal(expected, blocking, "blocking");

        double[] awaited = new double[expected.Length];
        await native.PredictMarginAsync(rows, awaited, cancellationToken: Stop);
        Bits.Equal(expected, awaited, "awaited");

        double[] values = new double[native.GetOutputLength(Rows)], awaitedValues = new double[values.Length];
        native.Predict(rows, values);
        await native.PredictAsync(rows, awaitedValues, cancellationToken: Stop);
        Bits.Equal(values, awaitedValues, "values");

        int columns = managed.Info.Features.Count;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(
            async () =>
            {
                double[] some = new double[expected.Length / Rows * 100];
                for (int start = caller * 100; start < Rows; start += 800)
                {
                    ReadOnlyMemory<float> part = rows.AsMemory(start * columns, 100 * columns);
                    if (caller % 2 == 0)
                    {
                        native.PredictMargin(part.Span, some);
                    }
                    else
                    {
                        await native.PredictMarginAsync(part, some);
                    }

                    Bits.Equal(expected.AsSpan(start * some.Length / 100, some.Length), some, $"rows from {start}");
                }
            },
            Stop))).WaitAsync(Patience, Stop);
    }

    [Fact]
    public void Each_lane_has_one_OpenMP_team_of_its_number()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "threads are counted in /proc");
        Natives.Require(NativeLibraryKind.XGBoost);
        string name = string.Concat("n", Guid.NewGuid().ToString("N").AsSpan(0, 8));
        using (LanePool lanes = Lanes(2, 2, name))
        using (Booster booster = Booster.Load(XGBoost, On(lanes)))
        {
            Assert.Empty(OwnThreads.Named(name));
            float[] rows = new float[Rows * booster.Info.Features.Count];

            // A lane has no team before its first call, and on a busy machine all calls may have gone to the other.
            Stopwatch watch = Stopwatch.StartNew();
            do
            {
                Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 16 }, _ => booster.PredictMargin(rows, new float[Rows]));
            }
            while (OwnThreads.Named(name).Count < 4 && watch.Elapsed < Patience);

            Assert.Equal(4, OwnThreads.Named(name).Count);
        }

        Assert.True(SpinWait.SpinUntil(() => OwnThreads.Named(name).Count == 0, Patience));
    }

    [Fact]
    public void LightGBM_is_refused_on_lanes_of_several_threads()
    {
        Natives.Require(NativeLibraryKind.LightGbm);
        using LanePool lanes = Lanes(1, 2);
        ThreadBudgetException refused = Assert.Throws<ThreadBudgetException>(() => Booster.Load(LightGbm, On(lanes)));
        Assert.Equal(2, refused.Asked);
        Assert.Contains("one number of threads for the process", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_lanes_is_not_awaited()
    {
        using Booster booster = Booster.Load(XGBoost);
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => { _ = booster.PredictAsync(new float[31], new float[1], cancellationToken: Stop).AsTask(); });
        Assert.Contains("NativeOptions.Lanes", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_are_told_before_anything_waits()
    {
        Natives.Require(NativeLibraryKind.XGBoost);
        using LanePool lanes = Lanes(1, 1);
        Booster booster = Booster.Load(XGBoost, On(lanes));
        Assert.Throws<ArgumentException>(() => { _ = booster.PredictAsync(new float[31], new float[2], cancellationToken: Stop).AsTask(); });
        Assert.Throws<SchemaMismatchException>(() => { _ = booster.PredictAsync(new float[30], new float[1], cancellationToken: Stop).AsTask(); });
        await booster.PredictAsync(new float[31], new float[1], cancellationToken: Stop);
        await booster.PredictAsync(Array.Empty<float>(), Array.Empty<float>(), cancellationToken: Stop);
        booster.Dispose();
        Assert.Throws<ObjectDisposedException>(() => { _ = booster.PredictAsync(new float[31], new float[1], cancellationToken: Stop).AsTask(); });
    }

    [Fact]
    public async Task A_model_disposed_of_during_a_prediction_finishes_it()
    {
        Natives.Require(NativeLibraryKind.XGBoost);
        using LanePool lanes = Lanes(1, 1);
        Booster booster = Booster.Load(XGBoost, On(lanes));
        float[] rows = new float[Rows * 31];
        Task[] started = [.. Enumerable.Range(0, 20).Select(_ => booster.PredictMarginAsync(rows, new float[Rows], cancellationToken: Stop).AsTask())];
        booster.Dispose();
        await Task.WhenAll(started).WaitAsync(Patience, Stop);
    }

    [Fact]
    public async Task Disposed_lanes_refuse()
    {
        Natives.Require(NativeLibraryKind.XGBoost);
        LanePool lanes = Lanes(1, 1);
        using Booster booster = Booster.Load(XGBoost, On(lanes));
        booster.Predict(new float[31], new float[1]);
        lanes.Dispose();
        Assert.Throws<ObjectDisposedException>(() => booster.Predict(new float[31], new float[1]));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await booster.PredictAsync(new float[31], new float[1], cancellationToken: Stop));
    }

    [Fact]
    public async Task A_long_batch_is_cancelled_between_native_calls()
    {
        Natives.Require(NativeLibraryKind.XGBoost);
        using LanePool lanes = Lanes(1, 1);
        using Booster booster = Booster.Load(XGBoost, new BoosterOptions { Engine = EngineKind.Native, Native = new NativeOptions { Lanes = lanes, RowsPerCall = 1 } });
        using CancellationTokenSource cancellation = new();
        float[] rows = new float[1_000_000 * 31];
        ValueTask batch = booster.PredictMarginAsync(rows, new float[1_000_000], cancellationToken: cancellation.Token);
        cancellation.CancelAfter(20);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await batch);
    }

    [Theory]
    [InlineData(NativeLibraryKind.XGBoost)]
    [InlineData(NativeLibraryKind.LightGbm)]
    public async Task Nothing_is_allocated_once_warm(NativeLibraryKind library)
    {
        Natives.Require(library);
        using LanePool lanes = Lanes(1, 1);
        using Booster booster = Booster.Load(PathOf(library), On(lanes));
        float[] row = new float[booster.Info.Features.Count];
        double[] value = new double[booster.GetOutputLength(1)];
        for (int i = 0; i < 200; i++)
        {
            booster.PredictMargin(row, value);
            await booster.PredictMarginAsync(row, value, cancellationToken: Stop);
        }

        Assert.Equal(0, AllocationProbe.Of(lanes, () =>
        {
            for (int i = 0; i < 1000; i++)
            {
                booster.PredictMargin(row, value);
            }
        }));
    }

    private static string Path(string name) => System.IO.Path.Combine(Repository.Root, "benchmarks", "models", name);

    private static string PathOf(NativeLibraryKind library) => library == NativeLibraryKind.XGBoost ? XGBoost : LightGbm;

    private static BoosterOptions On(LanePool lanes) => new() { Engine = EngineKind.Native, Native = new NativeOptions { Lanes = lanes } };

    private static LanePool Lanes(int count, int threads, string name = "native") =>
        new(new LaneOptions { Lanes = count, ThreadsPerLane = threads, Name = name, AllowsMoreThanBudget = true });
}
