using System;
using Inference.Forests;

namespace Inference.Formats.XGBoost;

/// <summary>How XGBoost makes a margin of base_score (ProbToMargin).</summary>
internal enum BaseScoreLink : byte
{
    /// <summary>margin = base_score.</summary>
    Identity,

    /// <summary>margin = -log(1 / base_score - 1).</summary>
    Logit,

    /// <summary>margin = log(base_score).</summary>
    Log,

    /// <summary>The first as it is, then the inverse softplus of each step to the next.</summary>
    Increments,
}

/// <summary>What an objective means to prediction: the way in for base_score, and the way out for margins.</summary>
/// <param name="Link">From base_score to the base margin.</param>
/// <param name="Transform">From margins to values.</param>
/// <remarks>
/// Sources: ProbToMargin and PredTransform in src/objective of 0.90 to 3.4. What changed over time: binary:logitraw
/// has its base_score as a probability up to 1.3.0 and as a margin from 1.3.1; from 3.4 quantiles are sorted.
/// </remarks>
internal readonly record struct XGBoostObjective(BaseScoreLink Link, TransformKind Transform)
{
    /// <summary>The names of all known objectives, for messages.</summary>
    public const string Names =
        "reg:squarederror, reg:linear, reg:squaredlogerror, reg:pseudohubererror, reg:absoluteerror, reg:quantileerror, "
        + "reg:expectileerror, reg:logistic, reg:gamma, reg:tweedie, count:poisson, survival:cox, survival:aft, binary:logistic, "
        + "binary:logitraw, binary:hinge, multi:softmax, multi:softprob, rank:pairwise, rank:ndcg, rank:map";

    /// <summary>Finds an objective as a release of XGBoost understands it.</summary>
    /// <returns>Whether the name is known.</returns>
    public static bool TryFind(string name, XGBoostVersion version, out XGBoostObjective objective)
    {
        // Releases up to 0.90 had four objectives under a second name.
        XGBoostObjective? found = (name.StartsWith("gpu:", StringComparison.Ordinal) ? name["gpu:".Length..] : name) switch
        {
            "reg:squarederror" or "reg:linear" or "reg:squaredlogerror" or "reg:pseudohubererror" or "reg:absoluteerror"
                => new(BaseScoreLink.Identity, TransformKind.Identity),
            "reg:quantileerror"
                => new(BaseScoreLink.Identity, version.IsAtLeast(3, 4) ? TransformKind.Ascending : TransformKind.Identity),
            "reg:expectileerror"
                => new(BaseScoreLink.Increments, TransformKind.ExpectileIncrements),
            "reg:logistic" or "binary:logistic"
                => new(BaseScoreLink.Logit, TransformKind.XGBoostSigmoid),
            "reg:gamma" or "reg:tweedie" or "count:poisson" or "survival:cox" or "survival:aft"
                => new(BaseScoreLink.Log, TransformKind.Exp),
            "binary:logitraw"
                => new(version.IsAtLeast(1, 3) && version is not (1, 3, 0) ? BaseScoreLink.Identity : BaseScoreLink.Logit, TransformKind.Identity),
            "binary:hinge"
                => new(BaseScoreLink.Identity, TransformKind.Hinge),
            "multi:softmax"
                => new(BaseScoreLink.Identity, TransformKind.ArgMax),
            "multi:softprob"
                => new(BaseScoreLink.Identity, TransformKind.XGBoostSoftmax),
            "rank:pairwise" or "rank:ndcg" or "rank:map"
                => new(BaseScoreLink.Identity, TransformKind.Identity),
            _ => null,
        };
        objective = found.GetValueOrDefault();
        return found.HasValue;
    }

    /// <summary>How an objective chooses a class; <see langword="null"/> for one that does not classify.</summary>
    public static ClassRule? ClassRule(string name, int outputs) => name switch
    {
        "multi:softmax" => Forests.ClassRule.LargestMargin,
        "multi:softprob" => Forests.ClassRule.LargestValue,
        _ when !name.Contains("binary:", StringComparison.Ordinal) => null,
        _ when outputs > 1 => Forests.ClassRule.Unknown("the model has several targets, each a choice of its own"),
        _ when name.EndsWith("logitraw", StringComparison.Ordinal) => Forests.ClassRule.MarginAbove(0, 0),
        _ => Forests.ClassRule.ValueAbove(0, 0.5),
    };
}

/// <summary>The release of XGBoost that wrote a file.</summary>
/// <param name="Major">The first number; 0 stands for every release before 1.0 in the old binary format.</param>
/// <param name="Minor">The second number.</param>
/// <param name="Patch">The third number; <see langword="null"/> in the old binary format.</param>
internal readonly record struct XGBoostVersion(int Major, int Minor, int? Patch)
{
    /// <summary>Whether goldens of this release are among the tests: 1.7 and 3.4, whose patches do not change prediction.</summary>
    public bool IsVerified => (Major, Minor) is (1, 7) or (3, 4);

    /// <summary>Whether the release is this one or a later one.</summary>
    public bool IsAtLeast(int major, int minor) => Major > major || (Major == major && Minor >= minor);

    public override string ToString() => Patch is { } patch
        ? $"{Major}.{Minor}.{patch}"
        : Major == 0 ? "before 1.0" : $"{Major}.{Minor}";
}
