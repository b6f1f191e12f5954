using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Inference.Cli.Rows;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Engine;

/// <summary>The environment variable that names the kernel, in processes of its own.</summary>
public class ForcedKernelTests
{
    private static readonly string Trees = new Fixture("xgboost-3.4.1", "binary-logistic").PathOf("model.ubj");
    private static readonly string Linear = new Fixture("xgboost-3.4.1", "gblinear").PathOf("model.ubj");

    [Theory]
    [InlineData("byte-ranks", "managed, byte-ranks")]
    [InlineData("packed-walk", "managed, packed-walk")]
    [InlineData("node-walk", "reference, node-walk")]
    public async Task Inspect_says_that_it_was_forced(string kernel, string engine)
    {
        ChildProcess run = (await Run(kernel, "inspect", Trees)).Succeeded();
        Assert.Contains(run.Lines, line => line.StartsWith($"engine          {engine}: INFERENCE_KERNEL asks for it; ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_empty_variable_leaves_the_choice()
    {
        ChildProcess run = (await Run("", "inspect", Trees)).Succeeded();
        Assert.Contains(run.Lines, line => line.StartsWith("engine          managed, byte-ranks: a row is a bit", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_forced_kernel_is_verified_against_the_specification() =>
        Assert.Contains("managed (packed-walk): INFERENCE_KERNEL asks for it", (await Run("packed-walk", "verify", Trees)).Succeeded().Output, StringComparison.Ordinal);

    [Fact]
    public async Task An_unknown_kernel_is_refused()
    {
        ChildProcess run = await Run("byte-rank", "inspect", Trees);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"error: {Trees}: INFERENCE_KERNEL asks for 'byte-rank', which is no kernel; byte-ranks, packed-walk, node-walk, or no variable", run.Errors.TrimEnd());
    }

    [Fact]
    public async Task A_kernel_that_cannot_run_the_model_is_refused()
    {
        ChildProcess run = await Run("packed-walk", "inspect", Linear);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"error: {Linear}: INFERENCE_KERNEL asks for 'packed-walk', but a linear booster has no trees to walk; node-walk, or no variable", run.Errors.TrimEnd());
    }

    private static Task<ChildProcess> Run(string kernel, params IEnumerable<string> arguments) =>
        ChildProcess.Run(
            ChildProcess.DotNetPath,
            Repository.Root,
            new Dictionary<string, string> { ["INFERENCE_KERNEL"] = kernel },
            [typeof(NpyArray).Assembly.Location, .. arguments]);
}
