namespace Inference.Kernels;

/// <summary>Work on planes, for registers of any width.</summary>
internal interface IPlaneWork
{
    /// <summary>Does the work with registers of one width, a whole number of which fill a plane.</summary>
    public void Run<TLanes>()
        where TLanes : struct, IBitLanes<TLanes>;
}
