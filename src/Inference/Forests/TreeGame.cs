using System;
using System.Numerics;

namespace Inference.Forests;

/// <summary>What is explained at once: one tree, one row, one output.</summary>
/// <typeparam name="TRow">float or double.</typeparam>
internal readonly ref struct TreeGame<TRow>
    where TRow : unmanaged, INumberBase<TRow>
{
    /// <summary>The model.</summary>
    public required Forest Forest { get; init; }

    /// <summary>The tree.</summary>
    public required Tree Tree { get; init; }

    /// <summary>What is known of the tree.</summary>
    public required TreeSurvey Survey { get; init; }

    /// <summary>The row.</summary>
    public required ReadOnlySpan<TRow> Row { get; init; }

    /// <summary>The output.</summary>
    public required int Output { get; init; }

    /// <summary>Whether the row goes to a split's left child.</summary>
    public bool GoesLeft(in Node split) => Reference.GoesLeft(Tree, split, Reference.Read(Forest, Row, split.Feature));

    /// <summary>What a leaf says to the output.</summary>
    public TScore LeafValue<TScore>(in Node leaf)
        where TScore : INumberBase<TScore> =>
        TScore.CreateTruncating(Tree.LeafValue(leaf, Output, Forest.OutputCount));

    /// <summary>The share of a split's training rows that one child got. Of a split that none reached, each gets half.</summary>
    public TScore Share<TScore>(int split, int child)
        where TScore : IFloatingPointIeee754<TScore> => TreeSurvey.Share<TScore>(Tree, split, child);
}
