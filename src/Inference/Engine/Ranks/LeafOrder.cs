namespace Inference.Engine.Ranks;

/// <summary>How the leaves of a tree are numbered that is found by codes.</summary>
internal enum LeafOrder
{
    /// <summary>Codes are numbers.</summary>
    Codes,

    /// <summary>One after the other, in the order of their codes.</summary>
    Ascending,

    /// <summary>One after the other from left to right, as registers of single rows find them.</summary>
    FromLeft,
}
