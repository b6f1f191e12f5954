namespace Inference;

/// <summary>Every lane is busy and as many predictions wait as may wait; nothing was computed. Asking again later can succeed.</summary>
public sealed class LanesBusyException : InferenceException
{
    internal LanesBusyException(string source, int waiting)
        : base($"{source}: {waiting} predictions wait for a lane; LaneOptions.QueueLength allows {waiting}") => Waiting = waiting;

    /// <summary>How many predictions were waiting.</summary>
    public int Waiting { get; }
}
