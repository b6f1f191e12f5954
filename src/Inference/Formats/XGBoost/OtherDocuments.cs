using System;

namespace Inference.Formats.XGBoost;

/// <summary>Recognises documents of other tools, and of XGBoost itself, by a name at their top.</summary>
internal static class OtherDocuments
{
    /// <summary>What a document with this member at its top is; <see langword="null"/> where the name says nothing.</summary>
    public static string? NameOf(ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual("tree_info"u8) || name.SequenceEqual("pandas_categorical"u8) || name.SequenceEqual("feature_infos"u8)
            => "a LightGBM dump_model document, which lacks digits (save_model writes the text that this library reads)",
        _ when name.SequenceEqual("oblivious_trees"u8) || name.SequenceEqual("features_info"u8) || name.SequenceEqual("scale_and_bias"u8)
            => "a CatBoost JSON model, which this version does not read",
        _ when name.SequenceEqual("Model"u8) || name.SequenceEqual("Config"u8)
            => "a serialized XGBoost booster with its training state (a pickle's content)",
        _ when name.SequenceEqual("nodeid"u8)
            => "a tree of XGBoost's dump_model, which is for people to read",
        _ when name.SequenceEqual("learner_train_param"u8) || name.SequenceEqual("generic_param"u8)
            => "an XGBoost configuration (save_config), which holds no trees",
        _ => null,
    };
}
