using System;

namespace Inference.Lanes;

/// <summary>Frees native objects on a lane; the other lanes keep what the library held for them, and are told.</summary>
internal sealed class FreeingWork(Lane[] lanes, Action free) : LaneWork
{
    /// <inheritdoc/>
    public override bool Step()
    {
        free();
        foreach (Lane lane in lanes)
        {
            if (!lane.IsCurrent)
            {
                lane.AddRemains();
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public override void Finish(Exception? failure)
    {
        // Freeing does not fail, and nobody waits.
    }
}
