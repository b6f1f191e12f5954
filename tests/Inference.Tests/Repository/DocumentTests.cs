using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.RepositoryRules;

/// <summary>What the documents name exists.</summary>
public sealed partial class DocumentTests
{
    private static IEnumerable<string> Documents => RepositoryFiles.All.Where(file => file.EndsWith(".md", StringComparison.Ordinal));

    [Fact]
    public void Links_lead_somewhere()
    {
        foreach (string file in Documents)
        {
            foreach (Match link in Link().Matches(RepositoryFiles.Read(file)))
            {
                string target = link.Groups["target"].Value.Split('#')[0];
                string path = Path.Combine(Repository.Root, Path.GetDirectoryName(file)!, target);
                Assert.True(target.Length == 0 || target.Contains("://", StringComparison.Ordinal) || Path.Exists(path), $"{file} links to {target}, which does not exist");
            }
        }
    }

    [Fact]
    public void Folders_of_the_repository_exist()
    {
        foreach (Match folder in Folder().Matches(RepositoryFiles.Read("README.md")))
        {
            string path = folder.Groups["path"].Value;
            Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), $"README.md names {path}, which does not exist");
        }
    }

    [Fact]
    public void Every_variable_of_the_tests_is_explained()
    {
        IEnumerable<string> readers = [.. RepositoryFiles.Sources("tests"), "eng/natives.sh"];
        HashSet<string> used = [.. readers.SelectMany(file => Variable().Matches(RepositoryFiles.Read(file))).Select(match => match.Value)];
        HashSet<string> explained = [.. Variable().Matches(RepositoryFiles.Read("tests/README.md")).Select(match => match.Value)];
        Assert.Equal(used.Order(StringComparer.Ordinal), explained.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Speeds_are_those_that_were_measured()
    {
        MatchCollection means = Mean().Matches(RepositoryFiles.Read("benchmarks/results/amd-epyc-avx512/peers.md"));
        Assert.Equal(9, means.Count);
        string[] readme = RepositoryFiles.Read("README.md").Split('\n');
        foreach (Match mean in means)
        {
            string peer = mean.Groups["peer"].Value;
            string row = readme.Single(line => line.StartsWith($"| against {peer}", StringComparison.Ordinal));
            string[] cells = row.Split('|', StringSplitOptions.TrimEntries);
            int column = mean.Groups["what"].Value switch { "batch" => 2, "one row" => 3, "contributions of one row" => 4, _ => 5 };
            Assert.Equal(mean.Groups["ratio"].Value, cells[column]);
        }
    }

    [GeneratedRegex(@"(?<!!)\[[^\]]+\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^\| `(?<path>(?:src|samples|tests|benchmarks|docs|\.ci)[\w./-]*)` \|", RegexOptions.Multiline)]
    private static partial Regex Folder();

    [GeneratedRegex(@"^\| (?<what>batch|one row|contributions of one row|contributions of 128 rows) against (?<peer>[^,]+), geometric mean of \d+ \| (?<ratio>[\d.]+) \|", RegexOptions.Multiline)]
    private static partial Regex Mean();

    [GeneratedRegex("INFERENCE_[A-Z_]+")]
    private static partial Regex Variable();
}
