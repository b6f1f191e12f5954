using System.Collections.Generic;

namespace Inference;

/// <summary>How an <see cref="OnnxSession"/> is loaded and run.</summary>
public sealed record OnnxSessionOptions
{
    /// <summary>The defaults: the caller's thread, no thread pool, the processor.</summary>
    public static OnnxSessionOptions Default { get; } = new();

    /// <value>
    /// ONNX Runtime's file, or the folder it is in. Default: <see langword="null"/>, searched in the environment variable
    /// INFERENCE_NATIVE_PATH (folders, or files under the libraries' own names, separated as in PATH), the application's <c>runtimes/&lt;rid&gt;/native</c> and
    /// the system's folders. A process holds one file of each library: a second path is refused.
    /// </value>
    public string? LibraryPath { get; init; }

    /// <value>
    /// The threads that one operator may use, the caller's included. Default: 1, the caller's thread, and no pool exists.
    /// More make a pool of this session's own. At least 1. Sums may be added in another order with more threads.
    /// </value>
    public int IntraOpThreads { get; init; } = 1;

    /// <value>The operators of one run that may run at once. Default: 1. More make a pool of this session's own. At least 1.</value>
    public int InterOpThreads { get; init; } = 1;

    /// <value>Whether the threads of a pool wait for work in a loop rather than asleep. Default: <see langword="false"/>.</value>
    public bool AllowSpinning { get; init; }

    /// <value>
    /// The processors of the pool's threads, as ONNX Runtime writes them: numbered from 1, a group for each thread but the
    /// caller's, "1,2;3-4" for three threads. Default: <see langword="null"/>, not pinned.
    /// </value>
    public string? ThreadAffinity { get; init; }

    /// <value>How far the graph may be rewritten. Default: <see cref="OnnxGraphOptimization.All"/>.</value>
    public OnnxGraphOptimization GraphOptimization { get; init; } = OnnxGraphOptimization.All;

    /// <value>
    /// Whether working memory comes from an arena that grows with the largest run and is kept until the session is disposed.
    /// Default: <see langword="true"/>. Without it memory goes back after each run, which suits batches of very different size.
    /// </value>
    public bool MemoryArena { get; init; } = true;

    /// <value>
    /// Execution providers in order of preference, by the names that <see cref="OnnxSession.GetAvailableProviders"/> gives.
    /// Operators that none of them has run on the processor. Default: empty, the processor alone.
    /// </value>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <value>
    /// Further configuration entries of ONNX Runtime's onnxruntime_session_options_config_keys.h, key and value; they overrule
    /// the options above. Default: empty.
    /// </value>
    public IReadOnlyDictionary<string, string> ConfigEntries { get; init; } = new Dictionary<string, string>();
}
