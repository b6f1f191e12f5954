using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Inference.Benchmarks.Peers;

/// <summary><c>peers [MODEL ...] [--save FILE]</c>: our engine beside its peers, turn by turn.</summary>
internal static class PeersCommand
{
    /// <summary>Prints, and on request saves, the report; the result is 0 when every promise was kept and 3 when one was not.</summary>
    public static int Run(string[] args)
    {
        CommandOptions options = new(args);
        string? file = options.Word("--save");
        options.Check();
        string[] names = options.Words;
        PeerResults results = new();
        string load = Load();
        foreach (string name in names.Length > 0 ? names : [.. PeerCase.AllNames])
        {
            Console.Error.WriteLine(name);
            using PeerCase model = PeerCase.Load(name);
            results.Measure(model);
        }

        List<Verdict> verdicts = [.. Promises.Judge(results)];
        using StringWriter report = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        PeerReport.Write(report, results, verdicts, $"{load} and {Load()}");
        string text = report.ToString().TrimEnd() + "\n";
        Console.Write(text);
        if (file is not null)
        {
            File.WriteAllText(file, text);
        }

        return verdicts.All(verdict => verdict.IsKept) ? 0 : 3;
    }

    /// <summary>How many programs wanted a processor in the last minute, where the system tells.</summary>
    private static string Load()
    {
        const string Averages = "/proc/loadavg";
        return File.Exists(Averages) ? File.ReadAllText(Averages).Split(' ')[0] : "unknown";
    }
}
