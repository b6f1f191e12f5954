using System;
using System.Linq;
using System.Text.Json;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Cli;

public class InspectCommandTests
{
    private static readonly Fixture Pandas = new("lightgbm-4.1.0.99", "pandas-categorical");

    [Fact]
    public void Text_says_what_the_model_is()
    {
        CommandRun run = CommandRun.Here("inspect", Pandas.PathOf("model.txt")).Succeeded();
        string[] lines = run.Lines;
        Assert.Contains("format          LightGBM text", lines);
        Assert.Contains("scores          float64", lines);
        Assert.Contains("features        4", lines);
        Assert.Contains("names           amount, city, plan, age", lines);
        Assert.Contains("vocabulary      plan: 4 categories, basic, free, gold, pro", lines);
        Assert.Contains(lines, line => line.StartsWith("engine          ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("top features by gain", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains('\u001b'));
    }

    [Fact]
    public void Text_says_what_memory_the_engine_takes()
    {
        using Booster booster = Booster.Load(Pandas.PathOf("model.txt"));
        string line = Assert.Single(CommandRun.Here("inspect", Pandas.PathOf("model.txt")).Succeeded().Lines, line => line.StartsWith("engine memory   ", StringComparison.Ordinal));
        Assert.StartsWith($"engine memory   {booster.Info.EngineBytes} bytes, ", line, StringComparison.Ordinal);
        Assert.EndsWith($"of 16 for each of {booster.Info.NodeCount} nodes and 8 for each of {booster.Info.Features.Sum(feature => feature.Thresholds)} distinct thresholds", line, StringComparison.Ordinal);
        Assert.True(booster.Info.EngineBytes > 0);
    }

    [Fact]
    public void Json_says_the_same_in_stable_names()
    {
        using JsonDocument report = JsonDocument.Parse(CommandRun.Here("inspect", Pandas.PathOf("model.txt"), "--json").Succeeded().Output);
        JsonElement root = report.RootElement;
        using Booster booster = Booster.Load(Pandas.PathOf("model.txt"));
        Assert.Equal(
            [
                "model", "format", "version", "version_verified", "booster", "objective", "scores", "outputs", "values", "classes", "trees",
                "nodes", "iterations", "best_iteration", "engine", "kernel", "engine_reason", "engine_bytes", "has_feature_names", "features",
            ],
            root.EnumerateObject().Select(property => property.Name));
        Assert.Equal("lightgbm_text", root.GetProperty("format").GetString());
        Assert.Equal(booster.Info.TreeCount, root.GetProperty("trees").GetInt32());
        Assert.Equal(booster.Info.NodeCount, root.GetProperty("nodes").GetInt64());
        Assert.Equal(booster.Info.Kernel, root.GetProperty("kernel").GetString());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("best_iteration").ValueKind);
        JsonElement plan = root.GetProperty("features")[2];
        Assert.Equal(["index", "name", "type", "categories", "splits", "thresholds", "gain", "cover"], plan.EnumerateObject().Select(property => property.Name));
        Assert.Equal("plan", plan.GetProperty("name").GetString());
        Assert.Equal("free", plan.GetProperty("categories")[1].GetString());
        Assert.Equal(booster.Info.Features[2].Gain, plan.GetProperty("gain").GetDouble());
    }
}
