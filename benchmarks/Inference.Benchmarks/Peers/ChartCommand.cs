using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Inference.Benchmarks.Peers;

/// <summary><c>chart RESULTS SVG</c>: draws what <c>peers --save</c> wrote.</summary>
internal static class ChartCommand
{
    /// <summary>Reads the results and writes the picture.</summary>
    public static int Run(string[] args)
    {
        if (args is not [string results, string picture])
        {
            throw new BenchmarkException("RESULTS SVG must follow: the file that peers --save wrote, and the picture to write");
        }

        string[] lines = File.ReadAllLines(results);
        List<ChartPanel> panels = [new("Whole batch of 8192 rows, one thread each", Bars(lines, PeerReport.WholeBatch, Promises.Batch)), new("One row, median of single calls", Bars(lines, PeerReport.OneRow, Promises.OneRow))];
        File.WriteAllText(picture, RatioChart.Draw("How many times as fast as its peers", $"{Machine(lines)}; logarithmic axis", panels));
        return 0;
    }

    /// <summary>A bar for each model and a mean for each peer.</summary>
    private static List<ChartBar> Bars(string[] lines, string heading, string what)
    {
        List<ChartBar> bars = [];
        foreach (IGrouping<string, string[]> peer in MarkdownTable.Read(lines, heading).GroupBy(row => row[1]))
        {
            bars.AddRange(peer.Select(row => new ChartBar(row[0], peer.Key, Number(row[^1]), IsMean: false)));
            string mean = MarkdownTable.Read(lines, PeerReport.Promised).First(row => row[0].StartsWith(Promises.MeanAgainst(what, peer.Key), StringComparison.Ordinal))[1];
            bars.Add(new ChartBar($"mean against {peer.Key}", peer.Key, Number(mean), IsMean: true));
        }

        return bars;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>The first line after the title: processor, system, versions.</summary>
    private static string Machine(string[] lines) => lines.Skip(1).First(line => line.Length > 0).Split(". ")[0];
}
