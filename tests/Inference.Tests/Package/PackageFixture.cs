using System;
using System.Globalization;
using System.IO;
using System.Threading.Tasks;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Package;

/// <summary>
/// Packs the library and the command once for every test of the packages: with a version of their own, into a feed that
/// is a folder, built outside the checkout so that nothing which the tests run on is touched.
/// </summary>
public sealed class PackageFixture : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("inference-package-");

    /// <summary>The version of the packages; no other run has it, so no cache can hold it.</summary>
    internal string Version { get; } = $"0.0.1-test.{DateTime.UtcNow.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)}.{Environment.ProcessId}";

    /// <summary>The folder that is the feed.</summary>
    internal string Feed => Path.Combine(_folder.FullName, "feed");

    /// <summary>A package in the feed.</summary>
    internal string PathOf(string id, string extension) => Path.Combine(Feed, $"{id}.{Version}.{extension}");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Feed);
        foreach (string project in (string[])["Inference", "Inference.Cli"])
        {
            ChildProcess pack = await ChildProcess.DotNet(
                Repository.Root,
                "pack",
                Path.Combine("src", project),
                "-c",
                "Release",
                "--artifacts-path",
                Path.Combine(_folder.FullName, "build"),
                "-o",
                Feed,
                $"-p:Version={Version}");
            pack.Succeeded();
        }
    }

    /// <summary>A folder of its own, from which the feed is seen beside the machine's own sources.</summary>
    internal string CreateFolder(string name)
    {
        string folder = _folder.CreateSubdirectory(name).FullName;
        File.WriteAllText(
            Path.Combine(folder, "nuget.config"),
            $"""
            <configuration>
              <packageSources>
                <add key="feed" value="{Feed}" />
              </packageSources>
            </configuration>
            """);
        return folder;
    }

    /// <summary>
    /// A project with the shortest sample's sources that references the package. It keeps the package out of the machine's
    /// package folder, from which everything else is taken where it is there.
    /// </summary>
    internal string CreateConsumer(string name)
    {
        string folder = CreateFolder(name);
        File.WriteAllText(
            Path.Combine(folder, name + ".csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <InvariantGlobalization>true</InvariantGlobalization>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <RestorePackagesPath>$(MSBuildThisFileDirectory)packages</RestorePackagesPath>
                <RestoreAdditionalProjectFallbackFolders>{MachinePackages()}</RestoreAdditionalProjectFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Inference" Version="{Version}" />
              </ItemGroup>
            </Project>
            """);
        foreach (string source in (string[])["Program.cs", "Program.Data.cs"])
        {
            File.Copy(Path.Combine(Repository.Root, "samples", "Shortest", source), Path.Combine(folder, source));
        }

        return folder;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string MachinePackages()
    {
        string folder = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return Directory.Exists(folder) ? folder : "";
    }
}
