using System;
using System.Globalization;
using Inference.Forests;

namespace Inference.Formats.XGBoost;

/// <summary>Turns an XGBoost model into the canonical forest.</summary>
/// <remarks>
/// <para>
/// Scores are float32: base margin, then one tree after another, each leaf times its tree's weight (src/predictor of 1.3
/// and later; older releases summed the trees first, which can differ in the last bit).
/// </para>
/// <para>
/// Nothing is allocated from a number alone: features, classes, targets, trees and nodes must be borne out by arrays
/// that the file holds.
/// </para>
/// </remarks>
internal static class XGBoostImporter
{
    /// <summary>As many outputs as any model may name without a tree for each: an empty model of a few classes is sound.</summary>
    private const int UnprovenOutputs = 1024;

    /// <summary>Reads a model.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="format">One of XGBoost's three.</param>
    /// <param name="context">For messages and limits.</param>
    /// <exception cref="ModelFormatException">The file is broken.</exception>
    /// <exception cref="ModelNotSupportedException">The file asks for something unsupported.</exception>
    public static Forest Import(ReadOnlySpan<byte> content, ModelFormat format, LoadContext context) => Import(
        format switch
        {
            ModelFormat.XGBoostJson => XGBoostDocumentReader<JsonDocumentReader>.Read(new JsonDocumentReader(content, context), format, context),
            ModelFormat.XGBoostUbjson => XGBoostDocumentReader<UbjsonDocumentReader>.Read(new UbjsonDocumentReader(content, context), format, context),
            _ => XGBoostBinaryReader.Read(content, context),
        },
        context);

    /// <summary>Gives a record its meaning.</summary>
    /// <exception cref="ModelFormatException">The record contradicts itself.</exception>
    /// <exception cref="ModelNotSupportedException">The record asks for something unsupported.</exception>
    public static Forest Import(XGBoostModelRecord model, LoadContext context)
    {
        XGBoostVersion version = Version(model, context);
        string objectiveName = model.Objective ?? throw Missing("objective", context);
        string booster = model.Booster ?? throw Missing("gradient_booster name", context);
        if (booster is not ("gbtree" or "dart" or "gblinear"))
        {
            throw context.Unsupported("gradient_booster", $"booster \"{XGBoostParameters.Excerpt(booster)}\"", "gbtree, dart, gblinear");
        }

        if (!XGBoostObjective.TryFind(objectiveName, version, out XGBoostObjective objective))
        {
            throw context.Unsupported("objective", $"objective \"{XGBoostParameters.Excerpt(objectiveName)}\"", XGBoostObjective.Names);
        }

        long featureCount = model.FeatureCount ?? throw Missing("num_feature", context);
        context.CheckFeatures(featureCount, "num_feature");
        int features = (int)featureCount;
        float[] baseScore = model.BaseScore ?? throw Missing("base_score", context);
        int outputs = Outputs(model, baseScore.Length, context);
        if (baseScore.Length != 1 && baseScore.Length != outputs)
        {
            throw context.Broken("base_score", $"{baseScore.Length} values", outputs == 1 ? "1, for the only output" : $"1 or {outputs}, one for each output");
        }

        Tree[] trees = [];
        int[] starts = [0];
        LinearModel? linear = null;
        if (booster == "gblinear")
        {
            linear = Linear(model, features, outputs, context);
        }
        else
        {
            trees = XGBoostTreeImporter.Import(model, version, features, outputs, context);
            starts = XGBoostIterations.Starts(model, trees, context);
        }

        BaseScoreLink link = model.BaseScoreIsMargin ? BaseScoreLink.Identity : objective.Link;
        return new Forest
        {
            Origin = Origin(model, version, features, starts.Length - 1, context),
            Precision = ScorePrecision.Single,
            ContributionRule = version.IsAtLeast(3, 3) ? ContributionRule.Quadrature : ContributionRule.TreeShapByTree,
            FeatureCount = features,
            OutputCount = outputs,
            Trees = trees,
            IterationStarts = starts,
            Linear = linear,
            BaseMargin = XGBoostBaseMargin.Compute(baseScore, outputs, link, version, context),
            Aggregation = Aggregation.BaseThenSum,
            Transform = new OutputTransform(objective.Transform),
            ClassRule = XGBoostObjective.ClassRule(objectiveName, outputs),
        };
    }

    private static XGBoostVersion Version(XGBoostModelRecord model, LoadContext context)
    {
        int[] version = model.Version ?? throw Missing("version", context);
        if (version.Length is < 2 or > 3 || Array.Exists(version, static part => part < 0))
        {
            throw context.Broken("version", $"[{string.Join(", ", version.AsSpan(0, Math.Min(version.Length, 4)).ToArray())}]", "two or three numbers of 0 or more");
        }

        return new XGBoostVersion(version[0], version[1], version.Length == 3 ? version[2] : null);
    }

    /// <summary>The number of outputs, if trees, weights or base scores bear it out.</summary>
    private static int Outputs(XGBoostModelRecord model, int baseScores, LoadContext context)
    {
        long classes = model.ClassCount;
        long targets = model.TargetCount;
        if (classes < 0 || targets < 1)
        {
            throw context.Broken(classes < 0 ? "num_class" : "num_target", $"{Math.Min(classes, targets)}", classes < 0 ? "0 or more" : "1 or more");
        }

        if (classes > 1 && targets > 1)
        {
            throw context.Unsupported("num_class", $"{classes} classes and {targets} targets", "several of one kind, as XGBoost has it");
        }

        long proven = Math.Max(Math.Max(UnprovenOutputs, baseScores), model.LinearWeights?.Length ?? 0);
        if (model.Trees is { Length: > 0 } trees)
        {
            int leafVectors = Math.Max(trees[0].BaseWeights?.Length ?? 0, trees[0].LeafWeights?.Length ?? 0);
            proven = Math.Max(proven, Math.Max(trees.Length, leafVectors));
        }

        long outputs = Math.Max(Math.Max(classes, targets), 1);
        return outputs <= proven
            ? (int)outputs
            : throw context.Broken(classes > targets ? "num_class" : "num_target", $"{outputs} outputs", $"at most {proven}, by the trees in the file");
    }

    /// <summary>The weights; <see langword="null"/> before the first round, when there are none and the margin is the base score.</summary>
    private static LinearModel? Linear(XGBoostModelRecord model, int features, int outputs, LoadContext context)
    {
        float[] weights = model.LinearWeights ?? throw Missing("weights of the linear booster", context);
        if (weights.Length == 0)
        {
            return null;
        }

        if (weights.Length != ((long)features + 1) * outputs)
        {
            throw context.Broken("weights", $"{weights.Length} weights", $"{((long)features + 1) * outputs}, for {features} features, the bias and {outputs} outputs");
        }

        int biases = features * outputs;
        return new LinearModel(weights[..biases], weights[biases..]);
    }

    private static ForestOrigin Origin(XGBoostModelRecord model, XGBoostVersion version, int features, int iterations, LoadContext context) => new()
    {
        Source = context.Source,
        Format = model.Format,
        Version = version.ToString(),
        VersionVerified = version.IsVerified,
        Objective = model.Objective!,
        Booster = model.Booster!,
        FeatureNames = OnePerFeature("feature_names", model.FeatureNames, features, context),
        FeatureTypes = OnePerFeature("feature_types", model.FeatureTypes, features, context),
        Vocabularies = XGBoostCategories.Import(model, features, context),
        BestIteration = BestIteration(model, iterations),
    };

    private static string[]? OnePerFeature(string field, string[] texts, int features, LoadContext context) => texts.Length switch
    {
        0 => null,
        int length when length == features => texts,
        int length => throw context.Broken(field, $"{length} texts", $"none, or {features}, one for each feature"),
    };

    /// <summary>
    /// The best iteration, where it names one of the model's. It is an attribute that anyone may set, and releases
    /// before 1.5 left it in models that were cut short, so one that fits nothing is no damage.
    /// </summary>
    private static int? BestIteration(XGBoostModelRecord model, int iterations) =>
        int.TryParse(model.BestIteration, NumberStyles.None, CultureInfo.InvariantCulture, out int best) && best < iterations ? best : null;

    private static ModelFormatException Missing(string what, LoadContext context) =>
        context.Broken("", $"a model without {what}", "what XGBoost's save_model wrote (save_config and dump_model write less)");
}
