using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading.Tasks;
using Inference.Native.Loading;
using Inference.Tests.Samples;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Package;

/// <summary>ONNX Runtime as its NuGet package brings it: found in a project that references both packages and sets nothing else.</summary>
[Collection(nameof(Alone))]
public sealed class OnnxRuntimePackageTests(PackageFixture packages) : IClassFixture<PackageFixture>
{
    private const string Id = "Microsoft.ML.OnnxRuntime";

    [Fact]
    public async Task A_fresh_project_runs_a_graph()
    {
        string folder = CreateConsumer("Graph");
        (await ChildProcess.DotNet(folder, "build", "-c", "Release")).Succeeded();
        string output = Path.Combine(folder, "bin", "Release", "net10.0");
        await Check(output, "dotnet", Path.Combine(output, "Graph.dll"));
    }

    [Fact]
    public async Task The_same_project_runs_it_trimmed_and_self_contained()
    {
        string folder = CreateConsumer("TrimmedGraph");
        string target = Path.Combine(folder, "out");
        ChildProcess publish = await ChildProcess.DotNet(
            folder, "publish", "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "--self-contained", "-p:PublishTrimmed=true", "-p:TrimmerSingleWarn=false", "-o", target);
        Assert.DoesNotContain("warning", publish.Succeeded().Output, StringComparison.OrdinalIgnoreCase);
        await Check(target, Path.Combine(target, "TrimmedGraph"));
    }

    /// <summary>Runs the program without the variable that the search reads, and looks where it found the library.</summary>
    private static async Task Check(string home, params string[] command)
    {
        ChildProcess run = await ChildProcess.Run("env", SampleData.Folder, ["-u", NativeSearch.Variable, .. command]);
        string[] printed = run.Succeeded().Lines;
        Assert.Equal("application", printed[0]);
        Assert.StartsWith(home, printed[1], StringComparison.Ordinal);
        Assert.Equal("2 rows of 32; equal: True", printed[3]);
        float[] expected = (float[])new Fixture("onnx", "two-tower-user").Read("expected-ort-embedding.npy").Data;
        Bits.Equal(expected.AsSpan(0, 64), [.. printed.Skip(4).Select(line => float.Parse(line, System.Globalization.CultureInfo.InvariantCulture))], run.CommandLine);
    }

    /// <summary>The sample's program, which first says where ONNX Runtime was found.</summary>
    private string CreateConsumer(string name)
    {
        Natives.Require(NativeLibraryKind.OnnxRuntime);
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("the library that is packed is Linux's");
        }

        Pack();
        string folder = packages.CreateConsumer(name);
        string project = Path.Combine(folder, name + ".csproj");
        File.WriteAllText(project, File.ReadAllText(project).Replace("</ItemGroup>", $"<PackageReference Include=\"{Id}\" Version=\"{packages.Version}\" /></ItemGroup>", StringComparison.Ordinal));
        File.Delete(Path.Combine(folder, "Program.Data.cs"));
        string source = File.ReadAllText(Path.Combine(Repository.Root, "samples", "Tower", "Program.cs"));
        const string Begin = "CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;";
        Assert.Contains(Begin, source, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), source.Replace(
            Begin,
            $$"""
            {{Begin}}
            NativeLibraryInfo library = NativeLibraries.Warm(NativeLibraryKind.OnnxRuntime);
            Console.WriteLine(library.Source);
            Console.WriteLine(library.Path);
            """,
            StringComparison.Ordinal));
        return folder;
    }

    /// <summary>A package with the real one's name and layout, around the library that the tests run on.</summary>
    private void Pack()
    {
        string path = packages.PathOf(Id, "nupkg");
        if (File.Exists(path))
        {
            return;
        }

        using ZipArchive package = ZipFile.Open(path, ZipArchiveMode.Create);
        string system = $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        package.CreateEntryFromFile(NativeLibraries.Warm(NativeLibraryKind.OnnxRuntime).Path, $"runtimes/{system}/native/libonnxruntime.so", CompressionLevel.Fastest);
        using StreamWriter about = new(package.CreateEntry($"{Id}.nuspec").Open());
        about.Write($"""
            <?xml version="1.0" encoding="utf-8"?>
            <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
              <metadata>
                <id>{Id}</id>
                <version>{packages.Version}</version>
                <authors>test</authors>
                <description>The layout of {Id}.</description>
              </metadata>
            </package>
            """);
    }
}
