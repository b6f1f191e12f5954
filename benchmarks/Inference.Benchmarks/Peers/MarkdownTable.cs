using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Inference.Benchmarks.Peers;

/// <summary>Tables of a result: written for a reader, read back for the chart.</summary>
internal static class MarkdownTable
{
    /// <summary>Writes a table below a heading. The first <paramref name="textColumns"/> columns are text, the others figures.</summary>
    public static void Write(TextWriter output, string heading, int textColumns, string[] columns, IEnumerable<string[]> rows)
    {
        output.WriteLine($"## {heading}");
        output.WriteLine();
        output.WriteLine(Line(columns));
        output.WriteLine($"|{string.Concat(columns.Select((_, i) => i < textColumns ? "---|" : "--:|"))}");
        foreach (string[] row in rows)
        {
            output.WriteLine(Line(row));
        }

        output.WriteLine();
    }

    /// <summary>The rows of the table below a heading.</summary>
    public static IEnumerable<string[]> Read(IEnumerable<string> lines, string heading) => lines
        .SkipWhile(line => line != $"## {heading}")
        .SkipWhile(line => !line.StartsWith("|--", StringComparison.Ordinal))
        .Skip(1)
        .TakeWhile(line => line.StartsWith('|'))
        .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries));

    private static string Line(string[] cells) => $"| {string.Join(" | ", cells)} |";
}
