using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Inference.Cli;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Cli;

/// <summary>What holds for every verb: usage, help, the error line, the exit status.</summary>
public class CommandLineTests
{
    private static readonly Fixture Model = new("lightgbm-4.1.0.99", "feature-names");

    [Theory]
    [InlineData("inference: no command; predict, inspect, verify, bench or natives (more: inference --help)")]
    [InlineData("inference: unknown command 'train'; predict, inspect, verify, bench or natives (more: inference --help)", "train")]
    [InlineData("inference predict: MODEL is missing; inference predict MODEL ROWS [options] (more: inference predict --help)", "predict")]
    [InlineData("inference predict: ROWS is missing; inference predict MODEL ROWS [options] (more: inference predict --help)", "predict", "m")]
    [InlineData("inference predict: too many arguments: 'c'; inference predict MODEL ROWS [options] (more: inference predict --help)", "predict", "a", "b", "c")]
    [InlineData("inference predict: unknown option '--nope'; inference predict MODEL ROWS [options] (more: inference predict --help)", "predict", "a", "b", "--nope")]
    [InlineData("inference predict: unknown option '--nope'; inference predict MODEL ROWS [options] (more: inference predict --help)", "predict", "--nope", "a", "b")]
    [InlineData("inference inspect: unknown option '--jsn'; inference inspect MODEL [options] (more: inference inspect --help)", "inspect", "--jsn")]
    [InlineData("inference verify: unknown option '-x'; inference verify MODEL [ROWS] [options] (more: inference verify --help)", "verify", "a", "-x")]
    [InlineData("inference: unknown option '--nope'; predict, inspect, verify, bench or natives (more: inference --help)", "--nope")]
    [InlineData("inference predict: too many arguments: '--kind'; inference predict MODEL ROWS [options] (more: inference predict --help)", "predict", "a", "b", "--", "--kind")]
    [InlineData("inference predict: --kind 'x'; value, margin, leaf or contrib (more: inference predict --help)", "predict", "a", "b", "--kind", "x")]
    [InlineData("inference predict: --engine 'x'; auto, managed, reference or native (more: inference predict --help)", "predict", "a", "b", "--engine", "x")]
    [InlineData("inference predict: --threads '0'; a whole number from 1 to 4096 (more: inference predict --help)", "predict", "a", "b", "--threads", "0")]
    [InlineData("inference predict: --threads 'x'; a whole number from 1 to 4096 (more: inference predict --help)", "predict", "a", "b", "--threads", "x")]
    [InlineData("inference predict: --iterations '5'; BEGIN:END, BEGIN:, :END or best (more: inference predict --help)", "predict", "a", "b", "--iterations", "5")]
    [InlineData("inference predict: --iterations '1:x'; BEGIN:END, BEGIN:, :END or best (more: inference predict --help)", "predict", "a", "b", "--iterations", "1:x")]
    [InlineData("inference predict: --iterations '-1:'; BEGIN:END, BEGIN:, :END or best (more: inference predict --help)", "predict", "a", "b", "--iterations", "-1:")]
    [InlineData("inference predict: Required argument missing for option: '-o'; inference predict MODEL ROWS [options] (more: inference predict --help)", "predict", "a", "b", "-o")]
    [InlineData("inference verify: MODEL is missing; inference verify MODEL [ROWS] [options] (more: inference verify --help)", "verify")]
    [InlineData("inference inspect: too many arguments: 'b'; inference inspect MODEL [options] (more: inference inspect --help)", "inspect", "a", "b")]
    [InlineData("inference bench: --engine 'fast'; auto, managed, reference or native (more: inference bench --help)", "bench", "a", "--engine", "fast")]
    public void Wrong_usage_is_one_line_and_2(string expected, params string[] args) =>
        Assert.Equal(expected, CommandRun.Here(args).Failed(ExitCodes.Usage));

    [Fact]
    public async Task Wrong_usage_of_the_process_is_one_line_and_2()
    {
        CommandRun run = await CommandRun.ChildAsync("predict", "--nope");
        Assert.Contains("(more: inference predict --help)", run.Failed(ExitCodes.Usage), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_of_the_process_are_one_line_and_1()
    {
        CommandRun run = await CommandRun.ChildAsync("inspect", "no-such-model.ubj");
        Assert.Equal("no-such-model.ubj: no such file; a model file", run.Failed());
    }

    [Fact]
    public void A_file_may_begin_with_a_dash_behind_two() =>
        Assert.Equal("-no.ubj: no such file; a model file", CommandRun.Here("inspect", "--", "-no.ubj").Failed());

    [Theory]
    [InlineData("--help")]
    [InlineData("predict", "--help")]
    [InlineData("inspect", "-h")]
    [InlineData("verify", "--help")]
    [InlineData("bench", "--help")]
    [InlineData("predict", "model", "--help")]
    public void Help_has_examples_and_exit_statuses(params string[] args)
    {
        CommandRun run = CommandRun.Here(args).Succeeded();
        Assert.Contains("Usage:\n  inference", run.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("Examples:", run.Output, StringComparison.Ordinal);
        Assert.Contains("Exit status:", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_process_tells_its_version()
    {
        CommandRun run = (await CommandRun.ChildAsync("--version")).Succeeded();
        Assert.Matches(@"^\d+\.\d+\.\d+", run.Output);
    }

    [Fact]
    public void A_folder_and_a_missing_file_are_named()
    {
        using TemporaryFolder folder = new();
        string rows = Model.PathOf("rows.npy"), model = Model.PathOf("model.txt");
        Assert.Equal($"{folder.Path}: a folder; a model file", CommandRun.Here("inspect", folder.Path).Failed());
        Assert.Equal("gone.txt: no such file; a model file", CommandRun.Here("predict", "gone.txt", rows).Failed());
        Assert.Equal("gone/gone.txt: no such file; a model file", CommandRun.Here("predict", "gone/gone.txt", rows).Failed());
        Assert.Equal("gone.npy: no such file; a file of rows, .npy or .csv", CommandRun.Here("predict", model, "gone.npy").Failed());
        Assert.Equal("'': no path; a model file", CommandRun.Here("inspect", "").Failed());
        Assert.Equal($"{model}: the extension .txt; .npy or .csv", CommandRun.Here("predict", model, model).Failed());
        Assert.Equal("rows: a name without an extension; .npy or .csv", CommandRun.Here("predict", model, "rows").Failed());
    }

    [Fact]
    public void A_broken_model_is_one_line()
    {
        using TemporaryFolder folder = new();
        Assert.Contains("an empty file", CommandRun.Here("inspect", folder.Write("model.ubj", "")).Failed(), StringComparison.Ordinal);
        byte[] whole = File.ReadAllBytes(Model.PathOf("model.txt"));
        CommandRun.Here("inspect", folder.Write("model.txt", whole[..(whole.Length / 2)])).Failed();
    }

    [Fact]
    public void Control_characters_of_names_stay_out_of_the_line()
    {
        string line = CommandRun.Here("inspect", "a\nerror: b\u001b[31m").Failed();
        Assert.StartsWith("a\\u000aerror: b\\u001b[31m: ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void An_argument_that_begins_with_an_at_sign_is_a_file_name() =>
        Assert.Equal("@rows: a name without an extension; .npy or .csv", CommandRun.Here("predict", Model.PathOf("model.txt"), "@rows").Failed());

    [Fact]
    public void Ctrl_C_leaves_no_file_and_130()
    {
        using TemporaryFolder folder = new();
        CommandRun run = CommandRun.Here(new CancellationToken(canceled: true), "predict", Model.PathOf("model.txt"), Model.PathOf("rows.npy"), "-o", folder.File("x.npy"));
        Assert.Equal(ExitCodes.Interrupted, run.ExitCode);
        Assert.Equal("", run.Error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }
}
