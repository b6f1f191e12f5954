namespace Inference.Lanes;

/// <summary>Work that a lane does in a caller's place while the caller waits.</summary>
internal interface ILaneJob
{
    /// <summary>Does it.</summary>
    public void Run();
}
