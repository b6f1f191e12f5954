using System;
using Inference.Forests;

namespace Inference.Formats.Onnx;

/// <summary>What an ensemble's sums become: margins, values and the choice of the class, case by case as ONNX Runtime has them.</summary>
/// <remarks>
/// Source: onnxruntime/core/providers/cpu/ml/tree_ensemble_aggregator.h (TreeAggregatorClassifier) and ml_common.h
/// (write_scores). A classifier of two classes has the special cases: where no leaf names the second class, the one
/// score there is becomes two; and base values mean different things by their number.
/// </remarks>
internal sealed record OnnxScores
{
    /// <summary>The margins of a row.</summary>
    public required int OutputCount { get; init; }

    /// <summary>What the leaves add to the margins.</summary>
    public required OnnxLeafWeights Weights { get; init; }

    /// <summary>The base value of each margin.</summary>
    public required double[] BaseMargin { get; init; }

    /// <summary>How margins become values.</summary>
    public required OutputTransform Transform { get; init; }

    /// <summary>How margins choose the class; null for a regressor.</summary>
    public ClassRule? Rule { get; init; }

    /// <summary>The scores of a regressor.</summary>
    /// <exception cref="ModelFormatException">The base values do not fit.</exception>
    public static OnnxScores OfRegressor(OnnxEnsemble ensemble, LoadContext context)
    {
        int outputs = ensemble.OutputCount;
        CheckBase(ensemble, ensemble.BaseValues.Length == 0 || ensemble.BaseValues.Length == outputs, $"0 or {outputs}", context);
        if (ensemble.Aggregation is Aggregation.MinThenBase or Aggregation.MaxThenBase && Array.Exists(ensemble.Weights.Values, double.IsNaN))
        {
            throw context.Unsupported("leaf weights", "a value that is not a number, with MIN or MAX", "numbers");
        }

        double[] bases = ensemble.BaseValues.Length == 0 ? new double[outputs] : ensemble.BaseValues;
        if (outputs > 1 && Array.Exists(bases, value => value != 0))
        {
            // A target that no leaf of the row names comes out as 0, without its base value.
            OnnxClassHit[] hits = OnnxClassHits.Count(ensemble);
            for (int target = 0; target < outputs; target++)
            {
                bases[target] = BaseOf(bases[target], hits[target], context);
            }
        }

        // One target: PROBIT is the only transform that is applied.
        OnnxPostTransform transform = outputs == 1 && ensemble.PostTransform != OnnxPostTransform.Probit ? OnnxPostTransform.None : ensemble.PostTransform;
        return new OnnxScores
        {
            OutputCount = outputs,
            Weights = ensemble.Weights,
            BaseMargin = bases,
            Transform = Transforms(transform),
        };
    }

    /// <summary>The scores of a classifier.</summary>
    /// <exception cref="ModelFormatException">The base values do not fit.</exception>
    /// <exception cref="ModelNotSupportedException">ONNX Runtime's answer depends on the leaves that a row meets, or is undefined.</exception>
    public static OnnxScores OfClassifier(OnnxEnsemble ensemble, LoadContext context)
    {
        int classes = ensemble.OutputCount;
        int bases = ensemble.BaseValues.Length;
        CheckBase(ensemble, classes <= 2 ? bases <= 2 : bases == 0 || bases == classes, classes <= 2 ? "at most 2" : $"0 or {classes}", context);
        OnnxClassHit[] hits = OnnxClassHits.Count(ensemble);
        return classes switch
        {
            1 => OfOneClass(ensemble, context),
            2 => OfTwoClasses(ensemble, hits, context),
            _ => OfManyClasses(ensemble, hits),
        };
    }

    private static OnnxScores OfOneClass(OnnxEnsemble ensemble, LoadContext context)
    {
        if (ensemble.BaseValues.Length == 2)
        {
            throw context.Unsupported(nameof(ensemble.BaseValues), "two base values for one class", "at most one");
        }

        return new OnnxScores
        {
            OutputCount = 1,
            Weights = ensemble.Weights,
            BaseMargin = ensemble.BaseValues.Length == 0 ? [0] : ensemble.BaseValues,
            Transform = Transforms(ensemble.PostTransform == OnnxPostTransform.Probit ? OnnxPostTransform.Probit : OnnxPostTransform.None),
            Rule = ClassRule.Unknown("ONNX Runtime gives a classifier of one class the label 0 or 1, whatever its class is called"),
        };
    }

    private static OnnxScores OfTwoClasses(OnnxEnsemble ensemble, OnnxClassHit[] hits, LoadContext context)
    {
        if (hits[1] == OnnxClassHit.Sometimes)
        {
            throw DependsOnRow(context);
        }

        double[] bases = ensemble.BaseValues;
        bool shares = ensemble.WeightsOneClass && ensemble.WeightsArePositive;
        double threshold = shares ? 0.5 : 0;
        if (hits[1] == OnnxClassHit.Never && bases.Length < 2)
        {
            return OfOneScore(ensemble, BaseOf(bases.Length == 1 ? bases[0] : 0, hits[0], context), shares, context);
        }

        OutputTransform transform = Transforms(ensemble.PostTransform);
        if (hits[1] == OnnxClassHit.Never || bases.Length < 2)
        {
            return new OnnxScores
            {
                OutputCount = 2,
                Weights = ensemble.Weights,
                BaseMargin = [BaseOf(bases.Length > 0 ? bases[0] : 0, hits[0], context), 0],
                Transform = transform,
                Rule = ClassRule.MarginAbove(hits[1] == OnnxClassHit.Never ? 0 : 1, threshold),
            };
        }

        // The second score is the sum for the first class and the second base value, the first its negative.
        return hits[0] != OnnxClassHit.Always ? throw DependsOnRow(context) : new OnnxScores
        {
            OutputCount = 1,
            Weights = ensemble.Weights.Only(0),
            BaseMargin = [bases[1]],
            Transform = transform with { Expansion = RowExpansion.Negative },
            Rule = ClassRule.MarginAbove(0, threshold),
        };
    }

    /// <summary>One score for two classes. Weights that are all positive are shares of a vote, 1 - p and p.</summary>
    private static OnnxScores OfOneScore(OnnxEnsemble ensemble, double baseValue, bool shares, LoadContext context)
    {
        if (ensemble.PostTransform == OnnxPostTransform.Probit)
        {
            throw context.Unsupported(
                "TreeEnsembleClassifier.post_transform", "PROBIT of one score for two classes, of which ONNX Runtime leaves the second undefined", "another transform");
        }

        bool logistic = ensemble.PostTransform == OnnxPostTransform.Logistic;
        return new OnnxScores
        {
            OutputCount = 1,
            Weights = ensemble.Weights,
            BaseMargin = [baseValue],
            Transform = new OutputTransform(logistic ? TransformKind.OnnxLogistic : TransformKind.OnnxNone)
            {
                Expansion = shares && !logistic ? RowExpansion.Complement : RowExpansion.Negative,
            },
            Rule = ClassRule.MarginAbove(0, shares ? 0.5 : 0),
        };
    }

    private static OnnxScores OfManyClasses(OnnxEnsemble ensemble, OnnxClassHit[] hits)
    {
        // Without base values, a class that no leaf of the row names is not chosen even if its score, 0, is the largest.
        bool all = ensemble.BaseValues.Length > 0 || Array.TrueForAll(hits, hit => hit == OnnxClassHit.Always);
        return new OnnxScores
        {
            OutputCount = ensemble.OutputCount,
            Weights = ensemble.Weights,
            BaseMargin = ensemble.BaseValues.Length > 0 ? ensemble.BaseValues : new double[ensemble.OutputCount],
            Transform = Transforms(ensemble.PostTransform),
            Rule = all ? ClassRule.LargestMargin
                : Array.TrueForAll(hits, hit => hit != OnnxClassHit.Sometimes) ? ClassRule.LargestMarginOf(OnnxClassHits.Always(hits))
                : ClassRule.Unknown("which classes ONNX Runtime chooses from depends on the leaves that a row meets"),
        };
    }

    /// <summary>The base value that ONNX Runtime adds: none to a score that no leaf names.</summary>
    private static double BaseOf(double value, OnnxClassHit hit, LoadContext context) => hit switch
    {
        OnnxClassHit.Always => value,
        OnnxClassHit.Never => 0,
        _ => value == 0 ? 0 : throw DependsOnRow(context),
    };

    private static ModelNotSupportedException DependsOnRow(LoadContext context) => context.Unsupported(
        "leaf weights",
        "a class or target that some leaves of every tree name and others do not, so that ONNX Runtime adds base values and chooses transforms by the leaves that a row meets",
        "all leaves of some tree, or none");

    private static OutputTransform Transforms(OnnxPostTransform transform) => new(transform switch
    {
        OnnxPostTransform.Softmax => TransformKind.OnnxSoftmax,
        OnnxPostTransform.Logistic => TransformKind.OnnxLogistic,
        OnnxPostTransform.SoftmaxZero => TransformKind.OnnxSoftmaxZero,
        OnnxPostTransform.Probit => TransformKind.OnnxProbit,
        _ => TransformKind.OnnxNone,
    });

    private static void CheckBase(OnnxEnsemble ensemble, bool fits, string allowed, LoadContext context)
    {
        if (!fits)
        {
            throw context.Broken("base_values", $"{ensemble.BaseValues.Length} for {ensemble.OutputCount} outputs", allowed);
        }
    }
}
