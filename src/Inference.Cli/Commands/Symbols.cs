using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Inference.Cli.Commands;

/// <summary>The arguments and options that commands share.</summary>
internal static class Symbols
{
    /// <summary>What <c>--engine</c> may be.</summary>
    public static readonly string[] Engines = ["auto", "managed", "reference", "native"];

    /// <summary>MODEL.</summary>
    public static Argument<string> Model() => new("MODEL") { Description = "The model file." };

    /// <summary>ROWS.</summary>
    public static Argument<string> Rows() => new("ROWS") { Description = "The rows, .npy or .csv." };

    /// <summary>[ROWS].</summary>
    public static Argument<string?> OptionalRows() => new("ROWS")
    {
        Description = "The rows, .npy or .csv. Default: rows made from the model, on and beside its thresholds, with special values among them.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>--threads.</summary>
    public static Option<int> Threads() => new("--threads")
    {
        Description = "The most threads to score with; the result has the same bits for every number.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int threads) && threads is >= 1 and <= 4096)
            {
                return threads;
            }

            result.AddError($"--threads {ErrorLine.Quote(text)}; a whole number from 1 to 4096");
            return 1;
        },
    };

    /// <summary>--json.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object." };

    /// <summary>Refuses a value that is none of the choices.</summary>
    public static string OneOf(ArgumentResult result, string option, string[] choices)
    {
        string text = result.Tokens[0].Value;
        if (Array.IndexOf(choices, text) < 0)
        {
            result.AddError($"{option} {ErrorLine.Quote(text)}; {string.Join(", ", choices[..^1])} or {choices[^1]}");
        }

        return text;
    }

    /// <summary>The library's engine of a name.</summary>
    public static EngineKind Engine(string name) => name switch
    {
        "auto" => EngineKind.Auto,
        "managed" => EngineKind.Managed,
        "reference" => EngineKind.Reference,
        _ => EngineKind.Native,
    };
}
