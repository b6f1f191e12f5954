using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Cli;

/// <summary>The command writes the very file that NumPy wrote from the training library's answers: header, bits and all.</summary>
public class PredictFixtureTests
{
    private static readonly string[] Libraries = ["xgboost-1.7.4", "xgboost-3.4.1", "lightgbm-4.1.0.99"];

    public static TheoryData<string, string> Margins => Models("expected-margin.npy");

    public static TheoryData<string, string> Leaves => Models("expected-leaf.npy");

    public static TheoryData<string, string> Contributions => Models("expected-contrib.npy");

    /// <summary>The tree ensembles among the ONNX fixtures.</summary>
    public static TheoryData<string> OnnxCases =>
    [
        .. Fixture.All("onnx")
            .Where(fixture => File.Exists(fixture.PathOf("input-X.npy")) && fixture.Name != "sklearn-scaler-logistic")
            .Select(fixture => fixture.Name),
    ];

    [Theory]
    [MemberData(nameof(Margins))]
    public void Margins_are_the_training_librarys_file(string model, string expected) => SameFile(model, expected, "margin");

    [Theory]
    [MemberData(nameof(Leaves))]
    public void Leaves_are_the_training_librarys_file(string model, string expected) => SameFile(model, expected, "leaf");

    [Theory]
    [MemberData(nameof(Margins))]
    public void Values_have_the_training_librarys_shape_and_type(string model, string expected)
    {
        string values = expected.Replace("margin", "value", StringComparison.Ordinal);
        SameHeader(values, Predict(model, "value"));
    }

    [Theory]
    [MemberData(nameof(Contributions))]
    public void Contributions_have_the_training_librarys_type(string model, string expected)
    {
        byte[] actual = Predict(model, "contrib");
        Inference.Cli.Rows.NpyArray wanted = Inference.Cli.Rows.NpyArray.Read(Path.Combine(Repository.Fixtures, expected));
        Inference.Cli.Rows.NpyArray found = Inference.Cli.Rows.NpyArray.Parse(actual);
        Assert.Equal(wanted.Data.GetType(), found.Data.GetType());

        // The goldens hold every fourth row, and LightGBM's put all outputs into one dimension.
        Assert.Equal((wanted.Data.Length / wanted.Shape[0]) * found.Shape[0], found.Data.Length);
    }

    [Theory]
    [MemberData(nameof(OnnxCases))]
    public void Values_of_ONNX_models_are_ONNX_Runtimes(string name)
    {
        Fixture fixture = new("onnx", name);
        using TemporaryFolder folder = new();
        CommandRun.Here("predict", fixture.PathOf("model.onnx"), fixture.PathOf("input-X.npy"), "-o", folder.File("x.npy")).Succeeded();
        byte[] expected = File.ReadAllBytes(Directory.EnumerateFiles(fixture.Folder, "expected-ort-*.npy").Single(file => !file.EndsWith("label.npy", StringComparison.Ordinal)));

        // ONNX Runtime gives a regressor's values a second dimension of one; the numbers are the same.
        Assert.Equal(expected[128..], File.ReadAllBytes(folder.File("x.npy"))[128..]);
    }

    [Fact]
    public async Task A_child_process_writes_the_same_files()
    {
        using TemporaryFolder folder = new();
        foreach (string library in Libraries)
        {
            Fixture fixture = new(library, "iteration-range");
            string output = folder.File(library + ".npy");
            string[] iterations = Iterations(fixture);
            CommandRun run = await CommandRun.ChildAsync(["predict", fixture.Models[0], fixture.PathOf("rows.npy"), "--kind", "margin", "-o", output, .. iterations]);
            Assert.Equal("", run.Succeeded().Output);
            Assert.Equal(File.ReadAllBytes(fixture.PathOf("expected-margin.npy")), File.ReadAllBytes(output));
        }

        Assert.Equal(Libraries.Length, Directory.EnumerateFileSystemEntries(folder.Path).Count());
    }

    private static TheoryData<string, string> Models(string expected)
    {
        TheoryData<string, string> data = [];
        foreach (Fixture fixture in Libraries.SelectMany(Fixture.All).Where(fixture => File.Exists(fixture.PathOf(expected))))
        {
            foreach (string model in fixture.Models)
            {
                data.Add(Path.GetRelativePath(Repository.Fixtures, model), Path.GetRelativePath(Repository.Fixtures, fixture.PathOf(expected)));
            }
        }

        return data;
    }

    private static void SameFile(string model, string expected, string kind)
    {
        byte[] actual = Predict(model, kind);
        SameHeader(expected, actual);
        Assert.True(File.ReadAllBytes(Path.Combine(Repository.Fixtures, expected)).AsSpan().SequenceEqual(actual), $"{kind} of {model} differ from {expected}");
    }

    private static void SameHeader(string expected, byte[] actual) =>
        Assert.Equal(
            System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(Repository.Fixtures, expected)), 0, 128),
            System.Text.Encoding.Latin1.GetString(actual, 0, 128));

    private static byte[] Predict(string model, string kind)
    {
        string path = Path.Combine(Repository.Fixtures, model);
        Fixture fixture = new(model.Split(Path.DirectorySeparatorChar)[0], model.Split(Path.DirectorySeparatorChar)[1]);
        using TemporaryFolder folder = new();
        string output = folder.File("x.npy");
        CommandRun.Here(["predict", path, fixture.PathOf("rows.npy"), "--kind", kind, "-o", output, .. Iterations(fixture)]).Succeeded();
        return File.ReadAllBytes(output);
    }

    private static string[] Iterations(Fixture fixture)
    {
        using JsonDocument about = JsonDocument.Parse(File.ReadAllText(fixture.PathOf("case.json")));
        return about.RootElement.TryGetProperty("iteration_range", out JsonElement range) && range.ValueKind == JsonValueKind.Array
            ? ["--iterations", $"{range[0].GetInt32()}:{range[1].GetInt32()}"]
            : [];
    }
}
