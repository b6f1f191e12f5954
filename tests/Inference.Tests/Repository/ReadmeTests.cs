using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Inference.Cli.Rows;
using Inference.Tests.Cli;
using Inference.Tests.Samples;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.RepositoryRules;

/// <summary>
/// The README tells the truth: its C# stands in a sample that is compiled and run, its commands are run here, and what it
/// says they print is what they print.
/// </summary>
public sealed partial class ReadmeTests
{
    private const string Command = "dotnet run -c Release --project src/Inference.Cli -- ";

    /// <summary>Commands of the .NET SDK itself; other tests and every build run them.</summary>
    private static readonly string[] BuildCommands = ["dotnet test ", "dotnet pack ", "dotnet tool ", "dotnet add ", "dotnet run -c Release --project benchmarks/", ".ci/run"];

    private static readonly Block[] Blocks = [.. Block.Read("README.md")];

    [Fact]
    public void Every_example_stands_in_a_sample()
    {
        string[][] samples = [.. RepositoryFiles.Sources("samples").Select(file => RepositoryFiles.Read(file).Split('\n'))];
        foreach (Block block in Blocks.Where(block => block.Language == "csharp"))
        {
            Assert.True(samples.Any(sample => Holds(sample, block.Lines)), $"README.md, line {block.Line}: no sample holds this example:\n{string.Join('\n', block.Lines)}");
        }
    }

    [Fact]
    public async Task The_samples_print_what_the_readme_shows()
    {
        string printed = (await SampleTests.RunSample("Tour")).Succeeded().Output.ReplaceLineEndings("\n");
        foreach ((Block example, Block output) in Blocks.Zip(Blocks.Skip(1)).Where(pair => pair is { First.Language: "csharp", Second.Language: "text" }))
        {
            string shown = string.Join('\n', output.Lines) + "\n";
            Assert.True(printed.Contains(shown, StringComparison.Ordinal), $"README.md, line {example.Line}: shown\n{shown}but the samples print\n{printed}");
        }
    }

    [Fact]
    public async Task The_commands_print_what_the_readme_shows()
    {
        using TemporaryFolder folder = new();
        for (int i = 0; i < Blocks.Length; i++)
        {
            if (Blocks[i].Language != "sh")
            {
                continue;
            }

            string printed = "";
            foreach (string line in Blocks[i].Lines)
            {
                printed += await Run(line, folder);
            }

            if (i + 1 < Blocks.Length && Blocks[i + 1].Language == "text")
            {
                Assert.Equal(AnyMemory(string.Join('\n', Blocks[i + 1].Lines) + "\n"), AnyMemory(printed));
            }
        }
    }

    /// <summary>Runs one line as a shell in the root of the repository would, with the command as it was built and files written elsewhere.</summary>
    private static async Task<string> Run(string line, TemporaryFolder folder)
    {
        if (BuildCommands.Any(command => (line + " ").StartsWith(command, StringComparison.Ordinal)))
        {
            return "";
        }

        if (line.StartsWith("cmp ", StringComparison.Ordinal))
        {
            string[] files = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(Read(files[1], folder), Read(files[2], folder));
            return "";
        }

        Assert.StartsWith(Command, line, StringComparison.Ordinal);
        string[] arguments = [.. line[Command.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(argument => Resolve(argument, folder))];
        ChildProcess run = await ChildProcess.DotNet(Repository.Root, [typeof(NpyArray).Assembly.Location, .. arguments]);
        return run.Succeeded().Output.ReplaceLineEndings("\n");
    }

    private static byte[] Read(string file, TemporaryFolder folder) => File.ReadAllBytes(Path.Combine(Repository.Root, Resolve(file, folder)));

    /// <summary>How much memory an engine takes depends on the processor.</summary>
    private static string AnyMemory(string printed) => EngineMemory().Replace(printed, "engine memory   * bytes, *%");

    [GeneratedRegex(@"^engine memory   \d+ bytes, \d+%", RegexOptions.Multiline)]
    private static partial Regex EngineMemory();

    /// <summary>Files without a folder are a reader's own output: they go to a folder that is deleted.</summary>
    private static string Resolve(string argument, TemporaryFolder folder) =>
        Path.GetExtension(argument) is ".npy" or ".csv" && !argument.Contains('/', StringComparison.Ordinal) ? folder.File(argument) : argument;

    private static bool Holds(string[] sample, IReadOnlyList<string> lines)
    {
        for (int start = 0; start + lines.Count <= sample.Length; start++)
        {
            string indent = sample[start][..^sample[start].TrimStart().Length];
            if (lines.Select((line, i) => line.Length == 0 ? sample[start + i].Length == 0 : sample[start + i] == indent + line).All(same => same))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A fenced block of a Markdown file.</summary>
    private sealed record Block(string Language, int Line, IReadOnlyList<string> Lines)
    {
        public static IEnumerable<Block> Read(string file)
        {
            string[] lines = RepositoryFiles.Read(file).ReplaceLineEndings("\n").Split('\n');
            for (int i = 0; i < lines.Length; i++)
            {
                if (lines[i].StartsWith("```", StringComparison.Ordinal))
                {
                    int end = Array.IndexOf(lines, "```", i + 1);
                    Assert.True(end > i, $"{file}, line {i + 1}: the block is not closed");
                    yield return new Block(lines[i][3..], i + 1, lines[(i + 1)..end]);
                    i = end;
                }
            }
        }
    }
}
