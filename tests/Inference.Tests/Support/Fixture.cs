using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Inference.Cli.Rows;

namespace Inference.Tests.Support;

/// <summary>One case under tests/fixtures: a model, rows, and what the training library answered.</summary>
/// <param name="Library">The folder, for example "xgboost-1.7.4".</param>
/// <param name="Name">The case.</param>
internal sealed record Fixture(string Library, string Name)
{
    /// <summary>The folder of the case.</summary>
    public string Folder => Path.Combine(Repository.Fixtures, Library, Name);

    /// <summary>The cases of a library, by name.</summary>
    public static IEnumerable<Fixture> All(string library) =>
        Directory.EnumerateDirectories(Path.Combine(Repository.Fixtures, library))
            .Select(folder => new Fixture(library, System.IO.Path.GetFileName(folder)))
            .OrderBy(fixture => fixture.Name, StringComparer.Ordinal);

    /// <summary>A file of the case.</summary>
    public string PathOf(string file) => System.IO.Path.Combine(Folder, file);

    /// <summary>The model files of the case.</summary>
    public string[] Models => [.. Directory.EnumerateFiles(Folder, "model.*").Order(StringComparer.Ordinal)];

    /// <summary>An array of the case, or null where the case has none.</summary>
    public NpyArray? TryRead(string file) => File.Exists(PathOf(file)) ? NpyArray.Read(PathOf(file)) : null;

    /// <summary>An array of the case.</summary>
    public NpyArray Read(string file) => NpyArray.Read(PathOf(file));

    /// <summary>The iterations that the recorded answers used.</summary>
    public IterationRange Iterations
    {
        get
        {
            using JsonDocument about = JsonDocument.Parse(File.ReadAllText(PathOf("case.json")));
            return about.RootElement.TryGetProperty("iteration_range", out JsonElement range) && range.ValueKind == JsonValueKind.Array
                ? IterationRange.FromRange(range[0].GetInt32()..range[1].GetInt32())
                : IterationRange.All;
        }
    }

    public override string ToString() => $"{Library}/{Name}";
}
