using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Lanes;

/// <summary>Which threads and libraries a process holds, seen from outside: from /proc, in processes of their own.</summary>
public sealed class ThreadCountTests
{
    private const string XGBoost = "benchmarks/models/xgb-risk-31f-100/model.ubj";
    private const string LightGbm = "benchmarks/models/lgb-leaves31-500/model.txt";
    private const string Onnx = "benchmarks/models/xgb-d6-500/model.onnx";
    private const string Quota = "/sys/fs/cgroup/cpu";

    /// <summary>ONNX Runtime starts no telemetry where CI is set, whatever this library does.</summary>
    private static readonly Dictionary<string, string> NoVariables = new() { ["CI"] = "" };

    [Fact]
    public async Task Nothing_native_is_loaded_and_no_thread_started_before_it_is_needed()
    {
        Require();

        ChildProcess run = (await BuiltProgram.RunHost(NoVariables, "lazy", XGBoost, LightGbm)).Succeeded();

        const string all = "[libxgboost, lib_lightgbm, libonnxruntime, libgomp]";
        Assert.Equal(
            [
                "start: [] []",
                "managed: [] []",
                $"warm: {all} []",
                $"loaded small: {all} []",
                $"loaded large: {all} [inference load]",
                $"caller: {all} [inference load]",
                $"lane: {all} [inference load, owned 0, owned 0]",
                $"disposed: {all} [inference load]",
            ],
            run.Lines);
    }

    [Fact]
    public async Task On_one_CPU_the_budget_is_one_and_no_library_starts_a_thread()
    {
        Require();

        ChildProcess run = await ChildProcess.Run(
            "taskset", Repository.Root, NoVariables, "-c", $"{Native.Platform.Affinity.Get()[0]}", ChildProcess.DotNetPath, BuiltProgram.PathOf("tests/Hosts"), "defaults", XGBoost, LightGbm, Onnx);

        CheckOne(run.Succeeded());
    }

    [Fact]
    public async Task With_a_quarter_of_a_CPU_the_budget_is_one_and_no_library_starts_a_thread()
    {
        Require();
        string group = Path.Combine(Quota, $"inference-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(group);
            File.WriteAllText(Path.Combine(group, "cpu.cfs_period_us"), "100000");
            File.WriteAllText(Path.Combine(group, "cpu.cfs_quota_us"), "25000");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // No quota can be set here: .NET's own variable for the same number stands in for it.
            Dictionary<string, string> variables = new(NoVariables) { ["DOTNET_PROCESSOR_COUNT"] = "1" };
            CheckOne((await BuiltProgram.RunHost(variables, "defaults", XGBoost, LightGbm, Onnx)).Succeeded());
            return;
        }

        try
        {
            ChildProcess run = await ChildProcess.Run(
                "/bin/sh",
                Repository.Root,
                NoVariables,
                "-c",
                "echo $$ > \"$0\" && exec \"$@\"",
                Path.Combine(group, "cgroup.procs"),
                ChildProcess.DotNetPath,
                BuiltProgram.PathOf("tests/Hosts"),
                "defaults",
                XGBoost,
                LightGbm,
                Onnx);
            CheckOne(run.Succeeded());
        }
        finally
        {
            Directory.Delete(group);
        }
    }

    /// <summary>The lane and the thread of large loads, which its callers wait for: no library's thread.</summary>
    private static void CheckOne(ChildProcess run) => Assert.Equal(
        ["start: [] []", "budget: 1", "lanes: 1", "predicted: [libxgboost, lib_lightgbm, libonnxruntime, libgomp] [inference load, owned 0]"],
        run.Lines);

    private static void Require()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "threads are counted in /proc");
        Natives.Require(NativeLibraryKind.XGBoost);
        Natives.Require(NativeLibraryKind.LightGbm);
        Natives.Require(NativeLibraryKind.OnnxRuntime);
    }
}
