namespace Inference.Formats.LightGbm;

/// <summary>The keys of a LightGBM text model that bear on prediction or on the description of the model.</summary>
/// <remarks>
/// The files hold more (leaf_weight, internal_value, internal_weight, shrinkage, monotone_constraints, tree_sizes'
/// byte counts …). Those only inform, or steer training that continues; LightGBM's own loader skips keys it does not
/// know, and so does this one.
/// </remarks>
internal enum LightGbmKey
{
    // The header.
    Version,
    NumClass,
    NumTreePerIteration,
    MaxFeatureIdx,
    Objective,
    AverageOutput,
    FeatureNames,
    FeatureInfos,
    TreeSizes,

    // A tree.
    NumLeaves,
    NumCat,
    SplitFeature,
    SplitGain,
    Threshold,
    DecisionType,
    LeftChild,
    RightChild,
    LeafValue,
    LeafCount,
    InternalCount,
    CatBoundaries,
    CatThreshold,
    IsLinear,
    LeafConst,
    NumFeatures,
    LeafFeatures,
    LeafCoeff,

    /// <summary>How many keys there are.</summary>
    Count,
}
