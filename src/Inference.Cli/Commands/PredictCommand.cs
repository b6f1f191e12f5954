using System.CommandLine;
using Inference.Cli.Results;
using Inference.Cli.Rows;

namespace Inference.Cli.Commands;

/// <summary><c>inference predict</c>: rows in, predictions out.</summary>
internal static class PredictCommand
{
    private const string Description = "Scores rows with a model.";

    private const string Details =
        """
        A .npy output holds float32 for models that score in float32 (XGBoost, ONNX) and float64 for those that score in
        float64 (LightGBM); leaf indices are int32. Shapes: values and margins (rows) or (rows, outputs), leaves (rows, trees),
        contributions (rows, features + 1) or (rows, outputs, features + 1), the last column being the bias.
        A CSV output has a header line; contributions of several outputs follow each other, output by output.
        The file appears under its name when it is whole; until then it is a hidden .tmp beside it, which kill -9 leaves there.
        Without -o, CSV goes to standard output.
        """;

    private static readonly string[] Kinds = ["value", "margin", "leaf", "contrib"];

    /// <summary>The command.</summary>
    public static Command Build(CommandHost host)
    {
        Argument<string> model = Symbols.Model();
        Argument<string> rows = Symbols.Rows();
        Option<string?> output = new("-o", "--output") { Description = "The output file, .npy or .csv. Default: CSV on standard output.", HelpName = "OUT" };
        Option<string> kind = new("--kind")
        {
            Description = "value: the transformed prediction. margin: the raw score, the training library's own bits. leaf: the leaf of each tree. contrib: the Shapley values of the margin, the training library's own bits.",
            HelpName = "value|margin|leaf|contrib",
            DefaultValueFactory = _ => "value",
            CustomParser = result => Symbols.OneOf(result, "--kind", Kinds),
        };
        Option<string> engine = new("--engine")
        {
            Description = "What runs the model. Margins have the same bits on every engine; native values are the training library's own, within 2 ulp of the others.",
            HelpName = "auto|managed|reference|native",
            DefaultValueFactory = _ => "auto",
            CustomParser = result => Symbols.OneOf(result, "--engine", Symbols.Engines),
        };
        Option<int> threads = Symbols.Threads();
        Option<IterationArgument> iterations = new("--iterations")
        {
            Description = "The boosting iterations to use, from 0, END exclusive; either may be left out. 'best': up to the best iteration that early stopping wrote into the file.",
            HelpName = "BEGIN:END",
            DefaultValueFactory = _ => new IterationArgument(":", 0, null, false),
            CustomParser = result =>
            {
                if (!IterationArgument.TryParse(result.Tokens[0].Value, out IterationArgument argument))
                {
                    result.AddError($"--iterations {ErrorLine.Quote(result.Tokens[0].Value)}; BEGIN:END, BEGIN:, :END or best");
                }

                return argument;
            },
        };
        Command command = new("predict", Description) { model, rows, output, kind, engine, threads, iterations };
        HelpText.AddHelp(
            command,
            Details,
            "predict model.ubj rows.npy -o scores.npy",
            "predict model.txt rows.csv --kind margin",
            "predict model.json rows.csv --kind contrib -o why.csv --threads 4",
            "predict model.ubj rows.npy --iterations best | head");
        command.SetAction(parsed =>
        {
            using Booster booster = InputFiles.LoadModel(parsed.GetValue(model)!, Symbols.Engine(parsed.GetValue(engine)!), parsed.GetValue(threads));
            using RowSource source = RowSource.Open(parsed.GetValue(rows)!, booster);
            Request request = new(
                booster,
                (PredictionKind)System.Array.IndexOf(Kinds, parsed.GetValue(kind)),
                parsed.GetValue(iterations),
                parsed.GetValue(threads),
                parsed.GetValue(output),
                host);
            return source is RowSource<float> singles ? request.Run(singles) : request.Run((RowSource<double>)source);
        });
        return command;
    }

    private sealed record Request(Booster Booster, PredictionKind Kind, IterationArgument Iterations, int Threads, string? Output, CommandHost Host)
    {
        public int Run<TRow>(RowSource<TRow> rows)
            where TRow : unmanaged => Kind == PredictionKind.Leaf
                ? Run<TRow, int>(rows)
                : Booster.Info.ScoresInDouble ? Run<TRow, double>(rows) : Run<TRow, float>(rows);

        private int Run<TRow, TResult>(RowSource<TRow> rows)
            where TRow : unmanaged
            where TResult : unmanaged, System.IUtf8SpanFormattable
        {
            IterationRange iterations = Iterations.Resolve(Booster.Info);
            ResultShape shape = ResultShape.Of(Booster, Kind, iterations, Iterations.Begin);
            using ResultWriter<TResult> writer = ResultWriter<TResult>.Open(Output, shape, Host.Output);
            ChunkedPrediction<TRow, TResult> prediction = new(Booster, Kind, iterations, Threads, rows, writer, shape.Names.Length);
            LongWork.Run(Host, "predict", () => rows.Progress, prediction.Step);
            writer.Complete();
            return ExitCodes.Success;
        }
    }
}
