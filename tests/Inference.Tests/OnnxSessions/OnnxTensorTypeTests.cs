using System;
using System.Collections.Generic;
using Inference.Tests.Formats.Onnx;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.OnnxSessions;

/// <summary>Tensors of every type that .NET has go in and come out as they are; so do texts and maps.</summary>
public sealed class OnnxTensorTypeTests
{
    public OnnxTensorTypeTests() => Natives.Require(NativeLibraryKind.OnnxRuntime);

    [Fact]
    public void Numbers_of_every_type_pass_through_unchanged()
    {
        Passes<float>(OnnxElementType.Single, 1.5f, -0f, float.NaN, float.Epsilon);
        Passes<double>(OnnxElementType.Double, 1.5, -0.0, double.PositiveInfinity);
        Passes<long>(OnnxElementType.Int64, long.MinValue, long.MaxValue);
        Passes<int>(OnnxElementType.Int32, int.MinValue, int.MaxValue, 0);
        Passes<bool>(OnnxElementType.Boolean, true, false, true);
        Passes<Half>(OnnxElementType.Half, (Half)1.5f, Half.MaxValue);
        Passes<byte>(OnnxElementType.Byte, 0, 255);
        Passes<sbyte>(OnnxElementType.SByte, -128, 127);
        Passes<short>(OnnxElementType.Int16, short.MinValue, 7);
        Passes<ushort>(OnnxElementType.UInt16, ushort.MaxValue, 7);
        Passes<uint>(OnnxElementType.UInt32, uint.MaxValue, 7);
        Passes<ulong>(OnnxElementType.UInt64, ulong.MaxValue, 7);
    }

    [Fact]
    public void Texts_pass_through_unchanged()
    {
        string[] texts = ["", "plain", "größer ≥ 語 🙂", "a\0b", new string('x', 5000), "last"];
        using OnnxSession session = OnnxSession.Load(GraphFile.Identity(OnnxElementType.String, "n", 2));
        using OnnxBinding binding = session.Bind();
        binding.SetInput("x", texts, [3, 2]);
        binding.Run();
        Assert.Equal(texts, binding.OutputTexts("y", out ReadOnlySpan<int> shape));
        Assert.Equal([3, 2], shape.ToArray());

        binding.SetInput("x", ["one", "row"]);
        binding.Run();
        Assert.Equal(["one", "row"], binding.OutputTexts("y"));
        Assert.Equal(texts, session.Run(new Dictionary<string, OnnxTensor> { ["x"] = OnnxTensor.Of(texts, 3, 2) }, TestContext.Current.CancellationToken)["y"].Values);
    }

    [Fact]
    public void A_single_number_needs_no_dimension()
    {
        using OnnxSession session = OnnxSession.Load(GraphFile.Identity(OnnxElementType.Single));
        OnnxTensor output = session.Run(new Dictionary<string, OnnxTensor> { ["x"] = OnnxTensor.Scalar(2.5f) }, TestContext.Current.CancellationToken)["y"];
        Assert.Empty(output.Shape);
        Assert.Equal([2.5f], output.ToArray<float>());
        Assert.Equal([2.5f], session.Run([2.5f]));
    }

    [Fact]
    public void No_rows_give_no_rows()
    {
        using OnnxSession session = OnnxSession.Load(GraphFile.Identity(OnnxElementType.Single, "n", 3));
        using OnnxBinding binding = session.Bind();
        binding.SetInput<float>("x", [], [0, 3]);
        binding.Run();
        Assert.Equal(0, binding.Output<float>("y", out ReadOnlySpan<int> shape).Length);
        Assert.Equal([0, 3], shape.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Maps_of_classes_are_read(bool named)
    {
        (string, Properties.Onnx.ProtobufBuilder) labels = named ? ("classlabels_strings", OnnxFile.Texts("no", "yes")) : ("classlabels_int64s", OnnxFile.Integers(7, -3));
        using OnnxSession session = OnnxSession.Load(new GraphFile()
            .LearningNode("ZipMap", ["p"], ["maps"], labels)
            .Input("p", OnnxElementType.Single, "n", 2).MapsOutput("maps", named ? OnnxElementType.String : OnnxElementType.Int64).Write());
        Assert.Equal(OnnxValueKind.Maps, session.Outputs[0].Kind);
        using OnnxBinding binding = session.Bind();
        binding.SetInput<float>("p", [0.25f, 0.75f, 1, 0]);
        binding.Run();
        if (named)
        {
            Assert.Equal(
                [new Dictionary<string, float> { ["no"] = 0.25f, ["yes"] = 0.75f }, new Dictionary<string, float> { ["no"] = 1, ["yes"] = 0 }],
                binding.OutputMaps<string>("maps"));
            Assert.Throws<SchemaMismatchException>(() => binding.OutputMaps<long>("maps"));
        }
        else
        {
            Assert.Equal(
                [new Dictionary<long, float> { [7] = 0.25f, [-3] = 0.75f }, new Dictionary<long, float> { [7] = 1, [-3] = 0 }],
                binding.OutputMaps<long>("maps"));
            Assert.Throws<SchemaMismatchException>(() => binding.OutputMaps<string>("maps"));
        }

        Assert.Throws<SchemaMismatchException>(() => binding.Output<float>("maps").Length);
    }

    [Fact]
    public void An_output_may_have_another_shape_than_the_model_declares()
    {
        // "n" rows are declared, 2 come out: ONNX Runtime refuses to write them where n rows were bound.
        byte[] model = new GraphFile()
            .Constant("starts", OnnxFile.OfInt64, 0).Constant("ends", OnnxFile.OfInt64, 2)
            .Node("Slice", ["x", "starts", "ends"], ["y"])
            .Input("x", OnnxElementType.Single, "n", 1).Output("y", OnnxElementType.Single, "n", 1).Write();
        using OnnxSession session = OnnxSession.Load(model);
        using OnnxBinding binding = session.Bind();
        foreach (int rows in (int[])[5, 5, 2, 1, 9])
        {
            float[] values = new float[rows];
            values.AsSpan().Fill(rows);
            binding.SetInput<float>("x", values);
            binding.Run();
            Assert.Equal(values.AsSpan(0, Math.Min(2, rows)).ToArray(), binding.Output<float>("y", out ReadOnlySpan<int> shape).ToArray());
            Assert.Equal([Math.Min(2, rows), 1], shape.ToArray());
        }
    }

    [Fact]
    public void An_output_whose_shape_the_numbers_decide_is_read_after_the_run()
    {
        byte[] model = new GraphFile().Node("NonZero", ["x"], ["y"])
            .Input("x", OnnxElementType.Single, "n").Output("y", OnnxElementType.Int64, 1, null).Write();
        using OnnxSession session = OnnxSession.Load(model);
        using OnnxBinding binding = session.Bind();
        foreach (float[] values in (float[][])[[0, 1, 2, 0, 5], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1]])
        {
            binding.SetInput<float>("x", values);
            binding.Run();
            List<long> expected = [];
            for (int i = 0; i < values.Length; i++)
            {
                if (values[i] != 0)
                {
                    expected.Add(i);
                }
            }

            Assert.Equal(expected, binding.Output<long>("y", out ReadOnlySpan<int> shape).ToArray());
            Assert.Equal([1, expected.Count], shape.ToArray());
        }
    }

    [Fact]
    public void An_input_can_be_filled_in_place()
    {
        using OnnxSession session = OnnxSession.Load(GraphFile.Identity(OnnxElementType.Single, "n", 2));
        using OnnxBinding binding = session.Bind();
        Span<float> input = binding.GetInput<float>("x", [2, 2]);
        for (int run = 0; run < 3; run++)
        {
            input.Fill(run);
            binding.Run();
            Assert.Equal([run, run, run, run], binding.Output<float>("y").ToArray());
        }
    }

    private static void Passes<T>(OnnxElementType type, params T[] values)
        where T : unmanaged
    {
        using OnnxSession session = OnnxSession.Load(GraphFile.Identity(type, "n"));
        Assert.Equal($"x: {type} [n]", $"{session.Inputs[0]}");
        using OnnxBinding binding = session.Bind();
        binding.SetInput<T>("x", values);
        binding.Run();
        Assert.Equal(values, binding.Output<T>("y").ToArray());
        OnnxTensor tensor = session.Run(new Dictionary<string, OnnxTensor> { ["x"] = OnnxTensor.Of(values) }, TestContext.Current.CancellationToken)["y"];
        Assert.Equal(type, tensor.ElementType);
        Assert.Equal(values, tensor.ToArray<T>());
    }
}
