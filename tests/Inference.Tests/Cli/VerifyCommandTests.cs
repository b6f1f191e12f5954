using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using Inference.Cli;
using Inference.Cli.Commands;
using Inference.Cli.Verification;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Cli;

public class VerifyCommandTests
{
    private static readonly Fixture Model = new("lightgbm-4.1.0.99", "multiclass");

    [Fact]
    public void Engines_agree_on_the_models_own_rows_and_on_made_ones()
    {
        CommandRun made = CommandRun.Here("verify", Model.PathOf("model.txt")).Succeeded();
        Assert.Equal("2000 rows made from the model", made.Lines[0]);
        Assert.Contains("engine reference", made.Output, StringComparison.Ordinal);
        Assert.Contains("equal bit for bit", made.Output, StringComparison.Ordinal);
        CommandRun given = CommandRun.Here("verify", Model.PathOf("model.txt"), Model.PathOf("rows.npy")).Succeeded();
        Assert.StartsWith("304 rows of ", given.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Json_lists_engines_and_comparisons()
    {
        using JsonDocument report = JsonDocument.Parse(CommandRun.Here("verify", Model.PathOf("model.txt"), Model.PathOf("rows.npy"), "--json").Succeeded().Output);
        JsonElement root = report.RootElement;
        Assert.True(root.GetProperty("equal").GetBoolean());
        Assert.Equal(304, root.GetProperty("rows").GetInt64());
        Assert.Contains(root.GetProperty("engines").EnumerateArray(), engine => engine.GetProperty("engine").GetString() == "reference");
        Assert.Contains(root.GetProperty("engines").EnumerateArray(), engine => engine.GetProperty("engine").GetString() == "managed");
        Assert.Equal(["leaf", "margin", "value"], root.GetProperty("comparisons").EnumerateArray().Select(comparison => comparison.GetProperty("kind").GetString()).Distinct().Order());
        Assert.All(root.GetProperty("comparisons").EnumerateArray(), comparison => Assert.True(comparison.GetProperty("compared").GetInt64() > 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_difference_is_named_with_its_place_and_3(bool json)
    {
        using Booster booster = SmallModel.Load(3);
        VerifiedEngine[] engines = [new BoosterEngine(booster), new WrongEngine(booster)];
        EngineJury jury = new(engines, booster.Info);
        jury.Ask<float>(new float[6], 2);
        jury.Ask<float>([0, 0, 0, 0, 0, 0, 0, 0, 1], 3);
        StringWriter output = new(), error = new();
        Assert.Equal(ExitCodes.Different, VerifyCommand.Report(output, error, new VerifyCommand.Findings("m", null, engines, jury), json));
        Assert.Equal("error: m, row 4, output 0: 211 from managed and 212 from wrong, one of 1 differences; equal bits\n", error.ToString().ReplaceLineEndings("\n"));
        if (json)
        {
            using JsonDocument report = JsonDocument.Parse(output.ToString());
            Assert.False(report.RootElement.GetProperty("equal").GetBoolean());
            JsonElement difference = report.RootElement.GetProperty("comparisons")[0].GetProperty("first_difference");
            Assert.Equal(4, difference.GetProperty("row").GetInt64());
            Assert.Equal("212", difference.GetProperty("second").GetString());
        }
        else
        {
            Assert.Contains("1 of 5 DIFFER, first in row 4, output 0: 211 and 212", output.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Comparisons_are_by_bits_and_a_NaN_is_a_NaN()
    {
        using Booster booster = SmallModel.Load(1);
        EngineComparison comparison = new(new BoosterEngine(booster), new SingleRowEngine(booster), PredictionKind.Margin);
        comparison.Add<double>(0, 1, [double.NaN, 1], [-double.NaN, 1]);
        comparison.Add<float>(0, 1, [float.NaN], [BitConverter.Int32BitsToSingle(0x7fc00001)]);
        Assert.Equal(0, comparison.Differences);
        comparison.Add<double>(7, 2, [0, 1, 0.0, 1], [0, 1, -0.0, 2]);
        Assert.Equal(2, comparison.Differences);
        Assert.Equal(new EngineComparison.Difference(8, 0, "0", "-0"), comparison.FirstDifference);
        Assert.Equal(7, comparison.Compared);
    }

    /// <summary>Right but for one margin: of rows whose last value is 1.</summary>
    private sealed class WrongEngine(Booster booster) : VerifiedEngine("wrong", "none", "a test needs one")
    {
        public override void Run<TRow, TResult>(PredictionKind kind, ReadOnlySpan<TRow> rows, Span<TResult> results)
        {
            Prediction.Run(booster, kind, rows, results, IterationRange.All);
            if (kind == PredictionKind.Margin && (float)(object)rows[^1] == 1)
            {
                results[^1] = (TResult)(object)((float)(object)results[^1] + 1);
            }
        }
    }
}
