using Inference.Lanes;

namespace Hosts;

/// <summary>What takes a lane no time, so that its caller is back before the lane waits again.</summary>
internal struct NoWork : ILaneJob
{
    /// <inheritdoc/>
    public readonly void Run()
    {
    }
}
