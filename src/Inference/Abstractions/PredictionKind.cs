namespace Inference;

/// <summary>What a prediction computes.</summary>
public enum PredictionKind
{
    /// <summary>The transformed prediction: a probability, a count, a class index. Shape (rows, <see cref="BoosterInfo.ValueCount"/>).</summary>
    Value,

    /// <summary>The raw score before the transform. Shape (rows, <see cref="BoosterInfo.OutputCount"/>).</summary>
    Margin,

    /// <summary>The leaf that each tree leads a row to. Shape (rows, trees in the iteration range).</summary>
    Leaf,

    /// <summary>The Shapley values (TreeSHAP) of the margin, with the training library's bits. Shape (rows, outputs, features + 1); the last column is the bias.</summary>
    Contribution,
}
