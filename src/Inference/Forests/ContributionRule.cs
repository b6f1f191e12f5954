namespace Inference.Forests;

/// <summary>The arithmetic of contributions: what the library that wrote a model computes, operation by operation.</summary>
/// <remarks>
/// Every rule works in the forest's <see cref="Forest.Precision"/>. All mean the same path-dependent Shapley values; they
/// differ in their roundings, which docs/decisions/0002-contributions.md tells.
/// </remarks>
internal enum ContributionRule : byte
{
    /// <summary>
    /// <see cref="TreeShap{TScore}"/> for each tree alone; then tree after tree its parts times its weight are added up.
    /// A tree's expectation is the mean of its children's, weighed by cover. XGBoost 1.0 to 3.2.
    /// </summary>
    TreeShapByTree,

    /// <summary>
    /// <see cref="TreeShap{TScore}"/>, each leaf's parts added to the sum of all trees at once. A tree's expectation is the
    /// sum of its leaves in their order, each times its share of the rows. LightGBM.
    /// </summary>
    TreeShapByLeaf,

    /// <summary>
    /// <see cref="TreeQuadrature{TScore}"/> for each tree alone, added up as by <see cref="TreeShapByTree"/>. The trees'
    /// expectations are added up in float64. XGBoost from 3.3 on.
    /// </summary>
    Quadrature,
}
