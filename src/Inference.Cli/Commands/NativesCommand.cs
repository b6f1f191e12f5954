using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace Inference.Cli.Commands;

/// <summary><c>inference natives</c>: the native libraries, found where, which version, which OpenMP runtime, or why not.</summary>
internal static class NativesCommand
{
    private const string Description = "Says which native libraries can be loaded, from where, their versions and OpenMP runtimes.";

    private const string Details =
        """
        Native libraries are an option for tree models and what runs ONNX graphs. They are looked for in the environment
        variable INFERENCE_NATIVE_PATH (folders or files, separated as in PATH), in the application's runtimes/<rid>/native
        and in the system's folders. A library that is not found is no error here. The last lines say what stands against
        forking a process that is set up as this one is; only hosts that fork need care.
        """;

    /// <summary>The command.</summary>
    public static Command Build(CommandHost host)
    {
        Option<bool> json = Symbols.Json();
        Command command = new("natives", Description) { json };
        HelpText.AddHelp(command, Details, "natives", "natives --json");
        command.SetAction(parsed =>
        {
            host.Cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<NativeLibraryInfo> libraries = NativeLibraries.Find();
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                JsonReport.Write(output, writer => WriteJson(writer, libraries));
            }
            else
            {
                WriteText(output, libraries);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static void WriteText(TextWriter output, IReadOnlyList<NativeLibraryInfo> libraries)
    {
        foreach (NativeLibraryInfo library in libraries)
        {
            string openMp = library.OpenMp.Length == 0 ? "no OpenMP" : $"OpenMP by {library.OpenMp}";
            string text = library.IsLoaded
                ? $"{library.Version}, {openMp}, from {library.Source}: {library.Path}"
                : $"not found: {library.Reason}";
            output.WriteLine($"{FormatNames.Key(library.Library),-12} {ErrorLine.OneLine(text)}");
        }

        IReadOnlyList<string> runtimes = NativeLibraries.OpenMpRuntimes;
        output.WriteLine($"{"openmp",-12} {(runtimes.Count == 0 ? "none loaded" : string.Join(", ", runtimes.Select(ErrorLine.OneLine)))}");
        if (runtimes.Count > 1)
        {
            output.WriteLine($"{"warning",-12} {runtimes.Count} OpenMP runtimes in one process do not know of each other's threads");
        }

        foreach (string hazard in NativeLibraries.ForkHazards)
        {
            output.WriteLine($"{"fork",-12} {hazard}");
        }
    }

    private static void WriteJson(Utf8JsonWriter writer, IReadOnlyList<NativeLibraryInfo> libraries)
    {
        writer.WriteStartArray("libraries");
        foreach (NativeLibraryInfo library in libraries)
        {
            writer.WriteStartObject();
            writer.WriteString("library", FormatNames.Key(library.Library));
            writer.WriteBoolean("found", library.IsLoaded);
            if (library.IsLoaded)
            {
                writer.WriteString("path", library.Path);
                writer.WriteString("source", library.Source);
                writer.WriteString("version", library.Version);
                writer.WriteString("openmp", library.OpenMp.Length == 0 ? null : library.OpenMp);
            }
            else
            {
                writer.WriteString("reason", library.Reason);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("openmp_runtimes");
        foreach (string runtime in NativeLibraries.OpenMpRuntimes)
        {
            writer.WriteStringValue(runtime);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("fork_hazards");
        foreach (string hazard in NativeLibraries.ForkHazards)
        {
            writer.WriteStringValue(hazard);
        }

        writer.WriteEndArray();
    }
}
