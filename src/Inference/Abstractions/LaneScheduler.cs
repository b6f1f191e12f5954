namespace Inference;

/// <summary>Threads that native predictions run on in their callers' place: a <see cref="LanePool"/>.</summary>
public abstract class LaneScheduler
{
    private protected LaneScheduler()
    {
    }

    /// <summary>How many predictions run at once.</summary>
    public abstract int Lanes { get; }

    /// <summary>How many native threads one prediction uses, its lane included.</summary>
    public abstract int ThreadsPerLane { get; }
}
