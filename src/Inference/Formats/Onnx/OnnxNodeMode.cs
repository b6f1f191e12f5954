using System;
using Inference.Forests;

namespace Inference.Formats.Onnx;

/// <summary>The tests of ONNX's tree nodes. The numbers up to Member are those of TreeEnsemble (ai.onnx.ml 5).</summary>
internal enum OnnxNodeMode : byte
{
    /// <summary>x &lt;= value.</summary>
    LessOrEqual = 0,

    /// <summary>x &lt; value.</summary>
    Less = 1,

    /// <summary>x &gt;= value.</summary>
    GreaterOrEqual = 2,

    /// <summary>x &gt; value.</summary>
    Greater = 3,

    /// <summary>x == value.</summary>
    Equal = 4,

    /// <summary>x != value.</summary>
    NotEqual = 5,

    /// <summary>x equals a member of a set.</summary>
    Member = 6,

    /// <summary>No test.</summary>
    Leaf = 255,
}

/// <summary>Reads modes and turns them into the canonical tests.</summary>
internal static class OnnxNodeModes
{
    /// <summary>The mode that ai.onnx.ml 1 and 3 write as text; null for an unknown one.</summary>
    public static OnnxNodeMode? Parse(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("LEAF"u8) ? OnnxNodeMode.Leaf
        : text.SequenceEqual("BRANCH_LEQ"u8) ? OnnxNodeMode.LessOrEqual
        : text.SequenceEqual("BRANCH_LT"u8) ? OnnxNodeMode.Less
        : text.SequenceEqual("BRANCH_GTE"u8) ? OnnxNodeMode.GreaterOrEqual
        : text.SequenceEqual("BRANCH_GT"u8) ? OnnxNodeMode.Greater
        : text.SequenceEqual("BRANCH_EQ"u8) ? OnnxNodeMode.Equal
        : text.SequenceEqual("BRANCH_NEQ"u8) ? OnnxNodeMode.NotEqual
        : null;

    /// <summary>A split in canonical form, where the test that holds goes left.</summary>
    /// <param name="mode">The mode; no leaf.</param>
    /// <param name="feature">The feature.</param>
    /// <param name="value">The threshold; of no meaning for Member.</param>
    /// <param name="yes">The child where ONNX's test holds.</param>
    /// <param name="no">The child where it fails.</param>
    /// <param name="missingGoesYes">nodes_missing_value_tracks_true of the node.</param>
    /// <param name="id">The node's number in the file.</param>
    /// <remarks>
    /// ONNX Runtime takes the true branch when the comparison holds, or when the value is NaN and the flag is set
    /// (tree_ensemble_common.h, ProcessTreeNodeLeave). NaN fails every comparison but "not equal", which it passes
    /// whatever the flag says.
    /// </remarks>
    public static Node Split(OnnxNodeMode mode, int feature, double value, int yes, int no, bool missingGoesYes, int id)
    {
        bool swapped = mode is OnnxNodeMode.GreaterOrEqual or OnnxNodeMode.Greater or OnnxNodeMode.NotEqual;
        return new Node
        {
            Value = value,
            Feature = feature,
            Id = id,
            Left = swapped ? no : yes,
            Right = swapped ? yes : no,
            Test = mode switch
            {
                OnnxNodeMode.Less or OnnxNodeMode.GreaterOrEqual => NodeTest.Less,
                OnnxNodeMode.LessOrEqual or OnnxNodeMode.Greater => NodeTest.LessOrEqual,
                OnnxNodeMode.Equal or OnnxNodeMode.NotEqual => NodeTest.Equal,
                _ => NodeTest.ValueInSet,
            },
            Missing = MissingRule.NaNGoesDefault,
            DefaultLeft = mode != OnnxNodeMode.NotEqual && missingGoesYes != swapped,
        };
    }
}
