using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Xunit;

namespace Inference.Tests.Cli;

/// <summary><c>inference natives</c> answers on every machine, with or without libraries.</summary>
public sealed class NativesCommandTests
{
    [Fact]
    public async Task Every_library_is_found_with_its_version_or_missing_with_a_reason()
    {
        CommandRun run = await CommandRun.ChildAsync("natives", "--json");

        Assert.Equal(0, run.ExitCode);
        using JsonDocument report = JsonDocument.Parse(run.Output);
        JsonElement[] libraries = [.. report.RootElement.GetProperty("libraries").EnumerateArray()];
        Assert.Equal(["xgboost", "lightgbm", "onnxruntime"], libraries.Select(library => library.GetProperty("library").GetString()!));
        Assert.All(libraries, library =>
        {
            string telling = library.GetProperty("found").GetBoolean() ? "version" : "reason";
            Assert.NotEmpty(library.GetProperty(telling).GetString()!);
        });
    }

    [Fact]
    public async Task The_text_has_a_line_for_each_library_and_one_for_OpenMP()
    {
        CommandRun run = await CommandRun.ChildAsync("natives");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["xgboost", "lightgbm", "onnxruntime", "openmp"], run.Lines.Take(4).Select(line => line.Split(' ')[0]));
    }
}
