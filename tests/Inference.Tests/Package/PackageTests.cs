using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Threading.Tasks;
using System.Xml.Linq;
using Inference.Tests.Samples;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Package;

/// <summary>What a stranger gets: the packages as `dotnet pack` makes them, used by projects that know nothing of this checkout.</summary>
[Collection(nameof(Alone))]
public sealed class PackageTests(PackageFixture packages) : IClassFixture<PackageFixture>
{
    [Fact]
    public void The_library_is_one_package_that_says_what_it_is()
    {
        using ZipArchive package = ZipFile.OpenRead(packages.PathOf("Inference", "nupkg"));
        XElement about = Metadata(package, "Inference");
        Assert.Equal("Inference", Text(about, "id"));
        Assert.Equal(packages.Version, Text(about, "version"));
        Assert.Equal("MIT", Text(about, "license"));
        Assert.Equal("README.md", Text(about, "readme"));
        Assert.NotEmpty(Text(about, "description"));
        Assert.NotEmpty(Text(about, "tags"));
        Assert.NotEmpty(Text(about, "authors"));
        XElement dependency = Assert.Single(about.Descendants(), element => element.Name.LocalName == "dependency");
        Assert.Equal("System.Numerics.Tensors", (string?)dependency.Attribute("id"));
        Assert.Equal(
            ["README.md", "THIRD-PARTY-NOTICES.md", "lib/net10.0/Inference.Native.dll", "lib/net10.0/Inference.dll", "lib/net10.0/Inference.xml"],
            Content(package).Where(name => name != "Inference.nuspec"));
        using ZipArchive symbols = ZipFile.OpenRead(packages.PathOf("Inference", "snupkg"));
        Assert.Contains("lib/net10.0/Inference.pdb", Content(symbols));
        Assert.Contains("lib/net10.0/Inference.Native.pdb", Content(symbols));
    }

    [Fact]
    public void The_package_names_the_commit_it_was_built_from()
    {
        using ZipArchive package = ZipFile.OpenRead(packages.PathOf("Inference", "nupkg"));
        XElement repository = Assert.Single(Metadata(package, "Inference").Elements(), element => element.Name.LocalName == "repository");
        if (Path.Exists(Path.Combine(Repository.Root, ".git")))
        {
            Assert.Matches("^[0-9a-f]{40}$", (string?)repository.Attribute("commit"));
        }
    }

    [Fact]
    public void The_library_is_built_reproducibly()
    {
        using ZipArchive package = ZipFile.OpenRead(packages.PathOf("Inference", "nupkg"));
        using Stream content = package.GetEntry("lib/net10.0/Inference.dll")!.Open();
        using MemoryStream bytes = new();
        content.CopyTo(bytes);
        bytes.Position = 0;
        using PEReader image = new(bytes);
        Assert.Contains(image.ReadDebugDirectory(), entry => entry.Type == DebugDirectoryEntryType.Reproducible);
    }

    [Fact]
    public async Task A_fresh_project_loads_and_predicts()
    {
        string folder = packages.CreateConsumer("Consumer");
        (await ChildProcess.DotNet(folder, "build", "-c", "Release")).Succeeded();
        ChildProcess run = await ChildProcess.DotNet(SampleData.Folder, Path.Combine(folder, "bin", "Release", "net10.0", "Consumer.dll"));
        SampleData.CheckShortest(run.Succeeded());
    }

    [Fact]
    public async Task The_same_project_runs_trimmed_and_self_contained()
    {
        string folder = packages.CreateConsumer("Trimmed");
        string target = Path.Combine(folder, "out");
        ChildProcess publish = await ChildProcess.DotNet(
            folder,
            "publish",
            "-c",
            "Release",
            "-r",
            RuntimeInformation.RuntimeIdentifier,
            "--self-contained",
            "-p:PublishTrimmed=true",
            "-p:TrimmerSingleWarn=false",
            "-o",
            target);
        Assert.DoesNotContain("warning", publish.Succeeded().Output, StringComparison.OrdinalIgnoreCase);
        Assert.False(File.Exists(Path.Combine(target, "System.Private.Xml.dll")), "nothing was trimmed");
        ChildProcess run = await ChildProcess.Run(Path.Combine(target, "Trimmed" + Executable), SampleData.Folder);
        SampleData.CheckShortest(run.Succeeded());
    }

    [Fact]
    public async Task The_command_installs_as_a_tool()
    {
        string folder = packages.CreateFolder("Tool");
        string tools = Path.Combine(folder, "tools");
        (await ChildProcess.DotNet(folder, "tool", "install", "Inference.Cli", "--version", packages.Version, "--tool-path", tools)).Succeeded();
        ChildProcess run = await ChildProcess.Run(Path.Combine(tools, "inference" + Executable), SampleData.Folder, "predict", "risk.ubj", "risk.csv", "--kind", "margin");
        float[] printed = [.. run.Succeeded().Lines.Skip(1).Select(line => float.Parse(line, CultureInfo.InvariantCulture))];
        Bits.Equal((float[])SampleData.Read("risk.expected-margin.npy").Data, printed, run.CommandLine);
    }

    private static string Executable => OperatingSystem.IsWindows() ? ".exe" : "";

    private static XElement Metadata(ZipArchive package, string id)
    {
        using Stream content = package.GetEntry(id + ".nuspec")!.Open();
        return XDocument.Load(content).Root!.Elements().Single();
    }

    private static string Text(XElement about, string name) => about.Elements().Single(element => element.Name.LocalName == name).Value;

    private static IEnumerable<string> Content(ZipArchive package) => package.Entries
        .Select(entry => entry.FullName)
        .Where(name => name is not "[Content_Types].xml" && !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);
}
