using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Text.Json;
using Inference.Cli.Rows;
using Inference.Cli.Verification;

namespace Inference.Cli.Commands;

/// <summary><c>inference verify</c>: every engine that can run the model against every other.</summary>
internal static class VerifyCommand
{
    private const int ChunkRows = 256;

    private const string Description = "Compares every engine that can run a model with every other.";

    private const string Details =
        """
        The managed and the native engine score the rows all at once and row by row, since one row may take another path than
        many. Margins, values and leaf indices are compared by their bits; the values of the native engine, the library that
        trained the model, by 2 units in the last place. For an ONNX file that is ONNX Runtime, which tells values alone, of
        many rows at once. Where the library cannot be had or does not read the file, the report says so.
        Without ROWS, up to 2000 rows are made from the model, the same ones every time: values on its thresholds, one step to
        either side, and special ones (missing, infinite, huge, tiny, unknown categories).
        The exit status is 3 when two answers differ.
        """;

    /// <summary>The rows made when none are named.</summary>
    private const int ProbeRows = 2000;

    /// <summary>The command.</summary>
    public static Command Build(CommandHost host)
    {
        Argument<string> model = Symbols.Model();
        Argument<string?> rows = Symbols.OptionalRows();
        Option<bool> json = Symbols.Json();
        Command command = new("verify", Description) { model, rows, json };
        HelpText.AddHelp(command, Details, "verify model.ubj", "verify model.txt rows.csv", "verify model.onnx rows.npy --json");
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(model)!;
            using Booster reference = InputFiles.LoadModel(path, EngineKind.Reference, 1);
            using Booster preferred = InputFiles.LoadModel(path, EngineKind.Auto, 1);
            List<VerifiedEngine> engines = [new BoosterEngine(reference)];
            if (preferred.Info.Engine != EngineKind.Reference)
            {
                engines.Add(new BoosterEngine(preferred));
            }

            engines.Add(new SingleRowEngine(preferred));
            bool isGraph = reference.Info.Format == ModelFormat.Onnx;
            string? leftOut = null;
            using Booster? native = isGraph ? null : TryNative(path, out leftOut);
            using OnnxRuntimeEngine? graph = isGraph ? OnnxRuntimeEngine.TryLoad(path, reference.Info, out leftOut) : null;
            if (native is not null)
            {
                engines.Add(new BoosterEngine(native));
                engines.Add(new SingleRowEngine(native));
            }

            if (graph is not null)
            {
                engines.Add(graph);
            }

            EngineJury jury = new(engines, reference.Info);
            Ask(host, jury, reference, parsed.GetValue(rows));
            Findings findings = new(path, parsed.GetValue(rows), engines, jury) { NativeLeftOut = leftOut };
            return Report(parsed.InvocationConfiguration.Output, host.Error, findings, parsed.GetValue(json));
        });
        return command;
    }

    /// <summary>Prints what was found.</summary>
    /// <returns>The exit status.</returns>
    public static int Report(TextWriter output, TextWriter error, Findings findings, bool json)
    {
        if (json)
        {
            JsonReport.Write(output, writer => WriteJson(writer, findings));
        }
        else
        {
            WriteText(output, findings);
        }

        EngineComparison? different = findings.Jury.Comparisons.FirstOrDefault(comparison => comparison.FirstDifference is not null);
        if (different is null)
        {
            return ExitCodes.Success;
        }

        output.Flush();
        EngineComparison.Difference difference = different.FirstDifference!;
        ErrorLine.Write(
            error,
            $"{findings.Model}, row {difference.Row}, {Place(different.Kind)} {difference.Column}: {difference.First} from {different.First.Name} and {difference.Second} from {different.Second.Name}"
            + $", one of {different.Differences} differences; {(different.MostUlps == 0 ? "equal bits" : $"at most {different.MostUlps} ulp apart")}");
        return ExitCodes.Different;
    }

    /// <summary>
    /// The model in the library that trained it. A library that is older than the file and reads it otherwise is left out;
    /// any other difference is for the jury to find.
    /// </summary>
    private static Booster? TryNative(string path, out string? leftOut)
    {
        leftOut = null;
        try
        {
            return InputFiles.LoadModel(path, EngineKind.Native, 1);
        }
        catch (InferenceException exception) when (exception is NativeLibraryException or NativeCallException or NativeMismatchException { IsNewerModel: true })
        {
            leftOut = exception.Message;
            return null;
        }
        catch (NativeMismatchException)
        {
            return InputFiles.LoadModel(path, new BoosterOptions { Engine = EngineKind.Native, Native = new NativeOptions { ChecksAgainstManaged = false } });
        }
    }

    private static void Ask(CommandHost host, EngineJury jury, Booster booster, string? path)
    {
        using RowSource source = path is null ? RowsInMemory.Probes(booster, ProbeRows) : RowSource.Open(path, booster);
        if (source is RowSource<float> singles)
        {
            Ask(host, jury, singles);
        }
        else
        {
            Ask(host, jury, (RowSource<double>)source);
        }
    }

    private static void Ask<TRow>(CommandHost host, EngineJury jury, RowSource<TRow> source)
        where TRow : unmanaged
    {
        TRow[] rows = new TRow[checked(ChunkRows * source.Columns)];
        LongWork.Run(host, "verify", () => source.Progress, () =>
        {
            int count = source.Read(rows, ChunkRows);
            if (count > 0)
            {
                jury.Ask<TRow>(rows.AsSpan(0, count * source.Columns), count);
            }

            return count > 0;
        });
    }

    private static void WriteText(TextWriter output, Findings findings)
    {
        output.WriteLine($"{findings.Jury.Rows} rows {(findings.Rows is null ? "made from the model" : "of " + ErrorLine.OneLine(findings.Rows))}");
        foreach (VerifiedEngine engine in findings.Engines)
        {
            output.WriteLine($"engine {engine.Name} ({engine.Kernel}): {engine.Reason}");
        }

        if (findings.NativeLeftOut is { } reason)
        {
            output.WriteLine($"engine native left out: {ErrorLine.OneLine(reason)}");
        }

        foreach (EngineComparison comparison in findings.Jury.Comparisons)
        {
            string what = $"{comparison.Kind.ToString().ToLowerInvariant(),-7} {comparison.First.Name} = {comparison.Second.Name}";
            output.WriteLine(comparison.FirstDifference is { } difference
                ? $"{what}: {comparison.Differences} of {comparison.Compared} DIFFER, first in row {difference.Row}, {Place(comparison.Kind)} {difference.Column}: {difference.First} and {difference.Second}"
                : $"{what}: {comparison.Compared} equal {(comparison.MostUlps == 0 ? "bit for bit" : $"within {comparison.MostUlps} ulp")}");
        }
    }

    private static void WriteJson(Utf8JsonWriter writer, Findings findings)
    {
        writer.WriteString("model", findings.Model);
        writer.WriteString("rows_from", findings.Rows ?? "model");
        writer.WriteNumber("rows", findings.Jury.Rows);
        writer.WriteBoolean("equal", findings.Jury.Comparisons.All(comparison => comparison.Differences == 0));
        writer.WriteStartArray("engines");
        foreach (VerifiedEngine engine in findings.Engines)
        {
            writer.WriteStartObject();
            writer.WriteString("engine", engine.Name);
            writer.WriteString("kernel", engine.Kernel);
            writer.WriteString("engine_reason", engine.Reason);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("native_left_out", findings.NativeLeftOut);
        writer.WriteStartArray("comparisons");
        foreach (EngineComparison comparison in findings.Jury.Comparisons)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", comparison.Kind.ToString().ToLowerInvariant());
            writer.WriteString("first", comparison.First.Name);
            writer.WriteString("second", comparison.Second.Name);
            writer.WriteNumber("most_ulps", comparison.MostUlps);
            writer.WriteNumber("compared", comparison.Compared);
            writer.WriteNumber("differences", comparison.Differences);
            if (comparison.FirstDifference is { } difference)
            {
                writer.WriteStartObject("first_difference");
                writer.WriteNumber("row", difference.Row);
                writer.WriteNumber("column", difference.Column);
                writer.WriteString("first", difference.First);
                writer.WriteString("second", difference.Second);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string Place(PredictionKind kind) => kind switch
    {
        PredictionKind.Leaf => "tree",
        PredictionKind.Value => "value",
        _ => "output",
    };

    /// <summary>What was compared.</summary>
    /// <param name="Model">The model's path.</param>
    /// <param name="Rows">The rows' path; <see langword="null"/> where they were made from the model.</param>
    /// <param name="Engines">The engines.</param>
    /// <param name="Jury">Their answers, compared.</param>
    internal sealed record Findings(string Model, string? Rows, IReadOnlyList<VerifiedEngine> Engines, EngineJury Jury)
    {
        /// <summary>Why the native engine is not among the engines; <see langword="null"/> where it is.</summary>
        public string? NativeLeftOut { get; init; }
    }
}
