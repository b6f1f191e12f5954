using System.Globalization;
using Inference.Forests;

namespace Inference.Formats.Onnx;

/// <summary>How a model chooses a class, and what its classes are called.</summary>
internal static class OnnxLabels
{
    /// <summary>The rule and the names, from the ensemble or from nodes after it.</summary>
    /// <exception cref="ModelFormatException">A table of names does not fit the classes.</exception>
    public static (ClassRule? Rule, string[] Classes) Choose(OnnxGraph graph, OnnxEnsemble ensemble, OnnxScores scores, LoadContext context)
    {
        if (graph.Label == OnnxLabelSource.LargestScore)
        {
            int count = scores.Transform.ValueCount(scores.OutputCount);
            string[] names = graph.LabelTable ?? new string[count];
            for (int i = 0; graph.LabelTable is null && i < count; i++)
            {
                names[i] = i.ToString(CultureInfo.InvariantCulture);
            }

            return names.Length == count ? (ClassRule.LargestValue, names) : throw context.Broken(
                "class labels", $"{names.Length} labels for {count} scores", "one for each");
        }

        string[] classes = ensemble.Classes ?? [];
        if (graph.LabelTable is not { } table)
        {
            return (scores.Rule, classes);
        }

        string[] picked = new string[classes.Length];
        for (int i = 0; i < picked.Length; i++)
        {
            picked[i] = int.TryParse(classes[i], NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < table.Length
                ? table[index]
                : throw context.Broken("class labels", $"label {classes[i]} of a table of {table.Length}", "a place in the table");
        }

        return (scores.Rule, picked);
    }
}
