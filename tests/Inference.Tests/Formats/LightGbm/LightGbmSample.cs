using System;
using System.Text;
using Inference.Formats;
using Inference.Forests;

namespace Inference.Tests.Formats.LightGbm;

/// <summary>A small sound model with every part that a tree can have, to be changed line by line.</summary>
internal static class LightGbmSample
{
    /// <summary>Two trees: plain leaves with a category split, and linear leaves.</summary>
    public const string Text =
        """
        tree
        version=v4
        num_class=1
        num_tree_per_iteration=1
        label_index=0
        max_feature_idx=1
        objective=regression
        feature_names=size city
        feature_infos=[0:10] -1:0:1:2:33
        tree_sizes=467 436

        Tree=0
        num_leaves=3
        num_cat=1
        split_feature=1 0
        split_gain=4 2
        threshold=0 0.5
        decision_type=9 8
        left_child=-1 -2
        right_child=1 -3
        leaf_value=10 20 30
        leaf_weight=4 3 2
        leaf_count=40 30 20
        internal_value=0 1
        internal_weight=9 5
        internal_count=90 50
        cat_boundaries=0 2
        cat_threshold=5 2147483650
        is_linear=0
        shrinkage=0.1


        Tree=1
        num_leaves=2
        num_cat=0
        split_feature=0
        split_gain=1
        threshold=5
        decision_type=8
        left_child=-1
        right_child=-2
        leaf_value=100 200
        leaf_weight=5 4
        leaf_count=50 40
        internal_value=0
        internal_weight=9
        internal_count=90
        is_linear=1
        leaf_const=1 2
        num_features=2 0
        leaf_features=0 1   
        leaf_coeff=2 3   
        shrinkage=0.1


        end of trees

        feature_importances:
        size=2
        city=1

        parameters:
        [boosting: gbdt]
        [categorical_feature: 1]
        end of parameters

        pandas_categorical:null

        """;

    /// <summary>The model with a piece of its text changed.</summary>
    /// <exception cref="ArgumentException">The text does not hold the piece exactly once.</exception>
    public static string With(string piece, string replacement)
    {
        int start = Text.IndexOf(piece, StringComparison.Ordinal);
        return start < 0 || Text.IndexOf(piece, start + 1, StringComparison.Ordinal) >= 0
            ? throw new ArgumentException($"'{piece}' is not there exactly once", nameof(piece))
            : Text.Replace(piece, replacement, StringComparison.Ordinal);
    }

    /// <summary>Reads a text as a model.</summary>
    public static Forest Read(string text) => ModelFile.Read(Encoding.UTF8.GetBytes(text), new LoadContext("sample", LoadLimits.Default));

    /// <summary>The margins of one row.</summary>
    public static double[] Margins(string text, params double[] row)
    {
        using Booster booster = Booster.Load(Encoding.UTF8.GetBytes(text), new BoosterOptions { Engine = EngineKind.Reference });
        double[] margins = new double[booster.Info.OutputCount];
        booster.PredictMargin(row, margins);
        return margins;
    }
}
