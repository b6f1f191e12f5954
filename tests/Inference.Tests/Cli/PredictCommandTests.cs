using System;
using System.Globalization;
using System.IO;
using System.Linq;
using Inference.Cli.Rows;
using Inference.Tests.Formats.XGBoost;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Cli;

/// <summary>The options of predict, and its CSV.</summary>
public class PredictCommandTests
{
    private static readonly Fixture Binary = new("lightgbm-4.1.0.99", "feature-names");
    private static readonly Fixture Multiclass = new("lightgbm-4.1.0.99", "multiclass");
    private static readonly Fixture Pandas = new("lightgbm-4.1.0.99", "pandas-categorical");

    [Fact]
    public void Csv_numbers_read_back_as_the_same_bits()
    {
        CommandRun run = Predict(Binary, "--kind", "margin").Succeeded();
        Assert.Equal("margin", run.Lines[0]);
        Assert.Equal((double[])Binary.Read("expected-margin.npy").Data, run.Lines[1..].Select(line => double.Parse(line, CultureInfo.InvariantCulture)));
        Assert.DoesNotContain('\r', run.Output);
    }

    [Fact]
    public void Csv_has_a_line_for_each_row_and_a_column_for_each_output()
    {
        string[] lines = Predict(Multiclass, "--kind", "margin").Succeeded().Lines;
        Assert.Equal("margin_0,margin_1,margin_2,margin_3,margin_4,margin_5,margin_6,margin_7,margin_8,margin_9", lines[0]);
        Assert.Equal((double[])Multiclass.Read("expected-margin.npy").Data, lines[1..].SelectMany(line => line.Split(',')).Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Csv_leaves_name_the_models_trees()
    {
        string[] lines = Predict(Multiclass, "--kind", "leaf", "--iterations", "3:5").Succeeded().Lines;
        Assert.Equal(string.Join(',', Enumerable.Range(30, 20).Select(tree => $"tree_{tree}")), lines[0]);
        int[] expected = (int[])Multiclass.Read("expected-leaf.npy").Data;
        Assert.Equal(string.Join(',', expected[30..50]), lines[1]);
    }

    [Fact]
    public void Csv_contributions_go_output_by_output_and_end_with_the_bias()
    {
        string[] names = Predict(Binary, "--kind", "contrib").Succeeded().Lines[0].Split(',');
        Assert.Equal(29, names.Length);
        Assert.Equal("name_0", names[0]);
        Assert.Equal("bias", names[^1]);
        string[] many = Predict(Multiclass, "--kind", "contrib", "--iterations", ":1").Succeeded().Lines[0].Split(',');
        Assert.Equal(650, many.Length);
        Assert.Equal("0:feature_0", many[0]);
        Assert.Equal("0:bias", many[64]);
        Assert.Equal("1:feature_0", many[65]);
        Assert.Equal("9:bias", many[^1]);
    }

    [Fact]
    public void Contributions_of_several_outputs_have_three_dimensions()
    {
        using TemporaryFolder folder = new();
        Predict(Multiclass, "--kind", "contrib", "--iterations", ":1", "-o", folder.File("x.npy")).Succeeded();
        Assert.Equal([304, 10, 65], NpyArray.Read(folder.File("x.npy")).Shape);
    }

    [Fact]
    public void Rows_of_a_model_without_trees_have_no_leaves_and_are_rows()
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("model.json", new ModelText { Trees = [], TreeOutputs = "[]", TreeModelParameters = """{"num_parallel_tree":"1","num_trees":"0","size_leaf_vector":"0"}""" }.ToString());
        string rows = folder.Write("rows.csv", "1,2\n3,4\n5,6\n");
        CommandRun.Here("predict", model, rows, "--kind", "leaf", "-o", folder.File("leaves.npy")).Succeeded();
        Assert.Equal([3, 0], NpyArray.Read(folder.File("leaves.npy")).Shape);
        Assert.Equal(["", "", "", ""], CommandRun.Here("predict", model, rows, "--kind", "leaf").Succeeded().Lines);
        Assert.DoesNotContain("Infinity", CommandRun.Here("inspect", model).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_model_cannot_tell_is_refused_before_a_line_is_written()
    {
        Fixture forest = new("onnx", "sklearn-random-forest-regressor");
        Assert.Contains("contributions", CommandRun.Here("predict", forest.PathOf("model.onnx"), forest.PathOf("input-X.npy"), "--kind", "contrib").Failed(), StringComparison.Ordinal);
    }

    [Fact]
    public void Csv_files_hold_what_standard_output_would()
    {
        using TemporaryFolder folder = new();
        Assert.Equal("", Predict(Binary, "-o", folder.File("x.CSV")).Succeeded().Output);
        Assert.Equal(Predict(Binary).Output, File.ReadAllText(folder.File("x.CSV")));
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("managed")]
    [InlineData("reference")]
    public void Every_engine_and_number_of_threads_writes_the_same_file(string engine)
    {
        string expected = Predict(Multiclass).Succeeded().Output;
        Assert.Equal(expected, Predict(Multiclass, "--engine", engine).Succeeded().Output);
        Assert.Equal(expected, Predict(Multiclass, "--engine", engine, "--threads", "3").Succeeded().Output);
    }

    [Fact]
    public void Open_ends_of_iterations_are_the_models()
    {
        string all = Predict(Binary, "--kind", "margin").Output;
        Assert.Equal(all, Predict(Binary, "--kind", "margin", "--iterations", ":").Output);
        Assert.Equal(all, Predict(Binary, "--kind", "margin", "--iterations", "0:5").Output);
        Assert.Equal(Predict(Binary, "--kind", "margin", "--iterations", "0:2").Output, Predict(Binary, "--kind", "margin", "--iterations", ":2").Output);
        Assert.Equal(Predict(Binary, "--kind", "margin", "--iterations", "2:5").Output, Predict(Binary, "--kind", "margin", "--iterations", "2:").Output);
        Assert.NotEqual(all, Predict(Binary, "--kind", "margin", "--iterations", "2:").Output);

        // LightGBM's text names no best iteration: then it is every iteration.
        Assert.Equal(all, Predict(Binary, "--kind", "margin", "--iterations", "best").Output);
    }

    [Theory]
    [InlineData("0:6", "has 5 iterations")]
    [InlineData("3:3", "no iteration from 3 to before 3")]
    [InlineData("4:2", "no iteration from 4 to before 2")]
    [InlineData("5:", "no iteration from 5 to before 5")]
    [InlineData("99999999999:", "has 5 iterations")]
    [InlineData("0:99999999999", "has 5 iterations")]
    public void Iterations_outside_the_model_are_refused(string range, string found)
    {
        string line = Predict(Binary, "--iterations", range).Failed();
        Assert.StartsWith($"--iterations {range}: ", line, StringComparison.Ordinal);
        Assert.Contains(found, line, StringComparison.Ordinal);
        Assert.EndsWith("; BEGIN:END with 0 <= BEGIN < END <= 5", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Categories_of_a_csv_are_encoded_by_the_models_vocabularies()
    {
        using TemporaryFolder folder = new();
        CommandRun.Here("predict", Pandas.PathOf("model.txt"), Pandas.PathOf("rows.csv"), "--kind", "margin", "-o", folder.File("x.npy")).Succeeded();
        Assert.Equal(File.ReadAllBytes(Pandas.PathOf("expected-margin.npy")), File.ReadAllBytes(folder.File("x.npy")));
    }

    [Fact]
    public void Outputs_that_cannot_be_written_are_refused_before_the_work()
    {
        using TemporaryFolder folder = new();
        Assert.EndsWith("does not exist; a folder that does", Predict(Binary, "-o", folder.File("gone/x.npy")).Failed(), StringComparison.Ordinal);
        Assert.Equal("x.txt: the extension .txt; .npy or .csv", Predict(Binary, "-o", "x.txt").Failed());
        Assert.Equal("x: a name without an extension; .npy or .csv", Predict(Binary, "-o", "x").Failed());
        Directory.CreateDirectory(folder.File("dir.npy"));
        Assert.EndsWith("dir.npy: a folder; a file, .npy or .csv", Predict(Binary, "-o", folder.File("dir.npy")).Failed(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_leaves_an_older_output_as_it_was()
    {
        using TemporaryFolder folder = new();
        string output = folder.Write("x.csv", "old");
        string rows = folder.Write("rows.csv", $"{string.Join(',', Enumerable.Repeat("1", 28))}\n{string.Join(',', Enumerable.Repeat("x", 28))}\n");
        CommandRun.Here("predict", Binary.PathOf("model.txt"), rows, "-o", output).Failed();
        Assert.Equal("old", File.ReadAllText(output));
        Assert.Equal(["rows.csv", "x.csv"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Output_may_take_the_place_of_its_own_input()
    {
        using TemporaryFolder folder = new();
        string rows = folder.Write("rows.npy", File.ReadAllBytes(Binary.PathOf("rows.npy")));
        CommandRun.Here("predict", Binary.PathOf("model.txt"), rows, "--kind", "margin", "-o", rows).Succeeded();
        Assert.Equal(File.ReadAllBytes(Binary.PathOf("expected-margin.npy")), File.ReadAllBytes(rows));
    }

    [Fact]
    public void No_rows_give_a_file_of_no_rows()
    {
        using TemporaryFolder folder = new();
        string rows = folder.Write("rows.npy", NpyHeader.Compose("<f8", [0, 28]));
        CommandRun.Here("predict", Binary.PathOf("model.txt"), rows, "-o", folder.File("x.npy")).Succeeded();
        NpyArray result = NpyArray.Read(folder.File("x.npy"));
        Assert.Equal([0], result.Shape);
        Assert.IsType<double[]>(result.Data);
        Assert.Equal("value\n", CommandRun.Here("predict", Binary.PathOf("model.txt"), rows).Succeeded().Output);
    }

    private static CommandRun Predict(Fixture fixture, params string[] options) =>
        CommandRun.Here(["predict", fixture.PathOf("model.txt"), fixture.PathOf("rows.npy"), .. options]);
}
