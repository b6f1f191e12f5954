using System.Collections.Generic;

namespace Inference.Formats.LightGbm;

/// <summary>What a LightGBM text model says, not yet what it means.</summary>
internal sealed record LightGbmModelRecord
{
    /// <summary>The format's version: "v2" (LightGBM 2.0.12 to 2.2), "v3" (2.3 to 3.3) or "v4" (4.x).</summary>
    public required string Version { get; init; }

    /// <summary>num_class.</summary>
    public required int ClassCount { get; init; }

    /// <summary>num_tree_per_iteration.</summary>
    public required int TreesPerIteration { get; init; }

    /// <summary>The objective with its parameters; <see langword="null"/> where the file has none, which is a custom objective.</summary>
    public required string? Objective { get; init; }

    /// <summary>Whether the line average_output is there: a random forest.</summary>
    public required bool AveragesOutput { get; init; }

    /// <summary>The names; <see langword="null"/> where they are the generated Column_0, Column_1 ….</summary>
    public required string[]? FeatureNames { get; init; }

    /// <summary>"[min:max]" for a number, "3:0:7" (category codes) for a categorical feature, "none" for an unused one.</summary>
    public required string[] FeatureInfos { get; init; }

    /// <summary>The trees.</summary>
    public required List<LightGbmTreeRecord> Trees { get; init; }

    /// <summary>The training parameter "boosting"; <see langword="null"/> where the file has no parameters.</summary>
    public string? Boosting { get; init; }

    /// <summary>The training parameter "categorical_feature", column numbers; <see langword="null"/> where the file has none.</summary>
    public int[]? CategoricalFeatures { get; init; }

    /// <summary>The lists of the line pandas_categorical: the categories of the data frame's category columns, in column order.</summary>
    public LightGbmCategories[] PandasCategories { get; init; } = [];
}

/// <summary>One list of pandas_categorical.</summary>
/// <param name="Values">The categories as text, the category of code 0 first.</param>
/// <param name="AreNumbers">Whether every category is a number.</param>
/// <param name="AreMixed">Whether the list mixes texts, numbers and truth values, so that text alone does not name a category.</param>
internal readonly record struct LightGbmCategories(string[] Values, bool AreNumbers, bool AreMixed);

/// <summary>One block "Tree=…". Arrays are parallel by split, leaf or set.</summary>
internal sealed record LightGbmTreeRecord
{
    /// <summary>split_feature, by split.</summary>
    public required int[] SplitFeatures { get; init; }

    /// <summary>threshold, by split: a number, or the number of a category set.</summary>
    public required double[] Thresholds { get; init; }

    /// <summary>decision_type, by split: bit 0 categorical, bit 1 default left, bits 2 and 3 the missing type.</summary>
    public required int[] DecisionTypes { get; init; }

    /// <summary>left_child, by split: a split, or the complement of a leaf.</summary>
    public required int[] LeftChildren { get; init; }

    /// <summary>right_child, by split: a split, or the complement of a leaf.</summary>
    public required int[] RightChildren { get; init; }

    /// <summary>split_gain, by split; <see langword="null"/> where absent.</summary>
    public required double[]? SplitGains { get; init; }

    /// <summary>internal_count, by split; <see langword="null"/> where absent.</summary>
    public required int[]? SplitCounts { get; init; }

    /// <summary>leaf_value, by leaf.</summary>
    public required double[] LeafValues { get; init; }

    /// <summary>leaf_count, by leaf; <see langword="null"/> where absent.</summary>
    public required int[]? LeafCounts { get; init; }

    /// <summary>cat_boundaries: set i is the words from entry i to entry i + 1; ascending from 0.</summary>
    public int[] CategoryBoundaries { get; init; } = [0];

    /// <summary>cat_threshold: the words of the category sets.</summary>
    public uint[] CategoryWords { get; init; } = [];

    /// <summary>The linear leaves; <see langword="null"/> in a tree of plain leaves.</summary>
    public LightGbmLinearRecord? Linear { get; init; }
}

/// <summary>The linear models of a tree's leaves.</summary>
/// <param name="Constants">leaf_const, by leaf.</param>
/// <param name="Counts">num_features, by leaf: how many entries of the two lists are its own.</param>
/// <param name="Features">leaf_features, leaf after leaf.</param>
/// <param name="Coefficients">leaf_coeff, leaf after leaf.</param>
internal sealed record LightGbmLinearRecord(double[] Constants, int[] Counts, int[] Features, double[] Coefficients);
