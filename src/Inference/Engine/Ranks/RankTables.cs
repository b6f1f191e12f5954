using System.Collections.Generic;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>What the columns of all groups lie in, one behind the other.</summary>
internal sealed class RankTables
{
    /// <summary>The search tables in float32.</summary>
    public List<float> Singles { get; } = [];

    /// <summary>The thresholds in float64.</summary>
    public List<double> Doubles { get; } = [];

    /// <summary>The masked columns.</summary>
    public List<MaskColumn> MaskColumns { get; } = [];

    /// <summary>The numbers of the thresholds that are masked.</summary>
    public List<byte> MaskNumbers { get; } = [];
}
