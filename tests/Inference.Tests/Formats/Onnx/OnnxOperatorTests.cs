using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Formats.Onnx;

/// <summary>
/// Every tree operator, mode, aggregate, transform and special case of ONNX, on rows with NaN, infinities and signed
/// zeros, against what ONNX Runtime 1.30 answered (fixtures/onnx-operators; the script beside the fixtures made them and
/// found that ONNX Runtime's answers do not depend on the rows beside them).
/// </summary>
public class OnnxOperatorTests
{
    private static readonly JsonElement Recorded = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Fixtures, "onnx-operators", "cases.json"))).RootElement;

    private static readonly Dictionary<string, JsonElement> Cases = Recorded.GetProperty("cases").EnumerateArray().ToDictionary(one => one.GetProperty("name").GetString()!);

    private static readonly double[] Rows = Numbers<double>(Recorded, "rows");

    private static readonly float[] SingleRows = Array.ConvertAll(Rows, value => (float)value);

    private static int RowCount => Rows.Length / Recorded.GetProperty("columns").GetInt32();

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Scores_have_the_bits_that_onnx_runtime_gave(string name)
    {
        using Booster booster = Load(name);
        if (Cases[name].GetProperty("scores_type").GetString() == "Float64Array")
        {
            double[] actual = new double[booster.GetOutputLength(RowCount)];
            booster.Predict(Rows, actual);
            Bits.Equal(Numbers<double>(Cases[name], "scores"), actual, name);
        }
        else
        {
            float[] actual = new float[booster.GetOutputLength(RowCount)];
            Predict(booster, name, actual);
            Bits.Equal(Numbers<float>(Cases[name], "scores"), actual, name);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Labels_are_those_that_onnx_runtime_chose(string name)
    {
        using Booster booster = Load(name);
        int[] classes = new int[RowCount];
        if (!Cases[name].TryGetProperty("label", out JsonElement labels) || name == "one-class")
        {
            Assert.Throws<ModelNotSupportedException>(() => booster.PredictClass(SingleRows, classes));
            return;
        }

        if (Cases[name].GetProperty("double_rows").GetBoolean())
        {
            booster.PredictClass(Rows, classes);
        }
        else
        {
            booster.PredictClass(SingleRows, classes);
        }

        Assert.Equal(labels.EnumerateArray().Select(label => label.GetString()), classes.Select(index => booster.Info.Classes[index]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Rows_alone_answer_as_they_do_together(string name)
    {
        using Booster booster = Load(name);
        float[] together = new float[booster.GetOutputLength(RowCount)];
        Predict(booster, name, together);
        int columns = Rows.Length / RowCount, values = together.Length / RowCount;
        float[] alone = new float[values];
        for (int row = 0; row < RowCount; row++)
        {
            if (Cases[name].GetProperty("double_rows").GetBoolean())
            {
                booster.Predict(Rows.AsSpan(row * columns, columns), alone);
            }
            else
            {
                booster.Predict(SingleRows.AsSpan(row * columns, columns), alone);
            }

            Bits.Equal(together.AsSpan(row * values, values), alone, $"{name}, row {row}");
        }
    }

    private static Booster Load(string name) => Booster.Load(Cases[name].GetProperty("model").GetBytesFromBase64());

    private static void Predict(Booster booster, string name, float[] values)
    {
        if (Cases[name].GetProperty("double_rows").GetBoolean())
        {
            booster.Predict(Rows, values);
        }
        else
        {
            booster.Predict(SingleRows, values);
        }
    }

    private static T[] Numbers<T>(JsonElement parent, string name)
        where T : struct => MemoryMarshal.Cast<byte, T>(parent.GetProperty(name).GetBytesFromBase64()).ToArray();
}
