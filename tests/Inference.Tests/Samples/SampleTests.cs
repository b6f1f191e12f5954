using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Inference.Cli.Rows;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Samples;

/// <summary>The samples say what the library says, and their data is what the training library wrote.</summary>
public sealed class SampleTests
{
    private static readonly Fixture Risk = new("xgboost-3.4.1", "reg-logistic");
    private static readonly Fixture Plans = new("lightgbm-4.1.0.99", "pandas-categorical");

    [Fact]
    public void The_models_are_the_training_libraries_own_files()
    {
        Assert.Equal(File.ReadAllBytes(Risk.PathOf("model.ubj")), File.ReadAllBytes(SampleData.PathOf("risk.ubj")));
        Assert.Equal(File.ReadAllBytes(Plans.PathOf("model.txt")), File.ReadAllBytes(SampleData.PathOf("plans.txt")));
    }

    [Fact]
    public void Rows_and_answers_are_the_first_of_the_fixtures()
    {
        foreach ((string sample, Fixture fixture, string file) in ((string, Fixture, string)[])
            [("risk.npy", Risk, "rows.npy"), ("risk.expected-value.npy", Risk, "expected-value.npy"), ("risk.expected-margin.npy", Risk, "expected-margin.npy")])
        {
            float[] found = (float[])SampleData.Read(sample).Data;
            Bits.Equal(((float[])fixture.Read(file).Data).AsSpan(0, found.Length), found, sample);
        }

        double[] values = (double[])SampleData.Read("plans.expected-value.npy").Data;
        Bits.Equal(((double[])Plans.Read("expected-value.npy").Data).AsSpan(0, values.Length), values, "plans.expected-value.npy");
        string[] lines = File.ReadAllLines(SampleData.PathOf("plans.csv"));
        Assert.Equal(File.ReadLines(Plans.PathOf("rows.csv")).Take(lines.Length), lines);
    }

    [Fact]
    public void The_text_rows_are_the_binary_rows()
    {
        NpyArray rows = SampleData.Read("risk.npy");
        string[] lines = File.ReadAllLines(SampleData.PathOf("risk.csv"));
        float[] text = [.. lines.SelectMany(line => line.Split(',')).Select(cell => float.Parse(cell, CultureInfo.InvariantCulture))];
        Assert.Equal(rows.Shape[0], lines.Length);
        Bits.Equal((float[])rows.Data, text, "risk.csv");
    }

    [Fact]
    public async Task The_shortest_program_prints_the_training_librarys_answers() =>
        SampleData.CheckShortest((await RunSample("Shortest")).Succeeded());

    [Fact]
    public async Task The_tower_prints_what_onnx_runtime_answered()
    {
        Natives.Require(NativeLibraryKind.OnnxRuntime);
        Fixture tower = new("onnx", "two-tower-user");
        Assert.Equal(File.ReadAllBytes(tower.PathOf("model.onnx")), File.ReadAllBytes(SampleData.PathOf("user-tower.onnx")));
        string[] printed = (await RunSample("Tower")).Succeeded().Lines;
        Assert.Equal(["ids: Int64 [rows, 3]; dense: Single [rows, 6]", "2 rows of 32; equal: True"], printed[..2]);
        float[] expected = (float[])tower.Read("expected-ort-embedding.npy").Data;
        Bits.Equal(expected.AsSpan(0, 64), Array.ConvertAll(printed[2..], line => float.Parse(line, CultureInfo.InvariantCulture)), "Tower");
    }

    /// <summary>Runs a sample as it was built with the tests, in the folder of its data.</summary>
    internal static Task<ChildProcess> RunSample(string name) =>
        ChildProcess.DotNet(SampleData.Folder, BuiltProgram.PathOf($"samples/{name}"));
}
