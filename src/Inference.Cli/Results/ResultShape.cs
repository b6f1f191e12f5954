using System.Globalization;

namespace Inference.Cli.Results;

/// <summary>What the results of a row are: their dimensions in a .npy file, their names in a CSV.</summary>
/// <param name="Inner">The dimensions after the rows'; none where a row has one number.</param>
/// <param name="Names">The names of a row's results, as many as the dimensions' product.</param>
internal sealed record ResultShape(int[] Inner, string[] Names)
{
    /// <summary>The results of a prediction.</summary>
    public static ResultShape Of(Booster booster, PredictionKind kind, IterationRange iterations, int firstIteration)
    {
        BoosterInfo info = booster.Info;
        return kind switch
        {
            PredictionKind.Value => Outputs("value", info.ValueCount, info),
            PredictionKind.Margin => Outputs("margin", info.OutputCount, info),
            PredictionKind.Leaf => Leaves(booster, iterations, firstIteration),
            _ => Contributions(info),
        };
    }

    private static ResultShape Outputs(string noun, int count, BoosterInfo info)
    {
        string[] names = new string[count];
        for (int output = 0; output < count; output++)
        {
            names[output] = count == 1 ? noun : $"{noun}_{OutputName(info, output, count)}";
        }

        return new ResultShape(count == 1 ? [] : [count], names);
    }

    private static ResultShape Leaves(Booster booster, IterationRange iterations, int firstIteration)
    {
        int count = booster.GetOutputLength(1, PredictionKind.Leaf, iterations);
        int first = firstIteration == 0 ? 0 : booster.GetOutputLength(1, PredictionKind.Leaf, 0..firstIteration);
        string[] names = new string[count];
        for (int tree = 0; tree < count; tree++)
        {
            names[tree] = string.Create(CultureInfo.InvariantCulture, $"tree_{first + tree}");
        }

        return new ResultShape([count], names);
    }

    private static ResultShape Contributions(BoosterInfo info)
    {
        int features = info.Features.Count, outputs = info.OutputCount;
        string[] names = new string[checked(outputs * (features + 1))];
        for (int output = 0; output < outputs; output++)
        {
            string prefix = outputs == 1 ? "" : OutputName(info, output, outputs) + ":";
            for (int feature = 0; feature <= features; feature++)
            {
                names[(output * (features + 1)) + feature] = prefix + (feature == features
                    ? "bias"
                    : info.Features[feature].Name ?? string.Create(CultureInfo.InvariantCulture, $"feature_{feature}"));
            }
        }

        return new ResultShape(outputs == 1 ? [features + 1] : [outputs, features + 1], names);
    }

    private static string OutputName(BoosterInfo info, int output, int count) =>
        info.Classes.Count == count ? info.Classes[output] : output.ToString(CultureInfo.InvariantCulture);
}
