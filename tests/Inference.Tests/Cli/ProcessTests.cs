using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Inference.Cli;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Cli;

/// <summary>What only a process has: pipes that break, signals.</summary>
public sealed partial class ProcessTests
{
    private static readonly Fixture Model = new("lightgbm-4.1.0.99", "feature-names");

    [Fact]
    public async Task A_reader_that_goes_away_ends_the_command_quietly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes break differently there");
        using TemporaryFolder folder = new();
        using Process process = CommandRun.Start(["predict", Model.PathOf("model.txt"), ManyRows(folder, 200_000)]);
        Assert.Equal("value", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        process.StandardOutput.Close();
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", error);
        Assert.Equal(ExitCodes.BrokenPipe, process.ExitCode);
    }

    [Theory]
    [InlineData(1, ExitCodes.HungUp)]
    [InlineData(2, ExitCodes.Interrupted)]
    [InlineData(3, ExitCodes.Quit)]
    [InlineData(15, ExitCodes.Terminated)]
    public async Task A_signal_takes_the_unfinished_file_away(int signal, int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals");
        using TemporaryFolder folder = new();
        string rows = ManyRows(folder, 100_000);
        string output = Directory.CreateDirectory(folder.File("out")).FullName;
        using Process process = CommandRun.StartHearingSignals(["predict", Model.PathOf("model.txt"), rows, "-o", Path.Combine(output, "x.csv"), "--engine", "reference", "--kind", "contrib"]);
        while (!Directory.EnumerateFiles(output).Any() && !process.HasExited)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Equal(0, Kill(process.Id, signal));
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(TimeSpan.FromSeconds(20));
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        Assert.Equal("", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal(exitCode, process.ExitCode);
        Assert.Empty(Directory.EnumerateFiles(output));
    }

    [Theory]
    [InlineData("\"$0\" 2>&-", ExitCodes.Usage)]
    [InlineData("\"$0\" inspect gone 2>&-", ExitCodes.Error)]
    [InlineData("\"$0\" --version >&- 2>/dev/null", ExitCodes.Error)]
    public async Task Closed_streams_leave_the_exit_status(string script, int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a Unix shell");
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script, CommandRun.Executable]) { UseShellExecute = false })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(exitCode, process.ExitCode);
    }

    [Fact]
    public async Task Output_that_is_appended_to_a_file_keeps_what_was_there()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        using TemporaryFolder folder = new();
        string target = folder.Write("log", "before\n");
        ProcessStartInfo start = new("/bin/sh") { UseShellExecute = false };
        foreach (string arg in (IEnumerable<string>)["-c", "{ \"$0\" --version; \"$0\" predict \"$1\" \"$2\"; echo after; } >> \"$3\"", CommandRun.Executable, Model.PathOf("model.txt"), Model.PathOf("rows.npy"), target])
        {
            start.ArgumentList.Add(arg);
        }

        using Process process = Process.Start(start)!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        string[] lines = File.ReadAllLines(target);
        Assert.Equal("before", lines[0]);
        Assert.Equal("value", lines[2]);
        Assert.Equal("after", lines[^1]);
        Assert.Equal(Model.Read("rows.npy").Shape[0] + 4, lines.Length);
    }

    [Fact]
    public async Task A_link_to_the_output_keeps_pointing_where_it_points()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a Unix shell");
        using TemporaryFolder folder = new();
        string target = folder.Write("target.csv", "before\n");
        File.CreateSymbolicLink(folder.File("link.csv"), "target.csv");
        ProcessStartInfo start = new(CommandRun.Executable, ["predict", Model.PathOf("model.txt"), Model.PathOf("rows.npy"), "-o", "link.csv"])
        {
            UseShellExecute = false,
            WorkingDirectory = folder.Path,
        };
        using Process process = Process.Start(start)!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.Equal("target.csv", new FileInfo(folder.File("link.csv")).LinkTarget);
        Assert.Equal("value", File.ReadLines(target).First());
    }

    /// <summary>The fixture's rows again and again, as CSV would be slow to make: as .npy.</summary>
    private static string ManyRows(TemporaryFolder folder, int rows)
    {
        byte[] content = File.ReadAllBytes(Model.PathOf("rows.npy"));
        Inference.Cli.Rows.NpyHeader header = Inference.Cli.Rows.NpyHeader.Read(new MemoryStream(content));
        long columns = header.Shape[1];
        using FileStream stream = File.Create(folder.File("rows.npy"));
        stream.Write(Inference.Cli.Rows.NpyHeader.Compose(header.Descr, [rows, columns]));
        byte[] data = content[header.DataOffset..];
        long left = rows * columns * 8;
        for (; left > 0; left -= data.Length)
        {
            stream.Write(data.AsSpan(0, (int)Math.Min(left, data.Length)));
        }

        return folder.File("rows.npy");
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
