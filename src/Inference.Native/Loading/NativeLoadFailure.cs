using System;

namespace Inference.Native.Loading;

/// <summary>A library cannot be had. The assembly above turns it into the exception that users see.</summary>
internal sealed class NativeLoadFailure(NativeKind kind, string where, string found, string allowed, Exception? cause = null)
    : Exception($"{where}: {found}; {allowed}", cause)
{
    /// <summary>The library.</summary>
    public NativeKind Kind { get; } = kind;

    /// <summary>Where it was looked for.</summary>
    public string Where { get; } = where;

    /// <summary>What was found there.</summary>
    public string Found { get; } = found;

    /// <summary>What is needed.</summary>
    public string Allowed { get; } = allowed;
}
