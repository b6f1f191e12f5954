using System.Threading.Tasks;
using Inference;

namespace Hosts;

/// <summary>A host that forks as soon as a prediction on lanes has returned, and while one is under way.</summary>
internal static class LanesScenario
{
    private const int Rows = 2048;

    /// <summary>Forks again and again; the first fork of each pool finds lanes that are still starting.</summary>
    /// <param name="model">A small model of XGBoost's.</param>
    /// <param name="rounds">How many children of each way.</param>
    public static int Run(string model, int rounds)
    {
        using LanePool lane = new(Lanes(1)), lanes = new(Lanes(3));
        Children.Run("after work on a lane", rounds, () => RunNothing(lane), () => OutcomeOf(Children.Collect()));
        Children.Run("after work on three lanes", rounds, () => RunNothing(lanes), () => OutcomeOf(Children.Collect()));

        using Booster booster = Booster.Load(model, new BoosterOptions { Engine = EngineKind.Native, Native = new NativeOptions { Lanes = lanes } });
        float[] rows = new float[Rows * booster.Info.Features.Count];
        float[] values = new float[booster.GetOutputLength(Rows, PredictionKind.Value)];
        ValueTask prediction = default;
        Children.Run("during a prediction", rounds, Begin, () => OutcomeOf(prediction.IsCompleted && Children.Collect()));
        Served.Wait(prediction);
        return 0;

        void Begin()
        {
            Served.Wait(prediction);
            prediction = booster.PredictAsync(rows, values);
        }
    }

    private static LaneOptions Lanes(int count) => new() { Lanes = count, AllowsMoreThanBudget = true, Name = "lanes" };

    private static void RunNothing(LanePool lanes)
    {
        NoWork nothing = default;
        lanes.Run(ref nothing);
    }

    private static Outcome OutcomeOf(bool isRight) => isRight ? Outcome.Equal : Outcome.Different;
}
