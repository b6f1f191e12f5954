using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Inference.Cli.Verification;
using Inference.Tests.Formats.Onnx;
using Inference.Tests.OnnxSessions;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Cli;

/// <summary>The command with the libraries that trained the models, and without them.</summary>
public sealed class NativeEngineTests
{
    private static readonly Fixture LightGbm = new("lightgbm-4.1.0.99", "multiclass");
    private static readonly Fixture XGBoost = new("xgboost-1.7.4", "softprob");

    [Theory]
    [InlineData("margin")]
    [InlineData("leaf")]
    public void Predict_writes_the_same_file_with_either_engine(string kind)
    {
        Natives.Require(NativeLibraryKind.XGBoost);
        using TemporaryFolder folder = new();
        foreach (string engine in new[] { "managed", "native" })
        {
            CommandRun.Here("predict", XGBoost.PathOf("model.ubj"), XGBoost.PathOf("rows.npy"), "--kind", kind, "--engine", engine, "-o", folder.File(engine + ".npy")).Succeeded();
        }

        Assert.Equal(File.ReadAllBytes(folder.File("managed.npy")), File.ReadAllBytes(folder.File("native.npy")));
    }

    [Theory]
    [InlineData(NativeLibraryKind.LightGbm, "lightgbm-4.1.0.99", "multiclass", "model.txt")]
    [InlineData(NativeLibraryKind.XGBoost, "xgboost-1.7.4", "softprob", "model.ubj")]
    [InlineData(NativeLibraryKind.XGBoost, "xgboost-1.7.4", "dart", "model.json")]
    [InlineData(NativeLibraryKind.XGBoost, "xgboost-1.7.4", "gblinear", "model.json")]
    public void Verify_asks_the_native_engine_too(NativeLibraryKind library, string from, string name, string model)
    {
        Natives.Require(library);
        CommandRun run = CommandRun.Here("verify", new Fixture(from, name).PathOf(model), "--json").Succeeded();
        using JsonDocument report = JsonDocument.Parse(run.Output);
        Assert.True(report.RootElement.GetProperty("equal").GetBoolean());
        Assert.Equal(JsonValueKind.Null, report.RootElement.GetProperty("native_left_out").ValueKind);
        string?[] engines = [.. report.RootElement.GetProperty("engines").EnumerateArray().Select(engine => engine.GetProperty("engine").GetString())];
        Assert.Contains("native", engines);
        Assert.Contains("native, row by row", engines);
        foreach (JsonElement comparison in report.RootElement.GetProperty("comparisons").EnumerateArray())
        {
            bool isMixed = comparison.GetProperty("first").GetString()!.StartsWith("native", StringComparison.Ordinal) != comparison.GetProperty("second").GetString()!.StartsWith("native", StringComparison.Ordinal);
            Assert.Equal(isMixed && comparison.GetProperty("kind").GetString() == "value" ? 2 : 0, comparison.GetProperty("most_ulps").GetInt32());
        }
    }

    [Theory]
    [InlineData("sklearn-random-forest-classifier")]
    [InlineData("xgboost-classifier")]
    [InlineData("sklearn-gradient-boosting-regressor")]
    public void Verify_asks_ONNX_Runtime_for_values(string name)
    {
        Natives.Require(NativeLibraryKind.OnnxRuntime);
        CommandRun run = CommandRun.Here("verify", new Fixture("onnx", name).PathOf("model.onnx")).Succeeded();
        Assert.Contains("\nengine native (ONNX Runtime ", run.Output, StringComparison.Ordinal);
        Assert.Matches("\nvalue +managed = native: [0-9]+ equal within 2 ulp\n", run.Output);
        Assert.DoesNotMatch("\n(margin|leaf).*native", run.Output);
    }

    [Theory]
    [InlineData("int64s 7 3", "\nvalue   managed = native: 4000 equal within 2 ulp")]
    [InlineData("strings no yes", "\nvalue   managed = native: 4000 equal within 2 ulp")]
    [InlineData("int64s 3 8", "\nengine native left out: the graph's classes are 3, 8, the model's 7, 3")]
    [InlineData("", "\nengine native left out: the graph gives label: Int64 [n], not one table of values of the model's type")]
    public void Verify_reads_maps_of_classes_and_says_of_other_graphs_what_they_give(string maps, string expected)
    {
        Natives.Require(NativeLibraryKind.OnnxRuntime);
        string[] words = maps.Split(' ');
        bool areTexts = words[0] == "strings";
        string label = areTexts ? "classlabels_strings" : "classlabels_int64s";
        OnnxFile stump = OnnxFile.Classifier().Without("classlabels_int64s").With(label, areTexts ? OnnxFile.Texts("no", "yes") : OnnxFile.Integers(7, 3));
        GraphFile graph = new GraphFile().Input("x", OnnxElementType.Single, "n", 1)
            .LearningNode("TreeEnsembleClassifier", ["x"], ["label", "p"], [.. stump.Attributes.Select(pair => (pair.Key, pair.Value))]);
        graph = maps.Length == 0
            ? graph.Output("label", OnnxElementType.Int64, "n")
            : graph.LearningNode("ZipMap", ["p"], ["maps"], (label, areTexts ? OnnxFile.Texts(words[1..]) : OnnxFile.Integers([.. words[1..].Select(long.Parse)])))
                .MapsOutput("maps", areTexts ? OnnxElementType.String : OnnxElementType.Int64);
        Assert.Contains(expected, Verify(graph), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("n", "m", "\nvalue   managed = native: 2000 equal within 2 ulp")]
    [InlineData(1, 3, "\nvalue   managed = native: 2000 equal within 2 ulp")]
    [InlineData("n", 3, "\nvalue   managed = native: 2000 equal within 2 ulp")]
    [InlineData(5, 3, "\nengine native left out: the graph takes 5 rows at once, neither one nor any number")]
    public void Verify_asks_for_as_many_rows_as_a_graph_takes(object rows, object columns, string expected)
    {
        Natives.Require(NativeLibraryKind.OnnxRuntime);
        GraphFile graph = new GraphFile().Input("x", OnnxElementType.Single, rows, columns)
            .LearningNode("TreeEnsembleRegressor", ["x"], ["y"], [.. OnnxFile.Regressor().Attributes.Select(pair => (pair.Key, pair.Value))])
            .Output("y", OnnxElementType.Single, rows, 1);
        Assert.Contains(expected, Verify(graph), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_says_that_the_library_does_not_read_a_newer_model()
    {
        Natives.Require(NativeLibraryKind.XGBoost);
        CommandRun run = CommandRun.Here("verify", new Fixture("xgboost-3.4.1", "binary-logistic").PathOf("model.json")).Succeeded();
        Assert.Contains("\nengine native left out: ", run.Output, StringComparison.Ordinal);
        Assert.Contains("(the file is of version 3.4.1, the library of 1.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bench_times_the_native_engine()
    {
        Natives.Require(NativeLibraryKind.LightGbm);

        // In a process of its own: the bytes are those of all threads, and here other tests run, too.
        CommandRun run = (await CommandRun.ChildAsync("bench", LightGbm.PathOf("model.txt"), LightGbm.PathOf("rows.npy"), "--engine", "managed", "native", "--json")).Succeeded();
        using JsonDocument report = JsonDocument.Parse(run.Output);
        JsonElement native = report.RootElement.GetProperty("results")[1];
        Assert.Equal("native", native.GetProperty("engine").GetString());
        Assert.StartsWith("LightGBM ", native.GetProperty("kernel").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, native.GetProperty("allocated_bytes_per_call").GetInt64());
    }

    [Fact]
    public async Task A_missing_library_is_an_error_where_it_was_asked_for_and_a_line_of_the_report_of_verify()
    {
        // A copy of the command without the libraries that the build put beside it.
        using TemporaryFolder folder = new();
        foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(CommandRun.Executable)!))
        {
            File.Copy(file, folder.File(Path.GetFileName(file)));
        }

        string command = folder.File(Path.GetFileName(CommandRun.Executable));
        string model = LightGbm.PathOf("model.txt"), rows = LightGbm.PathOf("rows.npy");
        CommandRun predict = await CommandRun.ChildOfAsync(command, "predict", model, rows, "--engine", "native");
        Assert.SkipWhen(predict.ExitCode == 0, "this system has LightGBM among its own libraries");
        Assert.Contains("no LightGBM library; LightGBM 3.0 or later: ", predict.Failed(), StringComparison.Ordinal);
        CommandRun bench = await CommandRun.ChildOfAsync(command, "bench", model, "--engine", "native");
        Assert.Contains("no LightGBM library; ", bench.Failed(), StringComparison.Ordinal);

        CommandRun verify = (await CommandRun.ChildOfAsync(command, "verify", model, rows)).Succeeded();
        Assert.Contains("\nengine native left out: ", verify.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("= native", verify.Output, StringComparison.Ordinal);
    }

    private static string Verify(GraphFile graph)
    {
        using TemporaryFolder folder = new();
        return CommandRun.Here("verify", folder.Write("model.onnx", graph.Write())).Succeeded().Output;
    }

    [Fact]
    public void Values_of_a_native_engine_may_be_two_steps_away_and_margins_none()
    {
        using Booster booster = SmallModel.Load(1);
        NativeLike native = new(booster);
        EngineComparison values = new(new BoosterEngine(booster), native, PredictionKind.Value);
        values.Add<float>(0, 1, [1, 1, float.Epsilon, float.NaN], [MathF.BitIncrement(MathF.BitIncrement(1)), MathF.BitDecrement(1), -0f, float.NaN]);
        Assert.Equal(0, values.Differences);
        values.Add<float>(4, 1, [1, float.NaN, 1], [MathF.BitIncrement(MathF.BitIncrement(MathF.BitIncrement(1))), 1, -1]);
        Assert.Equal(3, values.Differences);

        EngineComparison margins = new(new BoosterEngine(booster), native, PredictionKind.Margin);
        margins.Add<double>(0, 1, [1], [Math.BitIncrement(1)]);
        Assert.Equal(1, margins.Differences);
    }

    private sealed class NativeLike(Booster booster) : BoosterEngine(booster)
    {
        public override bool IsNative => true;
    }
}
