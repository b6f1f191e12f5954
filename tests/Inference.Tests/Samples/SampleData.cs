using System.Globalization;
using System.IO;
using System.Linq;
using Inference.Cli.Rows;
using Inference.Tests.Support;

namespace Inference.Tests.Samples;

/// <summary>samples/data: the model and rows of the README, and what XGBoost answered.</summary>
internal static class SampleData
{
    /// <summary>The folder.</summary>
    public static string Folder => Path.Combine(Repository.Root, "samples", "data");

    /// <summary>A file in it.</summary>
    public static string PathOf(string file) => Path.Combine(Folder, file);

    /// <summary>An array in it.</summary>
    public static NpyArray Read(string file) => NpyArray.Read(PathOf(file));

    /// <summary>The shortest program prints the first row's score and then every row's.</summary>
    public static void CheckShortest(ChildProcess run)
    {
        float[] printed = [.. run.Lines.Select(line => float.Parse(line, CultureInfo.InvariantCulture))];
        float[] expected = (float[])Read("risk.expected-value.npy").Data;
        Bits.Within(2, [expected[0], .. expected], printed, run.CommandLine);
    }
}
