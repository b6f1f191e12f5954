using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Inference.Tests.Properties.Drafts;

namespace Inference.Tests.Properties.XGBoost;

/// <summary>A drafted linear booster and rows for it.</summary>
/// <param name="Features">The columns of a row.</param>
/// <param name="Outputs">The classes, or 1.</param>
/// <param name="BaseScore">The base score, of an objective without a link.</param>
/// <param name="Weights">Row-major (feature, output), the biases last.</param>
/// <param name="Rows">Rows, row-major.</param>
internal sealed record LinearDraft(int Features, int Outputs, float BaseScore, float[] Weights, double[] Rows)
{
    /// <summary>Draws a model and rows.</summary>
    public static LinearDraft Draw(Random random, int size)
    {
        int features = random.Next(1, 2 + (size / 8)), outputs = random.Next(3) == 0 ? random.Next(2, 5) : 1;
        double[] odd = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0d, float.Epsilon, 1e39, 0.1, 16777217];
        return new LinearDraft(
            features,
            outputs,
            DraftPools.SingleLeaf(random),
            [.. Enumerable.Range(0, (features + 1) * outputs).Select(_ => DraftPools.SingleLeaf(random))],
            [.. Enumerable.Range(0, 6 * features).Select(_ => random.Next(4) == 0 ? odd[random.Next(odd.Length)] : DraftPools.Normal(random))]);
    }

    /// <summary>Simpler cases.</summary>
    public IEnumerable<LinearDraft> Smaller()
    {
        for (int half = Rows.Length / Features / 2; half > 0; half /= 2)
        {
            yield return this with { Rows = Rows[..(half * Features)] };
            yield return this with { Rows = Rows[^(half * Features)..] };
        }

        for (int i = 0; i < Weights.Length; i++)
        {
            if (Weights[i] != 0)
            {
                float[] weights = [.. Weights];
                weights[i] = 0;
                yield return this with { Weights = weights };
            }
        }
    }

    /// <summary>The margins by XGBoost's rules: bias and base score, then each present feature in turn, in float32.</summary>
    /// <remarks>XGBoost 1.7.4, src/gbm/gblinear.cc, Pred.</remarks>
    public double[] Margins()
    {
        List<double> margins = [];
        foreach (double[] row in Rows.Chunk(Features))
        {
            for (int output = 0; output < Outputs; output++)
            {
                float sum = Weights[(Features * Outputs) + output] + BaseScore;
                for (int feature = 0; feature < Features; feature++)
                {
                    float value = (float)row[feature];
                    if (!float.IsNaN(value))
                    {
                        sum += value * Weights[(feature * Outputs) + output];
                    }
                }

                margins.Add(sum);
            }
        }

        return [.. margins];
    }

    /// <summary>The model in each of XGBoost's formats.</summary>
    public IEnumerable<DraftFile> Write()
    {
        yield return new DraftFile("JSON", DocJson.Write(Document()));
        yield return new DraftFile("UBJSON", DocUbjson.Write(Document(), typed: true));
        yield return new DraftFile("UBJSON, plain arrays", DocUbjson.Write(Document(), typed: false));
        yield return new DraftFile("binary", Binary());
    }

    private string Objective => Outputs > 1 ? "multi:softprob" : "reg:squarederror";

    private DocObject Document() => new()
    {
        ["learner"] = new DocObject
        {
            ["attributes"] = new DocObject(),
            ["gradient_booster"] = new DocObject { ["model"] = new DocObject { ["boosted_rounds"] = 10L, ["weights"] = Weights }, ["name"] = "gblinear" },
            ["learner_model_param"] = new DocObject
            {
                ["base_score"] = DocJson.Number(BaseScore),
                ["num_class"] = (Outputs > 1 ? Outputs : 0).ToString(CultureInfo.InvariantCulture),
                ["num_feature"] = Features.ToString(CultureInfo.InvariantCulture),
                ["num_target"] = "1",
            },
            ["objective"] = new DocObject { ["name"] = Objective },
        },
        ["version"] = new object[] { 1L, 7L, 4L },
    };

    private byte[] Binary()
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write("binf"u8);
        writer.Write(BaseScore);
        writer.Write(Features);
        writer.Write(Outputs > 1 ? Outputs : 0);
        writer.Write(0); // no attributes
        writer.Write(0); // no evaluation metrics
        writer.Write(1);
        writer.Write(7);
        writer.Write(1); // targets
        writer.Write(1);
        writer.Write(new byte[25 * 4]);
        foreach (string text in new[] { Objective, "gblinear" })
        {
            writer.Write((long)text.Length);
            writer.Write(Encoding.UTF8.GetBytes(text));
        }

        writer.Write(new byte[34 * 4]);
        writer.Write((long)Weights.Length);
        Array.ForEach(Weights, writer.Write);
        writer.Flush();
        return stream.ToArray();
    }
}
