namespace Inference.Native.LightGbm;

/// <summary>What a prediction gives, as LightGBM counts it.</summary>
internal enum LightGbmOutput
{
    /// <summary>Transformed predictions.</summary>
    Value = 0,

    /// <summary>Raw scores.</summary>
    Margin = 1,

    /// <summary>Leaf numbers.</summary>
    Leaf = 2,

    /// <summary>Shapley values of the raw scores.</summary>
    Contribution = 3,
}
