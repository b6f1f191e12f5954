using System;
using System.Collections.Generic;

namespace Inference.Benchmarks.Races;

/// <summary>One generation of a model that threads fight over.</summary>
internal abstract class RaceSubject : IDisposable
{
    /// <summary>What can race, by name.</summary>
    public static IReadOnlyDictionary<string, Func<RaceSubject>> All { get; } = new Dictionary<string, Func<RaceSubject>>
    {
        ["XGBoost on callers"] = () => new RacingBooster(RacingBooster.XGBoost, null),
        ["XGBoost on lanes"] = () => new RacingBooster(RacingBooster.XGBoost, RacingBooster.Lanes),
        [LightGbmOnCallers] = () => new RacingBooster(RacingBooster.LightGbm, null),
        [LightGbmOnLanes] = () => new RacingBooster(RacingBooster.LightGbm, RacingBooster.Lanes),
        ["ONNX Runtime"] = () => new RacingSession(),
    };

    /// <summary>Those that run in LightGBM.</summary>
    public static IReadOnlyList<string> LightGbmAlone { get; } = [LightGbmOnCallers, LightGbmOnLanes];

    private const string LightGbmOnCallers = "LightGBM on callers";
    private const string LightGbmOnLanes = "LightGBM on lanes";

    /// <summary>Predicts in one of many ways.</summary>
    /// <param name="variant">Any number.</param>
    /// <returns>Whether the answer has the expected bits.</returns>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    public abstract bool Predict(int variant);

    /// <inheritdoc/>
    public abstract void Dispose();
}
