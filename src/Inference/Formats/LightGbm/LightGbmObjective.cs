using System;
using System.Text;
using Inference.Forests;

namespace Inference.Formats.LightGbm;

/// <summary>The meaning of the line "objective=": which function turns margins into values.</summary>
/// <remarks>LightGBM, src/objective: ToString writes the line, the constructor from words reads it, ConvertOutput is the function.</remarks>
internal static class LightGbmObjective
{
    private const string Known =
        "regression, regression_l1, huber, fair, quantile, mape, poisson, gamma, tweedie, binary, multiclass, multiclassova, "
        + "cross_entropy (xentropy), cross_entropy_lambda (xentlambda), lambdarank, rank_xendcg, custom";

    /// <summary>The transform of a model.</summary>
    /// <exception cref="ModelFormatException">A parameter is absent or wrong.</exception>
    /// <exception cref="ModelNotSupportedException">The objective is unknown.</exception>
    public static OutputTransform Read(LightGbmModelRecord record, LoadContext context)
    {
        if (record.Objective is not { } objective)
        {
            return default;
        }

        string[] words = objective.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        OutputTransform transform = (words.Length == 0 ? "" : words[0]) switch
        {
            "regression" or "regression_l1" or "fair" or "quantile" or "mape" =>
                new(words.AsSpan(1).Contains("sqrt") ? TransformKind.SignedSquare : TransformKind.Identity),

            // huber takes no square root: LightGBM switches it off when it reads the line.
            "huber" or "lambdarank" or "rank_xendcg" or "custom" or "none" or "null" or "na" => new(TransformKind.Identity),
            "poisson" or "gamma" or "tweedie" => new(TransformKind.Exp),
            "binary" => new(TransformKind.Sigmoid, Sigmoid(words, context)),
            "cross_entropy" or "xentropy" => new(TransformKind.Sigmoid),
            "cross_entropy_lambda" or "xentlambda" => new(TransformKind.LogOnePlusExp),
            "multiclass" => new(TransformKind.Softmax),
            "multiclassova" => new(TransformKind.Sigmoid, Sigmoid(words, context)),
            "" => throw context.Broken("objective", "an empty line", Known),
            string name => throw context.Unsupported("objective", Quote(name), Known),
        };
        CheckClasses(words, record.ClassCount, context);
        return transform;
    }

    /// <summary>How a model chooses a class; <see langword="null"/> for one that does not classify.</summary>
    public static ClassRule? ClassRule(LightGbmModelRecord record) => record.Objective?.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["binary", ..] => Forests.ClassRule.ValueAbove(0, 0.5),
        ["multiclass" or "multiclassova", ..] => Forests.ClassRule.LargestValue,
        _ => null,
    };

    /// <summary>multiclass and multiclassova name their classes; a custom objective may have any number, everything else has one.</summary>
    private static void CheckClasses(string[] words, int classes, LoadContext context)
    {
        bool isMulticlass = words[0] is "multiclass" or "multiclassova";
        if (isMulticlass)
        {
            string text = Parameter(words, "num_class:", context);
            if (!int.TryParse(text, out int named) || named != classes)
            {
                throw context.Broken("objective", Quote($"num_class:{text}"), $"num_class:{classes}, as in the line num_class");
            }
        }
        else if (classes != 1 && words[0] is not ("custom" or "none" or "null" or "na"))
        {
            throw context.Broken("num_class", $"{classes} classes for the objective '{words[0]}'", "1");
        }
    }

    private static double Sigmoid(string[] words, LoadContext context)
    {
        string text = Parameter(words, "sigmoid:", context);
        double sigmoid = ReadLoosely(text);
        return sigmoid > 0 && double.IsFinite(sigmoid)
            ? sigmoid
            : throw context.Broken("objective", Quote($"sigmoid:{text}"), "a number above 0");
    }

    private static string Parameter(string[] words, string key, LoadContext context)
    {
        foreach (string word in words)
        {
            if (word.StartsWith(key, StringComparison.Ordinal))
            {
                return word[key.Length..];
            }
        }

        throw context.Broken("objective", Quote(string.Join(' ', words)), $"a parameter '{key}…'");
    }

    private static string Quote(string text) => LightGbmText.Quote(Encoding.UTF8.GetBytes(text));

    /// <summary>Reads a number as LightGBM reads this one: digits before the point, plus digits after it over a power of ten.</summary>
    /// <remarks>
    /// LightGBM, include/LightGBM/utils/common.h, Atof. The sum is rounded twice and can miss the nearest double by
    /// one, which the values would show. Numbers with an exponent, which no sane sigmoid has, are read to the nearest.
    /// </remarks>
    private static double ReadLoosely(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (!LightGbmFields.TryDouble(bytes, out double nearest))
        {
            return double.NaN;
        }

        int point = text.IndexOf('.', StringComparison.Ordinal);
        int digits = text.Length - point - 1;
        return point > 0 && digits is > 0 and < 16
            && LightGbmFields.TryInteger(bytes.AsSpan(0, point), 0, int.MaxValue, out long whole)
            && LightGbmFields.TryInteger(bytes.AsSpan(point + 1), 0, uint.MaxValue, out long part)
            ? whole + (part / Math.Pow(10, digits))
            : nearest;
    }
}
