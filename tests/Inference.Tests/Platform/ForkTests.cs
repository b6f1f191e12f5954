using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Inference.Tests.Cli;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Platform;

/// <summary>Processes that fork, and what is said of processes that should not. The hosts are in tests/Hosts. Alone, because a child has a second.</summary>
[Collection(nameof(Alone))]
public sealed class ForkTests
{
    private const string Model = "benchmarks/models/xgb-risk-31f-100/model.ubj";
    private const string LargeModel = "benchmarks/models/xgb-deep-forest-100/model.ubj";
    private const int Columns = 31;

    /// <summary>How a host that forks has to start .NET.</summary>
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["DOTNET_EnableWriteXorExecute"] = "0",
        ["DOTNET_TieredCompilation"] = "0",
        ["DOTNET_gcServer"] = "0",
        ["DOTNET_gcConcurrent"] = "0",
    };

    [Fact]
    public async Task A_child_is_told_from_its_parent_two_hundred_times()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // It has no fork: the law holds of nothing there.
        }

        ChildProcess run = (await BuiltProgram.RunHost(Settings, "guard", "200")).Succeeded();

        Assert.StartsWith("200 children", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("refuse", "Refused")]
    [InlineData("managed", "Equal")]
    public async Task Children_of_a_parent_that_used_two_OpenMP_threads_are_answered_within_a_second(string policy, string outcome)
    {
        RequireLinux();
        Natives.Require(NativeLibraryKind.XGBoost);

        ChildProcess run = (await BuiltProgram.RunHost(Settings, policy, Model, "200")).Succeeded();

        Assert.Matches(@"threads went from (\d+) to \d+", run.Lines[0]);
        CheckChildren(run.Lines[1], 200, outcome);
    }

    [Fact]
    public async Task Children_of_a_parent_that_only_loaded_predict_natively()
    {
        RequireLinux();
        Natives.Require(NativeLibraryKind.XGBoost);

        ChildProcess run = (await BuiltProgram.RunHost(Settings, "fork-first", Model, "20")).Succeeded();

        CheckChildren(run.Lines[0], 20, "Equal");
    }

    [Fact]
    public async Task Children_of_a_parent_that_loaded_large_models_load_and_predict_on_their_own_thread()
    {
        RequireLinux();
        Natives.Require(NativeLibraryKind.XGBoost);

        ChildProcess run = (await BuiltProgram.RunHost(Settings, "large", LargeModel, "3", "200")).Succeeded();

        Assert.Equal("the parent loaded; threads that load: 1", run.Lines[0]);
        Assert.StartsWith("200 children after a load: Equal", run.Lines[1], StringComparison.Ordinal);
        Assert.StartsWith("3 children that load: Equal", run.Lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fork_waits_until_the_lanes_wait()
    {
        RequireLinux();
        Natives.Require(NativeLibraryKind.XGBoost);

        ChildProcess run = (await BuiltProgram.RunHost(Settings, "lanes", Model, "500")).Succeeded();

        Assert.StartsWith("500 children after work on a lane: Equal", run.Lines[0], StringComparison.Ordinal);
        Assert.StartsWith("500 children after work on three lanes: Equal", run.Lines[1], StringComparison.Ordinal);
        Assert.StartsWith("500 children during a prediction: Equal", run.Lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("refuse", "Refused")]
    [InlineData("managed", "Equal")]
    [InlineData("fork-first", "Equal")]
    public async Task The_same_holds_where_a_C_program_starts_NET_and_forks(string scenario, string outcome)
    {
        RequireLinux();
        Natives.Require(NativeLibraryKind.XGBoost);
        using TemporaryFolder folder = new();
        string host = await BuildHost(folder);
        int rounds = scenario == "fork-first" ? 20 : 200;

        ChildProcess run = (await ChildProcess.Run(host, Repository.Root, Settings, scenario, HostFxr, BuiltProgram.PathOf("tests/Hosts"), Model, $"{rounds}")).Succeeded();

        CheckChildren(run.Lines[0], rounds, outcome);
    }

    [Fact]
    public async Task Without_this_library_such_a_child_hangs()
    {
        RequireLinux();
        Natives.Require(NativeLibraryKind.XGBoost);
        using TemporaryFolder folder = new();
        string host = await BuildHost(folder);
        string library = NativeLibraries.Warm(NativeLibraryKind.XGBoost).Path;
        Dictionary<string, string> variables = new() { ["LD_LIBRARY_PATH"] = Path.GetDirectoryName(library)! };

        ChildProcess run = (await ChildProcess.Run(host, Repository.Root, variables, "raw", library, Model, $"{Columns}")).Succeeded();

        Assert.StartsWith("raw child: hung", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DOTNET_EnableWriteXorExecute", "1")]
    [InlineData("DOTNET_TieredCompilation", "1")]
    [InlineData("DOTNET_gcServer", "1")]
    [InlineData("DOTNET_gcConcurrent", "1")]
    [InlineData("", "")]
    public async Task What_stands_against_a_fork_is_named_with_its_remedy(string variable, string value)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Dictionary<string, string> variables = new(Settings);
        if (variable.Length > 0)
        {
            variables[variable] = value;
        }

        ChildProcess run = (await ChildProcess.Run(CommandRun.Executable, Repository.Root, variables, "natives")).Succeeded();

        string[] hazards = Array.FindAll(run.Lines, line => line.StartsWith("fork ", StringComparison.Ordinal));
        if (variable.Length == 0)
        {
            Assert.Empty(hazards);
        }
        else
        {
            Assert.EndsWith($"start the process with {variable}=0", Assert.Single(hazards), StringComparison.Ordinal);
        }
    }

    /// <summary>The folder of this .NET.</summary>
    private static string DotNetRoot => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));

    private static string HostFxr => Directory.GetFiles(Path.Combine(DotNetRoot, "host", "fxr"), "libhostfxr.so", SearchOption.AllDirectories)
        .OrderBy(path => Version.TryParse(Path.GetFileName(Path.GetDirectoryName(path)), out Version? version) ? version : new Version())
        .Last();

    private static void RequireLinux() => Assert.SkipUnless(OperatingSystem.IsLinux(), "the hosts that fork run on Linux alone");

    /// <summary>"200 children: Refused, the slowest took 20 ms".</summary>
    private static void CheckChildren(string line, int count, string outcome)
    {
        string start = $"{count} children: {outcome}, the slowest took ";
        Assert.StartsWith(start, line, StringComparison.Ordinal);
        int milliseconds = int.Parse(line[start.Length..^" ms".Length], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(milliseconds, 0, 1000);
    }

    /// <summary>Compiles tests/Hosts/host.c against the headers of the SDK's packs.</summary>
    private static async Task<string> BuildHost(TemporaryFolder folder)
    {
        string packs = Path.Combine(DotNetRoot, "packs");
        string? header = Directory.Exists(packs) ? Directory.GetFiles(packs, "hostfxr.h", SearchOption.AllDirectories).FirstOrDefault() : null;
        Assert.SkipWhen(header is null, $"{packs} has no hostfxr.h");
        string program = Path.Combine(folder.Path, "host");
        await CCompiler.Run("-O1", "-Wall", "-Wextra", "-Werror", $"-I{Path.GetDirectoryName(header)}", "-o", program, "tests/Hosts/host.c", "-ldl");
        return program;
    }
}
