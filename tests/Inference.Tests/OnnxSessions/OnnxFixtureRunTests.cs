using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Tasks;
using Inference.Cli.Rows;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.OnnxSessions;

/// <summary>Every graph under fixtures answers, bit for bit, what ONNX Runtime 1.30 answered when it was recorded, on one thread.</summary>
public sealed class OnnxFixtureRunTests
{
    private static readonly JsonElement Recorded = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Fixtures, "onnx-operators", "cases.json"))).RootElement;

    public OnnxFixtureRunTests() => Natives.Require(NativeLibraryKind.OnnxRuntime);

    public static TheoryData<string> Graphs => [.. Fixture.All("onnx").Select(fixture => fixture.Name)];

    [Theory]
    [MemberData(nameof(Graphs))]
    public void A_binding_gives_the_recorded_bits(string name)
    {
        Fixture fixture = new("onnx", name);
        using OnnxSession session = OnnxSession.Load(fixture.PathOf("model.onnx"));
        using OnnxBinding binding = session.Bind();
        foreach (OnnxValueInfo input in session.Inputs)
        {
            NpyArray rows = fixture.Read($"input-{input.Name}.npy");
            if (rows.Data is long[] ids)
            {
                binding.SetInput<long>(input.Name, ids, rows.Shape);
            }
            else
            {
                binding.SetInput<float>(input.Name, (float[])rows.Data, rows.Shape);
            }
        }

        // Twice: the second run goes through what the first one bound.
        for (int run = 0; run < 2; run++)
        {
            binding.Run();
            foreach (OnnxValueInfo output in session.Outputs)
            {
                NpyArray expected = fixture.Read($"expected-ort-{output.Name}.npy");
                ReadOnlySpan<int> shape;
                if (expected.Data is long[] labels)
                {
                    Assert.Equal(labels, binding.Output<long>(output.Name, out shape).ToArray());
                }
                else
                {
                    Bits.Equal((float[])expected.Data, binding.Output<float>(output.Name, out shape), $"{name}, {output.Name}");
                }

                Assert.Equal(expected.Shape, shape.ToArray());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public async Task Tensors_by_name_give_the_recorded_bits(string name)
    {
        Fixture fixture = new("onnx", name);
        using OnnxSession session = await OnnxSession.LoadAsync(fixture.PathOf("model.onnx"), cancellationToken: TestContext.Current.CancellationToken);
        Dictionary<string, OnnxTensor> inputs = session.Inputs.ToDictionary(input => input.Name, input => Tensor(fixture.Read($"input-{input.Name}.npy")));
        IReadOnlyDictionary<string, OnnxTensor> outputs = session.Run(inputs, TestContext.Current.CancellationToken);
        Assert.Equal(session.Outputs.Select(output => output.Name), outputs.Keys);
        foreach ((string output, OnnxTensor tensor) in outputs)
        {
            NpyArray expected = fixture.Read($"expected-ort-{output}.npy");
            Assert.Equal(expected.Shape, tensor.Shape);
            Assert.Equal(Bytes(expected.Data), Bytes(tensor.Values));
        }
    }

    public static TheoryData<string> Operators => [.. Recorded.GetProperty("cases").EnumerateArray().Select(one => one.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Operators))]
    public void Every_tree_operator_gives_the_recorded_bits(string name)
    {
        JsonElement recorded = Recorded.GetProperty("cases").EnumerateArray().Single(one => one.GetProperty("name").GetString() == name);
        double[] rows = MemoryMarshal.Cast<byte, double>(Recorded.GetProperty("rows").GetBytesFromBase64()).ToArray();
        int columns = Recorded.GetProperty("columns").GetInt32();
        using OnnxSession session = OnnxSession.Load(recorded.GetProperty("model").GetBytesFromBase64());

        // One model takes each column as an input of its own, in the order of its Concat.
        string[] names = session.Inputs.Count == 1 ? [session.Inputs[0].Name] : ["b", "a", "d", "c"];
        Dictionary<string, OnnxTensor> inputs = [];
        for (int i = 0; i < names.Length; i++)
        {
            double[] values = names.Length == 1 ? rows : [.. rows.Where((_, at) => at % columns == i)];
            int[] shape = [rows.Length / columns, columns / names.Length];
            inputs[names[i]] = recorded.GetProperty("double_rows").GetBoolean()
                ? OnnxTensor.Of(values, shape)
                : OnnxTensor.Of(Array.ConvertAll(values, value => (float)value), shape);
        }

        IReadOnlyDictionary<string, OnnxTensor> outputs = session.Run(inputs, TestContext.Current.CancellationToken);
        byte[] expected = recorded.GetProperty("scores").GetBytesFromBase64();
        if (outputs["scores"].ElementType == OnnxElementType.Double)
        {
            Bits.Equal(MemoryMarshal.Cast<byte, double>(expected), outputs["scores"].ToArray<double>(), name);
        }
        else
        {
            Bits.Equal(MemoryMarshal.Cast<byte, float>(expected), outputs["scores"].ToArray<float>(), name);
        }

        if (recorded.TryGetProperty("label", out JsonElement labels))
        {
            Assert.Equal(labels.EnumerateArray().Select(label => label.GetString()), outputs["label"].Values.Cast<object>().Select(label => $"{label}"));
        }
    }

    [Fact]
    public void A_row_at_a_time_and_batches_of_any_size_go_through_one_binding()
    {
        Fixture fixture = new("onnx", "xgboost-classifier");
        float[] rows = (float[])fixture.Read("input-X.npy").Data, expected = (float[])fixture.Read("expected-ort-probabilities.npy").Data;
        using OnnxSession session = OnnxSession.Load(fixture.PathOf("model.onnx"));
        using OnnxBinding binding = session.Bind();
        int count = expected.Length / 2, columns = rows.Length / count;
        foreach (int batch in (int[])[1, 7, 256, 3, 0, 200, 1])
        {
            for (int start = 0; start + batch <= count && start < 20; start += Math.Max(1, batch))
            {
                binding.SetInput<float>("X", rows.AsSpan(start * columns, batch * columns));
                binding.Run();
                Bits.Equal(expected.AsSpan(start * 2, batch * 2), binding.Output<float>("probabilities", out ReadOnlySpan<int> shape), $"rows {start} to {start + batch}");
                Assert.Equal([batch, 2], shape.ToArray());
            }
        }
    }

    [Fact]
    public void One_float_input_and_output_need_one_line()
    {
        Fixture fixture = new("onnx", "sklearn-scaler-logistic");
        float[] rows = (float[])fixture.Read("input-X.npy").Data, expected = (float[])fixture.Read("expected-ort-probabilities.npy").Data;
        using OnnxSession session = OnnxSession.Load(File.ReadAllBytes(fixture.PathOf("model.onnx")));
        Bits.Equal(expected, session.Run(rows), "array");
        float[] filled = new float[expected.Length];
        session.Run(rows, filled);
        Bits.Equal(expected, filled, "span");
        Assert.Throws<ArgumentException>(() => session.Run(rows, filled.AsSpan(1)));
        Assert.Throws<SchemaMismatchException>(() => session.Run(rows, "label"));
        Assert.Throws<SchemaMismatchException>(() => session.Run(rows.AsSpan(1)));
    }

    [Fact]
    public void Inputs_and_outputs_say_what_they_are()
    {
        using OnnxSession session = OnnxSession.Load(new Fixture("onnx", "two-tower-user").PathOf("model.onnx"));
        Assert.Equal(["ids: Int64 [rows, 3]", "dense: Single [rows, 6]"], session.Inputs.Select(input => $"{input}"));
        OnnxValueInfo output = Assert.Single(session.Outputs);
        Assert.Equal("embedding", output.Name);
        Assert.Equal([new OnnxDimension(null, "rows"), new OnnxDimension(32, null)], output.Dimensions);
    }

    private static OnnxTensor Tensor(NpyArray array) =>
        array.Data is long[] ids ? OnnxTensor.Of(ids, array.Shape) : OnnxTensor.Of((float[])array.Data, array.Shape);

    private static byte[] Bytes(Array values) => values is long[] labels
        ? MemoryMarshal.AsBytes<long>(labels).ToArray()
        : MemoryMarshal.AsBytes<float>((float[])values).ToArray();
}
