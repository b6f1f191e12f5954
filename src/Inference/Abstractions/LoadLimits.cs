using System;

namespace Inference;

/// <summary>Bounds that a model file must keep. The defaults are far above every real model.</summary>
/// <remarks>A file that exceeds a limit is refused with a <see cref="ModelNotSupportedException"/> that names the limit.</remarks>
public sealed record LoadLimits
{
    /// <summary>The defaults.</summary>
    public static LoadLimits Default { get; } = new();

    /// <value>The largest file, in bytes. Default and upper bound: <see cref="Array.MaxLength"/> (2 GiB).</value>
    public long MaxBytes { get; init; } = Array.MaxLength;

    /// <value>The most nodes in all trees together. Default: 2^28 (268,435,456).</value>
    public long MaxNodes { get; init; } = 1L << 28;

    /// <value>The most features. Default: 2^24 (16,777,216).</value>
    public int MaxFeatures { get; init; } = 1 << 24;
}
