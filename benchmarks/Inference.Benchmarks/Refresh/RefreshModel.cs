using System;
using System.Buffers;
using System.Collections.Generic;
using Inference.Benchmarks.Raw;

namespace Inference.Benchmarks.Refresh;

/// <summary>One generation of a model: predicts until it is freed.</summary>
/// <param name="predict">Predicts rows, the count of which is given.</param>
/// <param name="free">Lets go of it.</param>
internal sealed class RefreshModel(Action<float[], int> predict, Action free)
{
    private static readonly Lazy<LanePool> Lanes = new(() => new LanePool());

    /// <summary>The ways to hold a model, by library and name.</summary>
    public static IReadOnlyDictionary<(NativeLibraryKind Library, string Way), Func<byte[], RefreshModel>> Ways { get; } =
        new Dictionary<(NativeLibraryKind, string), Func<byte[], RefreshModel>>
        {
            [(NativeLibraryKind.XGBoost, "lanes")] = content => OfBooster(content, Lanes.Value),
            [(NativeLibraryKind.XGBoost, "callers")] = content => OfBooster(content, null),
            [(NativeLibraryKind.XGBoost, "raw C")] = OfRawXGBoost,
            [(NativeLibraryKind.LightGbm, "lanes")] = content => OfBooster(content, Lanes.Value),
            [(NativeLibraryKind.LightGbm, "callers")] = content => OfBooster(content, null),
            [(NativeLibraryKind.LightGbm, "raw C")] = OfRawLightGbm,
            [(NativeLibraryKind.OnnxRuntime, "callers")] = OfSession,
            [(NativeLibraryKind.OnnxRuntime, "raw C")] = OfRawSession,
        };

    /// <summary>Predicts rows.</summary>
    public void Predict(float[] rows, int count) => predict(rows, count);

    /// <summary>Lets go of the model.</summary>
    public void Free() => free();

    private static RefreshModel OfBooster(byte[] content, LanePool? lanes)
    {
        Booster booster = Booster.Load(content, new BoosterOptions { Engine = EngineKind.Native, Native = new NativeOptions { Lanes = lanes } });
        return new RefreshModel(
            (rows, count) => WithScores(count, (booster, rows), static (scores, state) =>
                state.booster.PredictMargin(state.rows.AsSpan(0, scores.Length * state.booster.Info.Features.Count), scores)),
            booster.Dispose);
    }

    private static RefreshModel OfSession(byte[] content)
    {
        OnnxSession session = OnnxSession.Load(content);
        return new RefreshModel(
            (rows, count) =>
            {
                using OnnxBinding binding = session.Bind();
                binding.SetInput<float>("X", rows.AsSpan(0, count * DenseGraph.Columns));
                binding.Run();
            },
            session.Dispose);
    }

    private static RefreshModel OfRawXGBoost(byte[] content)
    {
        RawXGBoost booster = RawXGBoost.Load(content, threads: 1);
        return new RefreshModel((rows, count) => WithScores(count, (booster, rows), Predict), booster.Dispose);
        static void Predict(Span<float> scores, (RawXGBoost Booster, float[] Rows) state) =>
            state.Booster.Predict(state.Rows.AsSpan(0, scores.Length * DenseGraph.Columns), scores.Length, scores);
    }

    private static RefreshModel OfRawLightGbm(byte[] content)
    {
        RawLightGbm booster = RawLightGbm.Load(content);
        return new RefreshModel(
            (rows, count) =>
            {
                double[] scores = ArrayPool<double>.Shared.Rent(count);
                booster.Predict(rows.AsSpan(0, count * DenseGraph.Columns), count, scores);
                ArrayPool<double>.Shared.Return(scores);
            },
            booster.Dispose);
    }

    private static RefreshModel OfRawSession(byte[] content)
    {
        RawSession session = RawSession.Load(content);
        return new RefreshModel((rows, count) => session.Predict(rows.AsSpan(0, count * DenseGraph.Columns), count), session.Dispose);
    }

    private static void WithScores<TState>(int count, TState state, WithSpan<TState> predict)
    {
        float[] scores = ArrayPool<float>.Shared.Rent(count);
        predict(scores.AsSpan(0, count), state);
        ArrayPool<float>.Shared.Return(scores);
    }

    private delegate void WithSpan<in TState>(Span<float> scores, TState state);
}
