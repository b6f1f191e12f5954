namespace Inference;

/// <summary>How <see cref="EngineKind.Native"/> runs a model.</summary>
/// <remarks>
/// <para>
/// Rows are read in the caller's memory. What a library has no such way for is copied first: rows without their last
/// columns; leaves, contributions, gblinear and dart of XGBoost, which go through its DMatrix. A DMatrix refuses
/// infinities: trees get the largest float32 in their place, which decides alike, a linear booster passes the refusal on.
/// </para>
/// <para>
/// Each call uses one native thread. <see cref="BoosterOptions.Threads"/> splits the rows over managed threads, whose
/// calls run beside each other. On Linux, models of a megabyte or more are loaded on one thread of the process, one after
/// the other while their callers wait: malloc's memory for each thread would grow with every thread that loads.
/// </para>
/// <para>
/// LightGBM knows no base margins in prediction: they are added to its raw scores, and the values are then made by this
/// package. Contributions are the library's own (XGBoost's in float32), of trees up to 1000 splits deep; LightGBM makes them
/// for one caller of a model at a time. The first use of a range of iterations with LightGBM makes a booster of that range,
/// which is kept.
/// </para>
/// <para>
/// A file of a later version than the library may be refused (<see cref="NativeCallException"/>) or read wrongly, which
/// <see cref="ChecksAgainstManaged"/> finds (<see cref="NativeMismatchException"/>).
/// </para>
/// </remarks>
public sealed record NativeOptions
{
    /// <summary>The defaults: libraries searched, one native thread, refused after a fork, checked against the managed engine.</summary>
    public static NativeOptions Default { get; } = new();

    /// <value>
    /// The library's file, or the folder it is in. Default: <see langword="null"/>, searched in the environment variable
    /// INFERENCE_NATIVE_PATH (folders, or files under the libraries' own names, separated as in PATH), the application's <c>runtimes/&lt;rid&gt;/native</c> and
    /// the system's folders. A process holds one file of each library: a second path is refused.
    /// </value>
    public string? LibraryPath { get; init; }

    /// <value>What a prediction does in a forked child. Default: <see cref="ForkPolicy.Refuse"/>.</value>
    public ForkPolicy Fork { get; init; }

    /// <value>
    /// The most rows of one native call, at least 1; larger batches are split. It bounds the buffers that the libraries keep
    /// for each thread that ever predicted. Default: 4096.
    /// </value>
    public int RowsPerCall { get; init; } = 4096;

    /// <value>
    /// The threads that predictions run on, <see cref="LaneScheduler.ThreadsPerLane"/> native threads each. Default:
    /// <see langword="null"/>, each on its caller's thread with one native thread.
    /// </value>
    public LaneScheduler? Lanes { get; init; }

    /// <value>
    /// Whether a load scores up to 32 rows made from the model with the native library and with the managed engine and
    /// refuses the model (<see cref="NativeMismatchException"/>) where they differ. Default: <see langword="true"/>.
    /// </value>
    public bool ChecksAgainstManaged { get; init; } = true;
}
