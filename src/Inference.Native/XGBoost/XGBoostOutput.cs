namespace Inference.Native.XGBoost;

/// <summary>What a prediction gives, as XGBoost counts it.</summary>
internal enum XGBoostOutput
{
    /// <summary>Transformed predictions.</summary>
    Value = 0,

    /// <summary>Raw scores.</summary>
    Margin = 1,

    /// <summary>Shapley values of the raw scores.</summary>
    Contribution = 2,

    /// <summary>Node ids of leaves.</summary>
    Leaf = 6,
}
