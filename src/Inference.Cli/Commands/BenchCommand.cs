using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Inference.Cli.Benchmarking;
using Inference.Cli.Rows;

namespace Inference.Cli.Commands;

/// <summary><c>inference bench</c>: times engines on the user's own model, turn by turn.</summary>
internal static class BenchCommand
{
    private const int ProbeRows = 10_000;
    private const int FewestRounds = 3;
    private const int MostRounds = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const string Description = "Times engines on a model: raw scores, all rows at once and row by row.";

    private const string Details =
        """
        All engines take turns in one process, so that their ratios hold on a noisy machine; each figure is the median over
        the rounds (for single rows, quantiles of all calls). The first round warms up and is not counted.
        Without ROWS, up to 10000 rows are made from the model.
        """;

    /// <summary>The command.</summary>
    public static Command Build(CommandHost host)
    {
        Argument<string> model = Symbols.Model();
        Argument<string?> rows = Symbols.OptionalRows();
        Option<string[]> engines = new("--engine")
        {
            Description = "The engines to time, one or several.",
            HelpName = "NAME ...",
            DefaultValueFactory = _ => ["reference", "managed"],
            CustomParser = result => [.. result.Tokens.Select(token => token.Value)],
        };
        engines.Validators.Add(result =>
        {
            foreach (string name in result.Tokens.Select(token => token.Value).Where(name => Array.IndexOf(Symbols.Engines, name) < 0))
            {
                result.AddError($"--engine {ErrorLine.Quote(name)}; {string.Join(", ", Symbols.Engines[..^1])} or {Symbols.Engines[^1]}");
            }
        });
        Option<int> threads = Symbols.Threads();
        Option<bool> json = Symbols.Json();
        Command command = new("bench", Description) { model, rows, engines, threads, json };
        HelpText.AddHelp(command, Details, "bench model.ubj", "bench model.txt rows.npy --engine managed --threads 2", "bench model.ubj rows.npy --engine reference managed --json");
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(model)!;
            EngineKind[] kinds = [.. parsed.GetValue(engines)!.Select(Symbols.Engine)];
            using Booster booster = InputFiles.LoadModel(path, EngineKind.Auto, 1);
            using RowSource source = parsed.GetValue(rows) is { } file ? RowSource.Open(file, booster) : RowsInMemory.Probes(booster, ProbeRows);
            Plan plan = new(path, kinds, parsed.GetValue(threads), booster.Info, host);
            Action<IReadOnlyList<IEngineTimes>, int> report = (times, count) => Report(parsed.InvocationConfiguration.Output, path, times, count, parsed.GetValue(json));
            return source is RowSource<float> singles ? plan.Run(singles, report) : plan.Run((RowSource<double>)source, report);
        });
        return command;
    }

    /// <summary>
    /// Writes <c>--engine a b</c> as <c>--engine a --engine b</c>: an option that takes several values by itself would
    /// swallow the model in <c>bench --engine a model</c>.
    /// </summary>
    public static IReadOnlyList<string> SpreadEngines(IReadOnlyList<string> args)
    {
        if (args.Count == 0 || args[0] != "bench")
        {
            return args;
        }

        List<string> spread = [];
        bool isList = false;
        foreach (string arg in args)
        {
            bool isEngine = Array.IndexOf(Symbols.Engines, arg) >= 0;
            if (isList && isEngine && spread[^1] != "--engine")
            {
                spread.Add("--engine");
            }

            isList = arg == "--engine" || (isList && isEngine);
            spread.Add(arg);
        }

        return spread;
    }

    private static void Report(TextWriter output, string model, IReadOnlyList<IEngineTimes> times, int rows, bool json)
    {
        BoosterInfo info = times[0].Info;
        double PerRowTree(IEngineTimes engine) => engine.BatchSeconds * 1e9 / rows / Math.Max(1, info.TreeCount);
        if (!json)
        {
            output.WriteLine($"{ErrorLine.OneLine(model)}: {rows} rows, {info.Features.Count} features, {info.TreeCount} trees, on {Processor.Name}");
            output.WriteLine($"{"engine",-10} {"kernel",-24} {"threads",7} {"load ms",9} {"ns/row/tree",12} {"rows/s",12} {"p50 us",9} {"p99 us",9} {"B/call",8}");
            foreach (IEngineTimes engine in times)
            {
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{FormatNames.Key(engine.Info.Engine),-10} {engine.Info.Kernel,-24} {engine.Threads,7} {engine.LoadMilliseconds,9:F2} {PerRowTree(engine),12:F3} {rows / engine.BatchSeconds,12:F0} {engine.SingleMicroseconds(0.5),9:F2} {engine.SingleMicroseconds(0.99),9:F2} {engine.AllocatedBytes,8}"));
            }

            return;
        }

        JsonReport.Write(output, writer =>
        {
            writer.WriteString("model", model);
            writer.WriteNumber("rows", rows);
            writer.WriteNumber("features", info.Features.Count);
            writer.WriteNumber("trees", info.TreeCount);
            writer.WriteString("cpu", Processor.Name);
            writer.WriteStartArray("results");
            foreach (IEngineTimes engine in times)
            {
                writer.WriteStartObject();
                writer.WriteString("engine", FormatNames.Key(engine.Info.Engine));
                writer.WriteString("kernel", engine.Info.Kernel);
                writer.WriteNumber("threads", engine.Threads);
                writer.WriteFinite("load_ms", Math.Round(engine.LoadMilliseconds, 3));
                writer.WriteFinite("batch_ns_per_row_tree", Math.Round(PerRowTree(engine), 3));
                writer.WriteFinite("batch_rows_per_s", Math.Round(rows / engine.BatchSeconds, 3));
                writer.WriteFinite("single_p50_us", Math.Round(engine.SingleMicroseconds(0.5), 3));
                writer.WriteFinite("single_p99_us", Math.Round(engine.SingleMicroseconds(0.99), 3));
                writer.WriteNumber("allocated_bytes_per_call", engine.AllocatedBytes);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
    }

    private sealed record Plan(string Model, EngineKind[] Engines, int Threads, BoosterInfo Info, CommandHost Host)
    {
        public int Run<TRow>(RowSource<TRow> source, Action<IReadOnlyList<IEngineTimes>, int> report)
            where TRow : unmanaged => Info.ScoresInDouble ? Run<TRow, double>(source, report) : Run<TRow, float>(source, report);

        private int Run<TRow, TScore>(RowSource<TRow> source, Action<IReadOnlyList<IEngineTimes>, int> report)
            where TRow : unmanaged
            where TScore : unmanaged
        {
            TRow[] rows = source.ReadAll();
            int count = source.Columns == 0 ? 0 : rows.Length / source.Columns;
            if (count == 0)
            {
                throw new CommandException(Model, "no rows to time", "at least one row of at least one feature");
            }

            List<EngineTimes<TRow, TScore>> engines = [];
            try
            {
                foreach (EngineKind engine in Engines)
                {
                    // Two names may stand for one engine, "auto" for the managed one: it is timed once.
                    EngineTimes<TRow, TScore> times = new(Model, engine, Threads, rows, count);
                    if (engines.Exists(other => other.Info.Engine == times.Info.Engine && other.Info.Kernel == times.Info.Kernel))
                    {
                        times.Dispose();
                    }
                    else
                    {
                        engines.Add(times);
                    }
                }

                Rounds([.. engines]);
                report(engines, count);
                return ExitCodes.Success;
            }
            finally
            {
                engines.ForEach(engine => engine.Dispose());
            }
        }

        /// <summary>Each turn is one engine's part of one round. At least three rounds, then as many as patience allows.</summary>
        private void Rounds(IEngineTimes[] engines)
        {
            Stopwatch watch = new();
            int turn = 0;
            int rounds = 0;
            double Progress() => Math.Min(1, watch.Elapsed / Patience);
            LongWork.Run(Host, "bench", Progress, () =>
            {
                IEngineTimes engine = engines[turn];
                bool isWarmUp = rounds == 0;
                engine.TimeLoad(isWarmUp);
                engine.TimeBatch(isWarmUp);
                engine.TimeSingleRows(isWarmUp);
                turn = (turn + 1) % engines.Length;
                if (turn == 0)
                {
                    rounds++;
                    watch.Start();
                }

                return turn != 0 || (rounds <= MostRounds && (rounds <= FewestRounds || watch.Elapsed < Patience));
            });
        }
    }
}
