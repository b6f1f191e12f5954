using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Inference.Cli.Rows;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Lanes;

/// <summary>Whatever a prediction asks for, awaiting it gives the bits, and the refusals, of the call that blocks.</summary>
[Collection(LaneTurns.Name)]
public sealed class AsyncPredictTests
{
    private const int Rows = 40;
    private const int Gap = 3;
    private const string Binary = "xgboost-1.7.4/binary-logistic/model.ubj";
    private const string Linear = "xgboost-1.7.4/gblinear/model.ubj";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(NativeLibraryKind.XGBoost, "xgboost-1.7.4/softprob/model.ubj")]
    [InlineData(NativeLibraryKind.XGBoost, "xgboost-1.7.4/softmax/model.ubj")]
    [InlineData(NativeLibraryKind.XGBoost, Binary)]
    [InlineData(NativeLibraryKind.XGBoost, "xgboost-1.7.4/dart/model.ubj")]
    [InlineData(NativeLibraryKind.XGBoost, Linear)]
    [InlineData(NativeLibraryKind.XGBoost, "xgboost-1.7.4/multi-target/model.ubj")]
    [InlineData(NativeLibraryKind.LightGbm, "lightgbm-4.1.0.99/multiclass/model.txt")]
    [InlineData(NativeLibraryKind.LightGbm, "lightgbm-4.1.0.99/binary/model.txt")]
    [InlineData(NativeLibraryKind.LightGbm, "lightgbm-4.1.0.99/random-forest/model.txt")]
    [InlineData(NativeLibraryKind.LightGbm, "lightgbm-4.1.0.99/regression-linear-tree/model.txt")]
    public async Task Awaited_or_not_the_answers_are_the_same(NativeLibraryKind library, string model)
    {
        Natives.Require(library);
        using LanePool lanes = Lanes();
        using Booster managed = Load(model, new BoosterOptions { AbsentColumnsAreMissing = true });
        using Booster native = Load(model, On(lanes, rowsPerCall: 7));
        int features = native.Info.Features.Count, outputs = native.Info.OutputCount;
        double[] tight = Read(model, features);
        double[] wide = new double[(Rows * (features + Gap)) - Gap];
        for (int row = 0; row < Rows; row++)
        {
            tight.AsSpan(row * features, features).CopyTo(wide.AsSpan(row * (features + Gap)));
        }

        double[] starts = [.. Enumerable.Range(0, Rows * outputs).Select(i => (i % 17 * 0.123) - 1)];
        float[] singles = Array.ConvertAll(starts, start => (float)start);
        await Compare(managed, native, tight, new Asked());
        await Compare(managed, native, wide, new Asked { RowStride = features + Gap });
        await Compare(managed, native, wide, new Asked { RowStride = features + Gap, Columns = features - 1 });
        await Compare(managed, native, tight, new Asked { Singles = singles });
        await Compare(managed, native, wide, new Asked { RowStride = features + Gap, Doubles = starts });
        if (native.Info.IterationCount > 1)
        {
            await Compare(managed, native, wide, new Asked { RowStride = features + Gap, Singles = singles, Iterations = 1.. });
        }
    }

    [Fact]
    public async Task Mistakes_are_told_by_the_call_and_the_next_one_works()
    {
        Natives.Require(NativeLibraryKind.XGBoost);
        using LanePool lanes = Lanes();
        Booster booster = Load(Binary, On(lanes) with { AbsentColumnsAreMissing = false });
        int features = booster.Info.Features.Count, trees = booster.Info.TreeCount;
        float[] rows = new float[2 * features], values = new float[2];
        Throws<ArgumentException>(() => booster.PredictAsync(rows, new float[3], cancellationToken: Stop));
        Throws<ArgumentException>(() => booster.PredictAsync(rows, values, new() { BaseMargin = new float[3] }, Stop));
        Throws<ArgumentException>(() => booster.PredictMarginAsync(rows, values, new() { BaseMargin = new double[1] }, Stop));
        Throws<ArgumentException>(() => booster.PredictAsync(rows, rows.AsMemory(0, 2), cancellationToken: Stop));
        Throws<ArgumentException>(() => booster.PredictLeafAsync(rows, new int[2 * trees], new() { Iterations = ..1 }, Stop));
        Throws<ArgumentException>(() => booster.PredictContributionsAsync(rows, new float[2 * features], cancellationToken: Stop));
        Throws<ArgumentException>(() => booster.PredictClassAsync(rows, new int[1], cancellationToken: Stop));
        Throws<ArgumentOutOfRangeException>(() => booster.PredictAsync(rows, values, new() { RowStride = features - 1 }, Stop));
        Throws<ArgumentOutOfRangeException>(() => booster.PredictAsync(rows, values, new() { Iterations = 1..1 }, Stop));
        Throws<SchemaMismatchException>(() => booster.PredictAsync(rows, values, new() { Columns = features - 1 }, Stop));
        Throws<SchemaMismatchException>(() => booster.PredictLeafAsync(rows.AsMemory(1), new int[2 * trees], cancellationToken: Stop));

        await booster.PredictAsync(rows, values, new() { BaseMargin = new double[2] }, Stop);
        await booster.PredictLeafAsync(Array.Empty<float>(), Array.Empty<int>(), cancellationToken: Stop);
        booster.Dispose();
        Throws<ObjectDisposedException>(() => booster.PredictAsync(rows, values, new() { BaseMargin = new double[2] }, Stop));
        Throws<ObjectDisposedException>(() => booster.PredictLeafAsync(rows, new int[2 * trees], cancellationToken: Stop));
        Throws<ObjectDisposedException>(() => booster.PredictContributionsAsync(rows, new float[2 * (features + 1)], cancellationToken: Stop));
        Throws<ObjectDisposedException>(() => booster.PredictClassAsync(rows, new int[2], cancellationToken: Stop));
    }

    [Fact]
    public void What_a_model_has_not_is_refused()
    {
        Natives.Require(NativeLibraryKind.XGBoost);
        using LanePool lanes = Lanes();
        using Booster linear = Load(Linear, On(lanes));
        float[] row = new float[linear.Info.Features.Count];
        Throws<ModelNotSupportedException>(() => linear.PredictLeafAsync(row, Array.Empty<int>(), cancellationToken: Stop));
        using Booster regression = Load("xgboost-1.7.4/squared-error/model.ubj", On(lanes));
        Throws<ModelNotSupportedException>(() => regression.PredictClassAsync(new float[regression.Info.Features.Count], new int[1], cancellationToken: Stop));
        using Booster withoutLanes = Load(Binary, new BoosterOptions());
        Throws<InvalidOperationException>(() => withoutLanes.PredictLeafAsync(row, new int[1], cancellationToken: Stop));
    }

    [Fact]
    public async Task Leaves_and_contributions_are_cancelled_between_native_calls()
    {
        Natives.Require(NativeLibraryKind.XGBoost);
        const int many = 200_000;
        using LanePool lanes = Lanes();
        using Booster booster = Load(Binary, On(lanes, rowsPerCall: 1));
        float[] rows = new float[many * booster.Info.Features.Count];
        using CancellationTokenSource leaves = new(20), contributions = new(20);
        ValueTask first = booster.PredictLeafAsync(rows, new int[many * booster.Info.TreeCount], cancellationToken: leaves.Token);
        ValueTask second = booster.PredictContributionsAsync(rows, new float[booster.GetOutputLength(many, PredictionKind.Contribution)], cancellationToken: contributions.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await second);

        int[] classes = [-1];
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await booster.PredictClassAsync(rows.AsMemory(0, booster.Info.Features.Count), classes, cancellationToken: new CancellationToken(canceled: true)));
        Assert.Equal(-1, classes[0]);
    }

    [Fact]
    public void Nothing_is_allocated_once_warm_whatever_is_asked()
    {
        Natives.Require(NativeLibraryKind.XGBoost);
        using LanePool lanes = Lanes(1);
        using Booster booster = Load(Binary, On(lanes, rowsPerCall: 2));
        int features = booster.Info.Features.Count;
        float[] rows = new float[5 * (features + Gap)], values = new float[5];
        int[] classes = new int[5];
        AsyncPredictOptions options = new() { BaseMargin = new float[5], RowStride = features + Gap };
        Ask(200);
        Assert.Equal(0, AllocationProbe.Of(lanes, () => Ask(1000)));

        void Ask(int calls)
        {
            for (int i = 0; i < calls; i++)
            {
                Finish(booster.PredictAsync(rows, values, options, Stop));
                Finish(booster.PredictClassAsync(rows, classes, options, Stop));
            }
        }
    }

    private static async Task Compare(Booster managed, Booster native, double[] doubles, Asked asked)
    {
        float[] singles = Array.ConvertAll(doubles, value => (float)value);
        foreach (PredictionKind kind in Enum.GetValues<PredictionKind>())
        {
            int length = kind == PredictionKind.Leaf && native.Info.TreeCount == 0 ? 0 : native.GetOutputLength(Rows, kind, asked.Iterations);
            if (kind == PredictionKind.Leaf)
            {
                await Same<int>(length, leaves => native.PredictLeaf(singles, leaves, asked.Options), leaves => native.PredictLeafAsync(singles, leaves, asked.Awaited, Stop));
                await Same<int>(length, leaves => managed.PredictLeaf(doubles, leaves, asked.Options), leaves => native.PredictLeafAsync(doubles, leaves, asked.Awaited, Stop));
                continue;
            }

            await Same<float>(length, output => Predict(native, kind, singles, output, asked), output => PredictAsync(native, kind, singles, output, asked));
            await Same<double>(length, output => Predict(native, kind, singles, output, asked), output => PredictAsync(native, kind, singles, output, asked));
            await Same<float>(length, output => Predict(native, kind, doubles, output, asked), output => PredictAsync(native, kind, doubles, output, asked));
            await Same<double>(length, output => Predict(kind == PredictionKind.Margin ? managed : native, kind, doubles, output, asked), output => PredictAsync(native, kind, doubles, output, asked));
        }

        await Same<int>(Rows, classes => native.PredictClass(singles, classes, asked.Options), classes => native.PredictClassAsync(singles, classes, asked.Awaited, Stop));
        await Same<int>(Rows, classes => native.PredictClass(doubles, classes, asked.Options), classes => native.PredictClassAsync(doubles, classes, asked.Awaited, Stop));
    }

    private static void Predict(Booster booster, PredictionKind kind, float[] rows, float[] output, Asked asked) => Choose(
        kind,
        () => booster.Predict(rows, output, asked.Options),
        () => booster.PredictMargin(rows, output, asked.Options),
        () => booster.PredictContributions(rows, output, asked.Options))();

    private static void Predict(Booster booster, PredictionKind kind, float[] rows, double[] output, Asked asked) => Choose(
        kind,
        () => booster.Predict(rows, output, asked.Options),
        () => booster.PredictMargin(rows, output, asked.Options),
        () => booster.PredictContributions(rows, output, asked.Options))();

    private static void Predict(Booster booster, PredictionKind kind, double[] rows, float[] output, Asked asked) => Choose(
        kind,
        () => booster.Predict(rows, output, asked.Options),
        () => booster.PredictMargin(rows, output, asked.Options),
        () => booster.PredictContributions(rows, output, asked.Options))();

    private static void Predict(Booster booster, PredictionKind kind, double[] rows, double[] output, Asked asked) => Choose(
        kind,
        () => booster.Predict(rows, output, asked.Options),
        () => booster.PredictMargin(rows, output, asked.Options),
        () => booster.PredictContributions(rows, output, asked.Options))();

    private static ValueTask PredictAsync(Booster booster, PredictionKind kind, float[] rows, float[] output, Asked asked) => Choose(
        kind,
        () => booster.PredictAsync(rows, output, asked.Awaited, Stop),
        () => booster.PredictMarginAsync(rows, output, asked.Awaited, Stop),
        () => booster.PredictContributionsAsync(rows, output, asked.Awaited, Stop))();

    private static ValueTask PredictAsync(Booster booster, PredictionKind kind, float[] rows, double[] output, Asked asked) => Choose(
        kind,
        () => booster.PredictAsync(rows, output, asked.Awaited, Stop),
        () => booster.PredictMarginAsync(rows, output, asked.Awaited, Stop),
        () => booster.PredictContributionsAsync(rows, output, asked.Awaited, Stop))();

    private static ValueTask PredictAsync(Booster booster, PredictionKind kind, double[] rows, float[] output, Asked asked) => Choose(
        kind,
        () => booster.PredictAsync(rows, output, asked.Awaited, Stop),
        () => booster.PredictMarginAsync(rows, output, asked.Awaited, Stop),
        () => booster.PredictContributionsAsync(rows, output, asked.Awaited, Stop))();

    private static ValueTask PredictAsync(Booster booster, PredictionKind kind, double[] rows, double[] output, Asked asked) => Choose(
        kind,
        () => booster.PredictAsync(rows, output, asked.Awaited, Stop),
        () => booster.PredictMarginAsync(rows, output, asked.Awaited, Stop),
        () => booster.PredictContributionsAsync(rows, output, asked.Awaited, Stop))();

    private static T Choose<T>(PredictionKind kind, T value, T margin, T contribution) =>
        kind == PredictionKind.Value ? value : kind == PredictionKind.Margin ? margin : contribution;

    /// <summary>The same bits from both, or the same refusal.</summary>
    private static async Task Same<T>(int length, Action<T[]> blocking, Func<T[], ValueTask> awaited)
        where T : unmanaged
    {
        T[] expected = new T[length], found = new T[length];
        Exception? refused = Record.Exception(() => blocking(expected));
        Exception? alike = await Record.ExceptionAsync(async () => await awaited(found));
        Assert.Equal((refused?.GetType(), refused?.Message), (alike?.GetType(), alike?.Message));
        Assert.True(MemoryMarshal.AsBytes<T>(expected).SequenceEqual(MemoryMarshal.AsBytes<T>(found)), $"{length} elements differ");
    }

    private static void Throws<TException>(Func<ValueTask> call)
        where TException : Exception => Assert.Throws<TException>(() => { _ = call().AsTask(); });

    private static void Finish(ValueTask prediction)
    {
        SpinWait spin = default;
        while (!prediction.IsCompleted)
        {
            spin.SpinOnce();
        }

        prediction.GetAwaiter().GetResult();
    }

    private static double[] Read(string model, int features)
    {
        NpyArray file = NpyArray.Read(Path.Combine(Repository.Fixtures, Path.GetDirectoryName(model)!, "rows.npy"));
        double[] rows = file.Data as double[] ?? Array.ConvertAll((float[])file.Data, value => (double)value);
        return rows[..(Rows * features)];
    }

    private static Booster Load(string model, BoosterOptions options) => Booster.Load(Path.Combine(Repository.Fixtures, model), options);

    private static LanePool Lanes(int count = 2) => new(new LaneOptions { Lanes = count, Name = "awaited", AllowsMoreThanBudget = true });

    private static BoosterOptions On(LanePool lanes, int rowsPerCall = 4096) => new()
    {
        Engine = EngineKind.Native,
        AbsentColumnsAreMissing = true,
        Native = new NativeOptions { Lanes = lanes, RowsPerCall = rowsPerCall },
    };

    /// <summary>What one prediction asks for, said to both calls.</summary>
    private sealed record Asked
    {
        public IterationRange Iterations { get; init; }

        public float[]? Singles { get; init; }

        public double[]? Doubles { get; init; }

        public int Columns { get; init; }

        public int RowStride { get; init; }

        public PredictOptions Options => new()
        {
            Iterations = Iterations,
            BaseMargin = Doubles is null ? Singles : Doubles,
            Columns = Columns,
            RowStride = RowStride,
        };

        public AsyncPredictOptions Awaited => new()
        {
            Iterations = Iterations,
            BaseMargin = Doubles is null ? Singles : Doubles,
            Columns = Columns,
            RowStride = RowStride,
        };
    }
}
