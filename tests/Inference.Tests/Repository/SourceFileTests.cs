using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace Inference.Tests.RepositoryRules;

/// <summary>What a reader of the sources may rely on.</summary>
public sealed partial class SourceFileTests
{
    /// <summary>Folders of src/Inference whose types are the vocabulary of the public namespace.</summary>
    private static readonly string[] Vocabulary = ["src/Inference", "src/Inference/Abstractions", "src/Inference/Features"];

    [Fact]
    public void A_file_holds_the_type_that_it_is_named_for()
    {
        foreach (string file in RepositoryFiles.Sources("src").Concat(RepositoryFiles.Sources("tests")))
        {
            string[] types = [.. Types().Matches(RepositoryFiles.Read(file)).Select(type => type.Groups["name"].Value)];
            string name = Path.GetFileNameWithoutExtension(file).Split('.')[0];
            Assert.True(types.Length == 0 || types.Contains(name), $"{file} declares {string.Join(", ", types)}; a file is named for its type");
        }
    }

    [Fact]
    public void A_file_declares_one_public_type()
    {
        foreach (string file in RepositoryFiles.Sources("src"))
        {
            int types = Types().Matches(RepositoryFiles.Read(file)).Count(type => type.Value.StartsWith("public ", StringComparison.Ordinal));
            Assert.True(types <= 1, $"{file} declares {types} public types; each has a file of its own");
        }
    }

    [Fact]
    public void A_namespace_is_its_room()
    {
        foreach (string file in RepositoryFiles.Sources("src"))
        {
            Match space = Namespace().Match(RepositoryFiles.Read(file));
            if (!space.Success)
            {
                continue;
            }

            string folder = Path.GetDirectoryName(file)!.Replace('\\', '/');
            string room = folder["src/".Length..].Replace('/', '.');
            string found = space.Groups["name"].Value;
            Assert.True(
                found == room || (found == "Inference" && Vocabulary.Contains(folder)),
                $"{file} is in namespace {found}; its room is {room}");
        }
    }

    [Fact]
    public void Text_files_name_no_machine()
    {
        // Needles are put together here so that this file does not hold them.
        string[] needles = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "C:" + "\\Users"];
        foreach (string file in TextFiles())
        {
            string content = RepositoryFiles.Read(file);
            Assert.All(needles, needle => Assert.False(content.Contains(needle, StringComparison.Ordinal), $"{file} holds '{needle}', a path of one machine"));
        }
    }

    [Fact]
    public void Nothing_is_left_for_later()
    {
        string[] needles = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "NotImplemented" + "Exception"];
        foreach (string file in RepositoryFiles.All.Where(file => file.EndsWith(".cs", StringComparison.Ordinal)))
        {
            string content = RepositoryFiles.Read(file);
            Assert.All(needles, needle => Assert.False(content.Contains(needle, StringComparison.Ordinal), $"{file} holds '{needle}'"));
        }
    }

    private static IEnumerable<string> TextFiles() => RepositoryFiles.All.Where(file =>
        !file.StartsWith("tests/fixtures/", StringComparison.Ordinal)
        && !file.StartsWith("benchmarks/models/", StringComparison.Ordinal)
        && (Path.GetExtension(file) is ".cs" or ".md" or ".csproj" or ".props" or ".targets" or ".json" or ".sln" or ".txt" or ".py" or ".js" or ".sh" or ".yml" or ".csv" or ""
            || Path.GetFileName(file).StartsWith('.')));

    [GeneratedRegex(@"^(?:(?:public|internal|private|file|static|sealed|abstract|readonly|ref|unsafe|partial|new)\s+)*(?:record\s+struct|record\s+class|class|struct|interface|enum|record)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Types();

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
