using System;
using Inference.Numerics;

namespace Inference.Formats.XGBoost;

/// <summary>Makes the base margins of base_score, in float32 as XGBoost does.</summary>
internal static class XGBoostBaseMargin
{
    /// <summary>XGBoost's kRtEps (include/xgboost/base.h).</summary>
    private const float Epsilon = 1e-6f;

    /// <summary>The base margin of each output.</summary>
    /// <param name="scores">base_score: one for all outputs, or one for each.</param>
    /// <param name="outputs">The number of outputs.</param>
    /// <param name="link">The objective's link.</param>
    /// <param name="version">The release that wrote the file.</param>
    /// <param name="context">For messages.</param>
    public static double[] Compute(float[] scores, int outputs, BaseScoreLink link, XGBoostVersion version, LoadContext context)
    {
        float[] margins = new float[outputs];
        for (int output = 0; output < outputs; output++)
        {
            float score = scores.Length == 1 ? scores[0] : scores[output];
            margins[output] = link switch
            {
                BaseScoreLink.Logit => Logit(score, version, context),
                BaseScoreLink.Log => score > 0 ? PortableMath.Log(score) : throw Refuse(score, "a number above 0", context),
                _ => score,
            };
            if (!float.IsFinite(margins[output]))
            {
                throw Refuse(score, "a finite number", context);
            }
        }

        if (link == BaseScoreLink.Increments)
        {
            // XGBoost 3.4, src/objective/regression_obj.cu, ExpectileRegression::ProbToMargin: from the last to the second.
            for (int output = outputs - 1; output > 0; output--)
            {
                margins[output] = InverseSoftplus((margins[output] - margins[output - 1]) - Epsilon);
            }
        }

        return Array.ConvertAll(margins, static margin => (double)margin);
    }

    /// <summary>From 3.2 on XGBoost keeps the score away from 0 and 1; before, it refused them (src/objective/regression_loss.h).</summary>
    private static float Logit(float score, XGBoostVersion version, LoadContext context)
    {
        bool isKeptAway = version.IsAtLeast(3, 2);
        if (!(score >= 0 && score <= 1) || (score is 0 or 1 && !isKeptAway))
        {
            throw Refuse(score, isKeptAway ? "0 to 1, a probability" : "a probability above 0 and below 1", context);
        }

        if (isKeptAway)
        {
            score = MathF.Min(MathF.Max(score, Epsilon), 1f - Epsilon);
        }

        return -PortableMath.Log((1f / score) - 1f);
    }

    /// <summary>log(exp(x) - 1) as XGBoost writes it: x + log(-expm1(-x)), x at least epsilon (src/common/math.h).</summary>
    private static float InverseSoftplus(float x)
    {
        x = MathF.Max(x, Epsilon);
        return x + PortableMath.Log(-PortableMath.Expm1(-x));
    }

    private static ModelFormatException Refuse(float score, string allowed, LoadContext context) =>
        context.Broken("base_score", FormattableString.Invariant($"{score}"), allowed);
}
