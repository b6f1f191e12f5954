using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace Inference.Cli.Commands;

/// <summary><c>inference inspect</c>: what the file holds, which engine would run it and why.</summary>
internal static class InspectCommand
{
    private const int NamesShown = 8;
    private const int TopFeatures = 10;
    private const int BytesPerNode = 16;
    private const int BytesPerThreshold = 8;

    private const string Description = "Says what a model file holds, which engine would run it and why.";

    private const string Details =
        """
        "verified" means that answers of that version's library are among the tests of this program; other versions are read
        by the published rules only.
        """;

    /// <summary>The command.</summary>
    public static Command Build(CommandHost host)
    {
        Argument<string> model = Symbols.Model();
        Option<bool> json = Symbols.Json();
        Command command = new("inspect", Description) { model, json };
        HelpText.AddHelp(command, Details, "inspect model.ubj", "inspect model.txt --json");
        command.SetAction(parsed =>
        {
            host.Cancellation.ThrowIfCancellationRequested();
            using Booster booster = InputFiles.LoadModel(parsed.GetValue(model)!, EngineKind.Auto, 1);
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                JsonReport.Write(output, writer => WriteJson(writer, booster.Info));
            }
            else
            {
                WriteText(output, booster.Info);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static void WriteText(TextWriter output, BoosterInfo info)
    {
        void Line(string label, string text) => output.WriteLine($"{label,-15} {ErrorLine.OneLine(text)}");

        Line("model", info.Source);
        Line("format", FormatNames.Text(info.Format));
        Line("version", info.Version + (info.VersionVerified ? " (verified)" : " (by the published rules only)"));
        Line("booster", info.Booster);
        Line("objective", info.Objective.Length == 0 ? "none in the file" : info.Objective);
        Line("scores", FormatNames.Scores(info));
        Line("outputs", Number(info.OutputCount) + (info.ValueCount == info.OutputCount ? "" : $" ({info.ValueCount} values)"));
        if (info.Classes.Count > 0)
        {
            Line("classes", Shorten(info.Classes));
        }

        Line("trees", Number(info.TreeCount));
        Line("nodes", Number(info.NodeCount));
        Line("iterations", Number(info.IterationCount));
        Line("best iteration", info.BestIteration is { } best ? Number(best) : "none in the file");
        Line("features", Number(info.Features.Count) + (info.HasFeatureNames ? "" : ", unnamed in the file"));
        if (info.HasFeatureNames)
        {
            Line("names", Shorten([.. info.Features.Select(feature => feature.Name!)]));
        }

        foreach (FeatureInfo feature in info.Features)
        {
            if (feature.Vocabulary is { } vocabulary)
            {
                Line("vocabulary", $"{Name(feature)}: {vocabulary.Categories.Count} categories, {Shorten(vocabulary.Categories)}");
            }
        }

        Line("engine", $"{FormatNames.Key(info.Engine)}, {info.Kernel}: {info.EngineReason}");
        Line("engine memory", Memory(info));
        WriteFeatures(output, info);
    }

    /// <summary>The memory of the engine's layouts, beside what is promised of it.</summary>
    private static string Memory(BoosterInfo info)
    {
        long thresholds = info.Features.Sum(feature => (long)feature.Thresholds);
        long allowed = (info.NodeCount * BytesPerNode) + (thresholds * BytesPerThreshold);
        return info.EngineBytes == 0 ? "none, it reads the nodes of the file"
            : allowed == 0 ? $"{Number(info.EngineBytes)} bytes"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{info.EngineBytes} bytes, {100.0 * info.EngineBytes / allowed:F0}% of {BytesPerNode} for each of {info.NodeCount} nodes and {BytesPerThreshold} for each of {thresholds} distinct thresholds");
    }

    private static void WriteFeatures(TextWriter output, BoosterInfo info)
    {
        FeatureInfo[] top = [.. info.Features.Where(feature => feature.Splits > 0).OrderByDescending(feature => feature.Gain).ThenByDescending(feature => feature.Splits).Take(TopFeatures)];
        if (top.Length == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine($"{"top features by gain",-32} {"type",-24} {"splits",8} {"gain",14} {"cover",14}");
        foreach (FeatureInfo feature in top)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Cut(Name(feature), 32),-32} {Cut(feature.Type ?? "-", 24),-24} {feature.Splits,8} {feature.Gain,14:G6} {feature.Cover,14:G6}"));
        }
    }

    private static void WriteJson(Utf8JsonWriter writer, BoosterInfo info)
    {
        writer.WriteString("model", info.Source);
        writer.WriteString("format", FormatNames.Key(info.Format));
        writer.WriteString("version", info.Version);
        writer.WriteBoolean("version_verified", info.VersionVerified);
        writer.WriteString("booster", info.Booster);
        writer.WriteString("objective", info.Objective);
        writer.WriteString("scores", FormatNames.Scores(info));
        writer.WriteNumber("outputs", info.OutputCount);
        writer.WriteNumber("values", info.ValueCount);
        WriteTexts(writer, "classes", info.Classes);
        writer.WriteNumber("trees", info.TreeCount);
        writer.WriteNumber("nodes", info.NodeCount);
        writer.WriteNumber("iterations", info.IterationCount);
        if (info.BestIteration is { } best)
        {
            writer.WriteNumber("best_iteration", best);
        }
        else
        {
            writer.WriteNull("best_iteration");
        }

        writer.WriteString("engine", FormatNames.Key(info.Engine));
        writer.WriteString("kernel", info.Kernel);
        writer.WriteString("engine_reason", info.EngineReason);
        writer.WriteNumber("engine_bytes", info.EngineBytes);
        writer.WriteBoolean("has_feature_names", info.HasFeatureNames);
        writer.WriteStartArray("features");
        foreach (FeatureInfo feature in info.Features)
        {
            writer.WriteStartObject();
            writer.WriteNumber("index", feature.Index);
            writer.WriteString("name", feature.Name);
            writer.WriteString("type", feature.Type);
            if (feature.Vocabulary is { } vocabulary)
            {
                WriteTexts(writer, "categories", vocabulary.Categories);
            }
            else
            {
                writer.WriteNull("categories");
            }

            writer.WriteNumber("splits", feature.Splits);
            writer.WriteNumber("thresholds", feature.Thresholds);
            writer.WriteFinite("gain", feature.Gain);
            writer.WriteFinite("cover", feature.Cover);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (string text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static string Name(FeatureInfo feature) => feature.Name ?? string.Create(CultureInfo.InvariantCulture, $"feature {feature.Index}");

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Shorten(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(NamesShown).Select(name => Cut(name, 48))) + (names.Count > NamesShown ? $" and {names.Count - NamesShown} more" : "");

    private static string Cut(string text, int length) => text.Length <= length ? ErrorLine.OneLine(text) : ErrorLine.OneLine(string.Concat(text.AsSpan(0, length - 3), "..."));
}
