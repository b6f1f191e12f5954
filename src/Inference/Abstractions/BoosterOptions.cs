namespace Inference;

/// <summary>How a <see cref="Booster"/> is loaded and run.</summary>
public sealed record BoosterOptions
{
    /// <summary>The defaults: the managed engine on the caller's thread.</summary>
    public static BoosterOptions Default { get; } = new();

    /// <value>The engine that runs the model. Default: <see cref="EngineKind.Auto"/>.</value>
    public EngineKind Engine { get; init; }

    /// <value>
    /// The most threads that one prediction may use, the caller's included. Default: 1, the caller's thread alone.
    /// Must be at least 1. The scores have the same bits for every number. Further threads are .NET's pool's; after a call
    /// each looks for the next one for a quarter of the time that it has helped, 100 microseconds at most, and every 20 milliseconds the pool's
    /// other work comes first.
    /// </value>
    public int Threads { get; init; } = 1;

    /// <value>How the native engine runs, where <see cref="Engine"/> asks for it. Default: <see cref="NativeOptions.Default"/>.</value>
    public NativeOptions Native { get; init; } = NativeOptions.Default;

    /// <value>Bounds on what a model file may ask for. Default: <see cref="LoadLimits.Default"/>.</value>
    public LoadLimits Limits { get; init; } = LoadLimits.Default;

    /// <value>
    /// Whether rows with fewer columns than the model has features are accepted, their absent columns counting as
    /// missing values. Default: <see langword="false"/>, such rows are refused.
    /// </value>
    public bool AbsentColumnsAreMissing { get; init; }
}
