using System;
using System.IO;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Formats;

/// <summary>
/// Loading a model of any format takes memory in proportion to its file. Everything that a load allocates is an upper bound of
/// what it leaves alive, and unlike that it can be measured beside other tests; the benchmark `load` measures both, and time.
/// </summary>
public sealed class LoadMemoryTests
{
    private const int MostTimesTheFile = 8;
    private const int Allowance = 64 * 1024;

    public static TheoryData<string> Models
    {
        get
        {
            TheoryData<string> models = [];
            string root = Path.Combine(Repository.Root, "benchmarks", "models");
            foreach (string file in Directory.EnumerateFiles(root, "model.*", SearchOption.AllDirectories))
            {
                models.Add(Path.GetRelativePath(root, file).Replace('\\', '/'));
            }

            return models;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_load_allocates_no_more_than_eight_times_the_file(string model)
    {
        string path = Path.Combine(Repository.Root, "benchmarks", "models", model);
        Booster.Load(path).Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Booster.Load(path).Dispose();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        long file = new FileInfo(path).Length;
        Assert.True(allocated <= (MostTimesTheFile * file) + Allowance, $"{model}: {allocated} bytes allocated for a file of {file}, {(double)allocated / file:F1} times");
    }
}
