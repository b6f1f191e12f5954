using System.Numerics;
using Inference.Forests;

namespace Inference.Engine.Ranks;

/// <summary>A numeric split in the one form that ranks can express: right where x is at or above a threshold, or missing and sent right.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
/// <param name="Feature">The feature.</param>
/// <param name="Threshold">Left below it; a NaN where no value goes right.</param>
/// <param name="ZeroIsMissing">Whether zero, and what LightGBM takes for it, is missing too.</param>
/// <param name="MissingGoesRight">Where missing values go.</param>
internal readonly record struct RankSplit<T>(int Feature, T Threshold, bool ZeroIsMissing, bool MissingGoesRight)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The value that is compared: 2 f for feature f, 2 f + 1 for feature f where zero is missing.</summary>
    public int Key => (2 * Feature) + (ZeroIsMissing ? 1 : 0);

    /// <summary>Whether a threshold lies in what LightGBM takes for zero: there it matters whether such a value has been made zero.</summary>
    public static bool IsTiny(T threshold) => double.CreateTruncating(threshold) is > -Reference.TinyBound and <= Reference.TinyBound;

    /// <summary>Brings a split into the form; <see langword="false"/> for tests of other kinds and thresholds that no rank expresses.</summary>
    /// <remarks>x &lt;= t is x &lt; next(t), and where NaN counts as zero its direction is zero's: both are known without a row.</remarks>
    public static bool TryFrom(in Node node, out RankSplit<T> split)
    {
        split = default;
        T threshold = T.CreateTruncating(node.Value);
        bool takesAll = node.Test == NodeTest.LessOrEqual && T.IsPositiveInfinity(threshold);
        if (node.Test == NodeTest.LessOrEqual)
        {
            // What is left alone by infinity is what is missing: trees that were trained with missing values ask for it.
            threshold = takesAll ? T.NaN : T.BitIncrement(threshold);
        }
        else if (node.Test != NodeTest.Less)
        {
            return false;
        }

        // A missing value that goes left stands for minus infinity, which is not below itself.
        bool missingGoesLeft = node.Missing == MissingRule.NaNIsZero ? takesAll || T.Zero < threshold : node.DefaultLeft;
        if ((T.IsNaN(threshold) && !takesAll) || (T.IsNegativeInfinity(threshold) && missingGoesLeft))
        {
            return false;
        }

        split = new RankSplit<T>(node.Feature, threshold, node.Missing == MissingRule.ZeroGoesDefault, !missingGoesLeft);
        return true;
    }
}
