using System;
using System.Linq;
using System.Text.Json;
using Inference.Cli.Commands;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Cli;

public class BenchCommandTests
{
    private static readonly Fixture Model = new("lightgbm-4.1.0.99", "stump");

    [Fact]
    public void Json_has_the_fixed_shape()
    {
        CommandRun run = CommandRun.Here("bench", Model.PathOf("model.txt"), Model.PathOf("rows.npy"), "--engine", "reference", "auto", "reference", "--threads", "2", "--json").Succeeded();
        using JsonDocument report = JsonDocument.Parse(run.Output);
        Assert.Equal(["model", "rows", "features", "trees", "cpu", "results"], report.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal(304, report.RootElement.GetProperty("rows").GetInt32());
        string?[] engines = [.. report.RootElement.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("engine").GetString())];
        Assert.Equal("reference", engines[0]);
        Assert.Distinct(engines);
        foreach (JsonElement result in report.RootElement.GetProperty("results").EnumerateArray())
        {
            Assert.Equal(
                [
                    "engine", "kernel", "threads", "load_ms", "batch_ns_per_row_tree", "batch_rows_per_s", "single_p50_us", "single_p99_us", "allocated_bytes_per_call",
                ],
                result.EnumerateObject().Select(property => property.Name));
            Assert.Equal(2, result.GetProperty("threads").GetInt32());
            Assert.True(result.GetProperty("batch_rows_per_s").GetDouble() > 0);
            Assert.True(result.GetProperty("single_p50_us").GetDouble() <= result.GetProperty("single_p99_us").GetDouble());
        }
    }

    [Fact]
    public void Text_has_a_line_for_each_engine()
    {
        string[] lines = CommandRun.Here("bench", Model.PathOf("model.txt"), "--engine", "reference").Succeeded().Lines;
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("reference", lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bench --engine managed m", "bench --engine managed m")]
    [InlineData("bench --engine managed reference m r", "bench --engine managed --engine reference m r")]
    [InlineData("bench m --engine managed --engine reference", "bench m --engine managed --engine reference")]
    [InlineData("bench m --engine", "bench m --engine")]
    [InlineData("predict --engine managed reference", "predict --engine managed reference")]
    public void Engine_names_in_a_row_belong_to_the_option(string args, string spread) =>
        Assert.Equal(spread.Split(' '), BenchCommand.SpreadEngines(args.Split(' ')));
}
