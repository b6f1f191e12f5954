using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.RepositoryRules;

/// <summary>
/// The public face of Inference.dll is a decision: it is written down in PublicApi.txt and changes only together with it.
/// After a wanted change run the test once with INFERENCE_WRITE_PUBLIC_API=1 and commit the file.
/// </summary>
public sealed class PublicApiTests
{
    private const string WriteVariable = "INFERENCE_WRITE_PUBLIC_API";

    private static string Snapshot => Path.Combine(Repository.Root, "tests", "Inference.Tests", "Repository", "PublicApi.txt");

    [Fact]
    public void The_public_face_is_the_one_that_was_written_down()
    {
        string found = PublicApiText.Render(typeof(Booster).Assembly);
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            File.WriteAllText(Snapshot, found);
            return;
        }

        string written = File.ReadAllText(Snapshot).ReplaceLineEndings("\n");
        if (found != written)
        {
            string[] before = written.Split('\n'), after = found.Split('\n');
            IEnumerable<string> gone = before.Except(after).Select(line => "- " + line);
            IEnumerable<string> added = after.Except(before).Select(line => "+ " + line);
            Assert.Fail(
                $"the public API differs from {Path.GetRelativePath(Repository.Root, Snapshot)}; if that is wanted, run this test with {WriteVariable}=1 and commit the file:\n"
                + string.Join('\n', gone.Concat(added)));
        }
    }

    [Fact]
    public void Public_types_live_in_the_one_public_namespace() =>
        Assert.All(typeof(Booster).Assembly.GetExportedTypes(), type => Assert.Equal("Inference", type.Namespace));

    [Fact]
    public void Classes_are_sealed_unless_they_are_a_base()
    {
        Assembly assembly = typeof(Booster).Assembly;
        IEnumerable<Type> open = assembly.GetTypes().Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false });
        Assert.All(open, type => Assert.Contains(assembly.GetTypes(), other => other.BaseType == type));
    }
}
