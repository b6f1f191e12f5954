using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Inference.Cli.Rows;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Formats.Onnx;

/// <summary>Every fixture that is a tree ensemble answers what ONNX Runtime 1.30 answered on one thread, bit for bit.</summary>
public class OnnxFixtureTests
{
    /// <summary>The cases whose graph is no tree ensemble, and what the message must name.</summary>
    private static readonly Dictionary<string, string> Refused = new()
    {
        ["sklearn-scaler-logistic"] = "LinearClassifier",
        ["two-tower-item"] = "Gemm",
        ["two-tower-user"] = "Gemm",
    };

    public static TheoryData<string> Trees => [.. Fixture.All("onnx").Select(fixture => fixture.Name).Where(name => !Refused.ContainsKey(name))];

    public static TheoryData<string> Others => [.. Refused.Keys];

    [Theory]
    [MemberData(nameof(Trees))]
    public void Values_have_the_bits_that_onnx_runtime_gave(string name)
    {
        Fixture fixture = new("onnx", name);
        using Booster booster = Booster.Load(fixture.PathOf("model.onnx"));
        NpyArray expected = fixture.TryRead("expected-ort-probabilities.npy") ?? fixture.Read("expected-ort-variable.npy");
        float[] rows = (float[])fixture.Read("input-X.npy").Data;
        float[] actual = new float[booster.GetOutputLength(expected.Shape[0])];
        booster.Predict(rows, actual);
        Bits.Equal((float[])expected.Data, actual, name);
    }

    [Theory]
    [MemberData(nameof(Trees))]
    public void Labels_are_those_that_onnx_runtime_chose(string name)
    {
        Fixture fixture = new("onnx", name);
        if (fixture.TryRead("expected-ort-label.npy") is not { } labels)
        {
            Assert.Contains("regressor", name, StringComparison.Ordinal);
            return;
        }

        using Booster booster = Booster.Load(fixture.PathOf("model.onnx"));
        int[] classes = new int[labels.Shape[0]];
        booster.PredictClass((float[])fixture.Read("input-X.npy").Data, classes);
        Assert.Equal((long[])labels.Data, classes.Select(index => long.Parse(booster.Info.Classes[index], CultureInfo.InvariantCulture)));
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void Any_other_graph_is_refused_with_a_sentence_that_says_what_runs_it(string name)
    {
        Fixture fixture = new("onnx", name);
        ModelNotSupportedException refusal = Assert.Throws<ModelNotSupportedException>(() => Booster.Load(fixture.PathOf("model.onnx")));
        Assert.Contains(Refused[name], refusal.Found, StringComparison.Ordinal);
        Assert.Contains("ONNX Runtime", refusal.Allowed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("xgb-d6-500")]
    [InlineData("xgb-d8-500")]
    [InlineData("xgb-leaves31-500")]
    public void The_benchmark_models_score_as_the_xgboost_models_that_they_were_made_from(string name)
    {
        string folder = Path.Combine(Repository.Root, "benchmarks", "models", name);
        NpyArray rows = NpyArray.Read(Path.Combine(folder, "rows.npy"));
        float[] expected = (float[])NpyArray.Read(Path.Combine(folder, "expected-margin.npy")).Data;
        using Booster booster = Booster.Load(Path.Combine(folder, "model.onnx"));
        float[] actual = new float[booster.GetOutputLength(rows.Shape[0])];
        booster.Predict((float[])rows.Data, actual);

        // The base value is 0, so that it does not matter that XGBoost starts with it and ONNX Runtime ends with it.
        Bits.Equal(expected, actual, name);
    }

    [Theory]
    [MemberData(nameof(Trees))]
    public void Loading_takes_no_more_memory_than_sixteen_times_the_file(string name) => CheckMemory(new Fixture("onnx", name).PathOf("model.onnx"));

    [Theory]
    [InlineData("xgb-d8-500")]
    public void Loading_a_large_model_takes_no_more_memory_than_sixteen_times_the_file(string name) =>
        CheckMemory(Path.Combine(Repository.Root, "benchmarks", "models", name, "model.onnx"));

    private static void CheckMemory(string path)
    {
        byte[] content = File.ReadAllBytes(path);
        Booster.Load(content).Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Booster.Load(content).Dispose();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{path}: {content.Length} bytes, {allocated} allocated, {(double)allocated / content.Length:0.0} times");
        Assert.InRange(allocated, 0, (16L * content.Length) + 65536);
    }
}
