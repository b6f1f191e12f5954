using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Inference.Tests.Cli;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Platform;

/// <summary>Processes that fork, and what is said of processes that should not.</summary>
public sealed class ForkTests
{
    /// <summary>How a host that forks has to start .NET.</summary>
    internal static readonly Dictionary<string, string> ForkingHost = new()
    {
        ["DOTNET_EnableWriteXorExecute"] = "0",
        ["DOTNET_TieredCompilation"] = "0",
        ["DOTNET_gcServer"] = "0",
    };

    private static readonly string Program = BuiltProgram.PathOf("tests/Forking");

    [Fact]
    public async Task A_child_is_told_from_its_parent_two_hundred_times()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // It has no fork: the law holds of nothing there.
        }

        ChildProcess run = await ChildProcess.Run(ChildProcess.DotNetPath, Repository.Root, ForkingHost, Program, "guard", "200");

        run.Succeeded();
        Assert.StartsWith("200 children", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DOTNET_EnableWriteXorExecute", "1")]
    [InlineData("DOTNET_TieredCompilation", "1")]
    [InlineData("DOTNET_gcServer", "1")]
    [InlineData("", "")]
    public async Task What_stands_against_a_fork_is_named_with_its_remedy(string variable, string value)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Dictionary<string, string> variables = new(ForkingHost);
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
}
