namespace Inference;

/// <summary>How <see cref="EngineKind.Native"/> runs a model.</summary>
public sealed record NativeOptions
{
    /// <summary>The defaults: libraries searched, one native thread, refused after a fork, checked against the managed engine.</summary>
    public static NativeOptions Default { get; } = new();

    /// <value>
    /// The library's file, or the folder it is in. Default: <see langword="null"/>, searched in the environment variable
    /// INFERENCE_NATIVE_PATH (folders or files, separated as in PATH), the application's <c>runtimes/&lt;rid&gt;/native</c> and
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
    /// Whether a load scores a few rows with the native library and with the managed engine and refuses the model where they
    /// differ. Default: <see langword="true"/>.
    /// </value>
    public bool ChecksAgainstManaged { get; init; } = true;
}
