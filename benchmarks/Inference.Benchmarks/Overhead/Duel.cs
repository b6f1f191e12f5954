using System;

namespace Inference.Benchmarks.Overhead;

/// <summary>The same prediction twice, by C alone and through this library: each with a model of its own, on the same rows.</summary>
internal abstract class Duel : IDisposable
{
    /// <summary>Nanoseconds of calls that C makes.</summary>
    public abstract long TimeRaw(int calls);

    /// <summary>Makes calls through this library.</summary>
    public abstract void Call(int calls);

    /// <inheritdoc/>
    public abstract void Dispose();
}
