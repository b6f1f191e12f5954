using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Xunit;

namespace Inference.Tests.RepositoryRules;

/// <summary>
/// The rooms of the library and what each may use, read from the compiled assembly: a using line tells nothing where
/// one namespace encloses another.
/// </summary>
public sealed class LayeringTests
{
    private const string Front = "front";
    private const string Vocabulary = "vocabulary";

    /// <summary>The assembly below, as a room.</summary>
    private const string Native = "Native";

    /// <summary>The doors, and what they hand out that is itself a door's part: everything else in the namespace is vocabulary.</summary>
    private static readonly string[] Doors = ["Inference.Booster", "Inference.NativeLibraries", "Inference.OnnxSession", "Inference.OnnxBinding"];

    /// <summary>The public face of a room below the front.</summary>
    private static readonly Dictionary<string, string> Faces = new(StringComparer.Ordinal)
    {
        ["Inference.LanePool"] = "Lanes",
        ["Inference.LaneBudget"] = "Lanes",
    };

    /// <summary>The one picture of the layers: a room, and the rooms below that it may use. Itself is always allowed.</summary>
    private static readonly Dictionary<string, string[]> MayUse = new(StringComparer.Ordinal)
    {
        [Vocabulary] = [],
        ["Numerics"] = [],
        ["Kernels"] = ["Numerics"],
        ["Forests"] = [Vocabulary, "Numerics"],
        ["Formats"] = [Vocabulary, "Numerics", "Forests"],
        ["Engine"] = [Vocabulary, "Forests", "Kernels"],
        [Native] = [],
        ["Lanes"] = [Vocabulary, Native],
        ["Backends"] = [Vocabulary, "Forests", Native, "Lanes"],
        [Front] = [Vocabulary, "Forests", "Formats", "Engine", "Backends", Native, "Lanes"],
    };

    [Fact]
    public void Dependencies_point_down()
    {
        List<string> broken = [];
        foreach ((string user, HashSet<string> used) in AssemblyUses.Of(typeof(Booster).Assembly))
        {
            if (Room(user) is not { } room)
            {
                continue;
            }

            Assert.True(MayUse.TryGetValue(room, out string[]? allowed), $"{user} is in the room {room}, which has no line in the picture of the layers");
            broken.AddRange(used.Where(type => Room(type) is { } other && other != room && !allowed.Contains(other)).Select(type => $"{user} ({room}) uses {type} ({Room(type)})"));
        }

        Assert.Empty(broken);
    }

    [Fact]
    public void The_picture_has_no_circle()
    {
        // A room may only use rooms that stand above it in the table.
        List<string> below = [];
        foreach ((string room, string[] allowed) in MayUse)
        {
            Assert.All(allowed, other => Assert.Contains(other, below));
            below.Add(room);
        }
    }

    [Fact]
    public void Intrinsics_stay_in_the_kernels()
    {
        IEnumerable<string> users = AssemblyUses.Of(typeof(Booster).Assembly)
            .Where(pair => pair.Value.Any(type => type.StartsWith("System.Runtime.Intrinsics.", StringComparison.Ordinal)))
            .Select(pair => pair.Key);
        Assert.All(users, user => Assert.Equal("Kernels", Room(user)));
    }

    [Fact]
    public void The_library_references_the_framework_and_tensors_alone()
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        IEnumerable<string> foreign = typeof(Booster).Assembly.GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => !File.Exists(Path.Combine(framework, name + ".dll")));
        Assert.All(foreign, name => Assert.Contains(name, (string[])["System.Numerics.Tensors", "Inference.Native"]));
    }

    [Fact]
    public void The_library_project_names_one_package()
    {
        XDocument project = XDocument.Parse(RepositoryFiles.Read("src/Inference/Inference.csproj"));
        IEnumerable<string?> packages = project.Descendants("PackageReference").Select(reference => (string?)reference.Attribute("Include"));
        Assert.Equal(["System.Numerics.Tensors"], packages);
    }

    [Fact]
    public void The_command_line_uses_the_public_face_alone()
    {
        Assembly command = typeof(Inference.Cli.Rows.NpyArray).Assembly;
        HashSet<string> open = [.. typeof(Booster).Assembly.GetExportedTypes().Select(type => type.FullName!.Split('+')[0])];
        HashSet<string> all = [.. typeof(Booster).Assembly.GetTypes().Where(type => type.Namespace is not null).Select(type => type.FullName!.Split('+')[0])];
        foreach ((string user, HashSet<string> used) in AssemblyUses.Of(command))
        {
            Assert.All(used.Where(all.Contains), type => Assert.True(open.Contains(type), $"{user} uses {type}, which is internal"));
        }

        Assert.DoesNotContain(
            typeof(Booster).Assembly.GetCustomAttributes<InternalsVisibleToAttribute>(),
            friend => friend.AssemblyName == command.GetName().Name);
    }

    private static string? Room(string type)
    {
        if (!type.StartsWith("Inference.", StringComparison.Ordinal))
        {
            return null;
        }

        if (Doors.Contains(type))
        {
            return Front;
        }

        if (Faces.TryGetValue(type, out string? face))
        {
            return face;
        }

        string[] parts = type.Split('.');
        return parts.Length == 2 ? Vocabulary : parts[1];
    }
}
