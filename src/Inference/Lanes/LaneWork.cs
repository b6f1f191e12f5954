using System;

namespace Inference.Lanes;

/// <summary>Something that a lane does, made by its caller and used again: a queue of these needs no memory of its own.</summary>
internal abstract class LaneWork
{
    /// <summary>The link of <see cref="LaneQueue"/>, under its lock.</summary>
    internal LaneWork? Next { get; set; }

    /// <summary>The link of <see cref="LaneQueue"/>, under its lock.</summary>
    internal LaneWork? Previous { get; set; }

    /// <summary>Whether it stands in a queue, under the queue's lock.</summary>
    internal bool IsQueued { get; set; }

    /// <summary>Does a part, on a lane.</summary>
    /// <returns>Whether parts remain: the work goes to the end of the queue, so that long work does not hold up short work.</returns>
    public abstract bool Step();

    /// <summary>Hears of the end, once: after the last part, a part that threw, or instead of any. Must not throw.</summary>
    /// <param name="failure">What went wrong; <see langword="null"/> for nothing.</param>
    public abstract void Finish(Exception? failure);
}
