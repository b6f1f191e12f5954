using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using Xunit;

namespace Inference.Tests.Robustness;

/// <summary>Runs many trials on one thread with a small stack, watched by another: a hang fails a test and does not hang it.</summary>
internal static class TrialRun
{
    /// <summary>Deep recursion must show even in a host that gives its threads little.</summary>
    private const int StackBytes = 512 * 1024;

    private const int ShownFailures = 5;

    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(20);

    /// <summary>Runs files.</summary>
    /// <param name="what">The name of the run.</param>
    /// <param name="warm">Sound files that are loaded first, so that first-time allocations are not counted.</param>
    /// <param name="files">The files and their names. A file's bytes are read before the next is asked for.</param>
    /// <returns>The number of files for each outcome.</returns>
    public static Dictionary<Outcome, int> Run(string what, IEnumerable<byte[]> warm, IEnumerable<(string Name, byte[] Content)> files)
    {
        Dictionary<Outcome, int> counts = Enum.GetValues<Outcome>().ToDictionary(outcome => outcome, _ => 0);
        List<string> failures = [];
        int failed = 0;
        Exception? crash = null;
        (string Name, byte[] Content) current = ("", []);
        long started = Stopwatch.GetTimestamp();
        Thread worker = new(
            () =>
            {
                try
                {
                    WarmUp(warm);
                    foreach ((string Name, byte[] Content) file in files)
                    {
                        current = file;
                        Volatile.Write(ref started, Stopwatch.GetTimestamp());
                        try
                        {
                            counts[Trial.Run(file.Content)]++;
                        }
                        catch (TrialException exception)
                        {
                            failed++;
                            if (failures.Count < ShownFailures)
                            {
                                failures.Add($"{file.Name}: {exception.Message}{Environment.NewLine}kept in {Keep(file.Content)}");
                            }
                        }
                    }
                }
                catch (Exception exception)
                {
                    crash = exception;
                }
            },
            StackBytes)
        { IsBackground = true };
        worker.Start();
        while (!worker.Join(500))
        {
            if (Stopwatch.GetElapsedTime(Volatile.Read(ref started)) > Hang)
            {
                Assert.Fail($"{what}, {current.Name}: still busy after {Hang.TotalSeconds:0} s; kept in {Keep(current.Content)}");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{what}: {counts.Values.Sum() + failed} files: {string.Join(", ", counts.Select(count => $"{count.Value} {count.Key}"))}, {failed} failures");
        Assert.True(crash is null, $"{what}: the trial itself failed: {crash}");
        Assert.True(failed == 0, $"{what}: {failed} failures, the first of them:{Environment.NewLine}{string.Join(Environment.NewLine, failures)}");
        return counts;
    }

    private static void WarmUp(IEnumerable<byte[]> warm)
    {
        foreach (byte[] content in warm)
        {
            for (int i = 0; i < 3; i++)
            {
                Trial.Run(content);
                Trial.Run(content.AsSpan(0, content.Length / 2));
            }
        }
    }

    private static string Keep(byte[] content)
    {
        string path = Path.Combine(Path.GetTempPath(), $"inference-broken-{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content))[..12]}");
        File.WriteAllBytes(path, content);
        return path;
    }
}
