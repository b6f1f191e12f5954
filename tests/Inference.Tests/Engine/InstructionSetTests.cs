using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.Intrinsics;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Engine;

/// <summary>The tests of the engines again, in child processes, with the wider instruction sets switched off.</summary>
public partial class InstructionSetTests
{
    /// <summary>Fewer than the namespace has.</summary>
    private const int FewestTests = 100;

    private const string WidestRegister = "INFERENCE_TEST_WIDEST_REGISTER";

    [Theory]
    [InlineData("DOTNET_EnableAVX512", 256)]
    [InlineData("DOTNET_EnableAVX2", 128)]
    [InlineData("DOTNET_EnableHWIntrinsic", 0)]
    public async Task The_engines_have_the_references_bits_without(string set, int widest)
    {
        if (Environment.GetEnvironmentVariable(WidestRegister) is not null)
        {
            return;
        }

        Dictionary<string, string> variables = new() { [set] = "0", [WidestRegister] = widest.ToString(CultureInfo.InvariantCulture), ["INFERENCE_PROPERTY_CASES"] = "60" };
        ChildProcess child = await ChildProcess.Run(ChildProcess.DotNetPath, Repository.Root, variables, typeof(InstructionSetTests).Assembly.Location, "-namespace", "Inference.Tests.Engine");
        child.Succeeded();

        // A runner that finds no test ends well, too.
        Match total = TotalPattern().Match(child.Output);
        Assert.True(total.Success && int.Parse(total.Groups[1].Value, CultureInfo.InvariantCulture) >= FewestTests, child.Output);
    }

    [Fact]
    public void The_switch_took_effect()
    {
        if (Environment.GetEnvironmentVariable(WidestRegister) is not { } text)
        {
            return;
        }

        int widest = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;
        Assert.Equal(int.Parse(text, CultureInfo.InvariantCulture), widest);
    }

    [GeneratedRegex(@"Total: (\d+)")]
    private static partial Regex TotalPattern();
}
