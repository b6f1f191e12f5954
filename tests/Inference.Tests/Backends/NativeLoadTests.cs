using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Inference.Backends;
using Inference.Engine;
using Inference.Formats;
using Inference.Forests;
using Inference.Native.LightGbm;
using Inference.Native.Loading;
using Inference.Native.XGBoost;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Backends;

/// <summary>What the native engine says of itself, and what it refuses, in words and with the process alive.</summary>
public sealed class NativeLoadTests
{
    private static readonly BoosterOptions Native = new() { Engine = EngineKind.Native };
    private static readonly Fixture XGBoost = new("xgboost-1.7.4", "binary-logistic");
    private static readonly Fixture LightGbm = new("lightgbm-4.1.0.99", "binary");

    [Fact]
    public void The_booster_says_what_runs_it()
    {
        Natives.Require(NativeLibraryKind.XGBoost);
        Natives.Require(NativeLibraryKind.LightGbm);
        NativeLibraryInfo library = NativeLibraries.Warm(NativeLibraryKind.XGBoost);
        using Booster inPlace = Booster.Load(XGBoost.PathOf("model.ubj"), Native);
        Assert.Equal(EngineKind.Native, inPlace.Info.Engine);
        Assert.Equal($"XGBoost {library.Version} in place", inPlace.Info.Kernel);
        Assert.Contains(library.Path, inPlace.Info.EngineReason, StringComparison.Ordinal);
        foreach (string copied in new[] { "dart", "gblinear" })
        {
            using Booster booster = Booster.Load(new Fixture("xgboost-1.7.4", copied).PathOf("model.ubj"), Native);
            Assert.Equal($"XGBoost {library.Version} by DMatrix", booster.Info.Kernel);
        }

        using Booster lightGbm = Booster.Load(LightGbm.PathOf("model.txt"), Native);
        Assert.StartsWith("LightGBM ", lightGbm.Info.Kernel, StringComparison.Ordinal);
    }

    /// <summary>A library may read a later version's file, refuse it, or read something else: the last is refused by the truth check.</summary>
    [Fact]
    public void Files_of_a_later_version_are_right_or_refused()
    {
        Natives.Require(NativeLibraryKind.XGBoost);
        Dictionary<string, int> outcomes = new() { ["read"] = 0, ["refused by the library"] = 0, ["refused by the truth check"] = 0 };
        foreach (string path in Fixture.All("xgboost-3.4.1").SelectMany(fixture => fixture.Models))
        {
            outcomes[Outcome(path)]++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", outcomes.Select(pair => $"{pair.Value} {pair.Key}")));
        Assert.True(outcomes.Values.Sum() > 0);
    }

    [Fact]
    public void Graphs_belong_to_another_door()
    {
        ModelNotSupportedException refusal = Assert.Throws<ModelNotSupportedException>(() => Booster.Load(Path.Combine(Repository.Fixtures, "onnx", "xgboost-classifier", "model.onnx"), Native));
        Assert.Contains("OnnxSession", refusal.Allowed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_is_not_there_is_named()
    {
        string nowhere = Path.Combine(Path.GetTempPath(), "no-library-here");
        NativeLibraryException refusal = Assert.Throws<NativeLibraryException>(
            () => Booster.Load(XGBoost.PathOf("model.ubj"), Native with { Native = new NativeOptions { LibraryPath = nowhere } }));
        Assert.Equal(NativeLibraryKind.XGBoost, refusal.Library);
        Assert.Contains(nowhere, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Booster.Load(XGBoost.PathOf("model.ubj"), Native with { Native = new NativeOptions { RowsPerCall = 0 } }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Booster.Load(XGBoost.PathOf("model.ubj"), Native with { Native = new NativeOptions { Fork = (ForkPolicy)7 } }));
        Assert.Throws<ArgumentNullException>(() => Booster.Load(XGBoost.PathOf("model.ubj"), Native with { Native = null! }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"learner\":{}}")]
    [InlineData("{L\u0001")]
    [InlineData("tree\n")]
    [InlineData("no model of anything, but long enough to hold the header of the old binary format, or so it may seem to a reader of headers, which is long")]
    public void Garbage_is_refused_by_the_libraries_themselves(string content)
    {
        Natives.Require(NativeLibraryKind.XGBoost);
        Natives.Require(NativeLibraryKind.LightGbm);
        NativeCallFailure failure = Assert.Throws<NativeCallFailure>(() => XGBoostModel.Load(Encoding.Latin1.GetBytes(content), 1));
        Assert.Equal(NativeKind.XGBoost, failure.Kind);
        Assert.NotEmpty(failure.Error);
        Assert.DoesNotContain("Stack trace", failure.Error, StringComparison.Ordinal);
        failure = Assert.Throws<NativeCallFailure>(() => LightGbmModel.Load(Encoding.Latin1.GetBytes(content)));
        Assert.Equal(("LGBM_BoosterLoadModelFromString", NativeKind.LightGbm), (failure.Function, failure.Kind));
        Assert.NotEmpty(failure.Error);
    }

    /// <summary>XGBoost reads them without asking, and the process would end; the managed engine has no use for them.</summary>
    [Fact]
    public void Parents_that_are_not_there_are_refused_before_the_library_follows_them()
    {
        Natives.Require(NativeLibraryKind.XGBoost);
        string text = File.ReadAllText(XGBoost.PathOf("model.json"));
        byte[] broken = Encoding.UTF8.GetBytes(text.Replace("\"parents\":[2147483647,0,", "\"parents\":[2147483647,123456789,", StringComparison.Ordinal));
        ModelFormatException refusal = Assert.Throws<ModelFormatException>(() => Booster.Load(broken, Native));
        Assert.Contains("parent 123456789 of node 1", refusal.Message, StringComparison.Ordinal);
        Booster.Load(broken).Dispose();
    }

    /// <summary>LightGBM ends the process where it refuses a tree in its parallel loop: it is not given the line that leads there.</summary>
    [Fact]
    public void Trees_that_LightGBM_refuses_are_named_by_it()
    {
        Natives.Require(NativeLibraryKind.LightGbm);
        string text = File.ReadAllText(LightGbm.PathOf("model.txt"));
        int weights = text.IndexOf("\nleaf_weight=", StringComparison.Ordinal);
        string broken = string.Concat(text.AsSpan(0, weights), "\nleaf_weight=1 2", text.AsSpan(text.IndexOf('\n', weights + 1)));
        Assert.Contains("\ntree_sizes=", broken, StringComparison.Ordinal);
        NativeCallException refusal = Assert.Throws<NativeCallException>(() => Booster.Load(Encoding.UTF8.GetBytes(broken), Native));
        Assert.Equal((NativeLibraryKind.LightGbm, "LGBM_BoosterLoadModelFromString"), (refusal.Library, refusal.Function));
        Booster.Load(Encoding.UTF8.GetBytes(broken)).Dispose();
    }

    [Fact]
    public void Infinite_values_of_a_linear_booster_are_refused_in_the_librarys_words()
    {
        Natives.Require(NativeLibraryKind.XGBoost);
        using Booster booster = Booster.Load(new Fixture("xgboost-1.7.4", "gblinear").PathOf("model.ubj"), Native with { Threads = 2 });
        double[] rows = new double[200 * booster.Info.Features.Count];
        rows[5] = double.PositiveInfinity;
        NativeCallException refusal = Assert.Throws<NativeCallException>(() => booster.PredictMargin(rows, new double[200]));
        Assert.Equal((NativeLibraryKind.XGBoost, "XGDMatrixCreateFromDense"), (refusal.Library, refusal.Function));
        Assert.Contains("inf", refusal.Error, StringComparison.Ordinal);
        rows[5] = 0;
        booster.PredictMargin(rows, new double[200]);
    }

    [Theory]
    [InlineData("xgboost-1.7.4", "reg-logistic", "binary-logistic", "model.ubj", NativeLibraryKind.XGBoost)]
    [InlineData("lightgbm-4.1.0.99", "binary", "regression", "model.txt", NativeLibraryKind.LightGbm)]
    public void A_library_that_reads_something_else_is_found_out(string from, string name, string other, string file, NativeLibraryKind library)
    {
        Natives.Require(library);
        byte[] content = File.ReadAllBytes(new Fixture(from, name).PathOf(file));
        byte[] otherContent = File.ReadAllBytes(new Fixture(from, other).PathOf(file));
        Scorer judge = EngineCatalog.Choose(ModelFile.Read(otherContent, new LoadContext("judge", LoadLimits.Default)), BoosterOptions.Default);
        NativeMismatchException difference = Assert.Throws<NativeMismatchException>(() => { BackendCatalog.Load(content, judge, NativeOptions.Default); });
        Assert.Equal(library, difference.Library);
        Assert.False(difference.IsNewerModel);
        Assert.StartsWith("judge: ", difference.Message, StringComparison.Ordinal);
    }

    private static string Outcome(string path)
    {
        Booster native;
        try
        {
            native = Booster.Load(path, Native);
        }
        catch (NativeCallException)
        {
            return "refused by the library";
        }
        catch (NativeMismatchException difference)
        {
            Assert.True(difference.IsNewerModel, difference.Message);
            return "refused by the truth check";
        }

        using (native)
        using (Booster managed = Booster.Load(path))
        {
            float[] rows = new float[500 * managed.Info.Features.Count];
            managed.FillProbeRows(rows, seed: 7);
            float[] expected = new float[500 * managed.Info.OutputCount], found = new float[expected.Length];
            managed.PredictMargin(rows, expected);
            native.PredictMargin(rows, found);
            Bits.Equal(expected, found, path);
            return "read";
        }
    }
}
