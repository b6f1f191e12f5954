using System.Collections.Generic;

namespace Inference.Native.OnnxRuntime;

/// <summary>How a session is made; values are ONNX Runtime's own.</summary>
internal sealed record OrtSessionSettings
{
    /// <summary>Threads inside an operator, the caller's included.</summary>
    public required int IntraOpThreads { get; init; }

    /// <summary>Operators at a time.</summary>
    public required int InterOpThreads { get; init; }

    /// <summary>GraphOptimizationLevel.</summary>
    public required int GraphOptimization { get; init; }

    /// <summary>Whether memory comes from an arena.</summary>
    public required bool MemoryArena { get; init; }

    /// <summary>Execution providers, by the names that <see cref="OrtEnvironment.Providers"/> gives.</summary>
    public required IReadOnlyList<string> Providers { get; init; }

    /// <summary>Configuration entries.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Entries { get; init; }
}
