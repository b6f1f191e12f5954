using System;

namespace Inference.Native.XGBoost;

/// <summary>What a prediction asks for beside its rows.</summary>
internal readonly ref struct XGBoostCall
{
    /// <summary>What it gives.</summary>
    public required XGBoostOutput Output { get; init; }

    /// <summary>The first iteration.</summary>
    public required int Begin { get; init; }

    /// <summary>The iteration after the last; 0 for all.</summary>
    public required int End { get; init; }

    /// <summary>Start scores in float32, (rows, groups); empty for none of this type.</summary>
    public ReadOnlySpan<float> SingleMargins { get; init; }

    /// <summary>Start scores in float64, (rows, groups); empty for none of this type.</summary>
    public ReadOnlySpan<double> DoubleMargins { get; init; }
}
