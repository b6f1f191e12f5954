using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using Inference.Cli.Commands;

namespace Inference.Cli;

/// <summary>The command <c>inference</c>: parses, runs, and turns every failure into one line and an exit status.</summary>
internal static class CommandLine
{
    private const string Description = "Runs tree models that were trained elsewhere (XGBoost, LightGBM, ONNX) with the training library's own bits.";

    private const string Details =
        """
        MODEL is a model file; its content decides the format, not its name.
        ROWS is a .npy file (2-D, float32 or float64, C order) or a .csv file. A CSV's header line is optional: with one,
        columns are matched to the model's feature names; without one, or where the model has no names, they are taken by
        position. The first line is a header where it is the model's names, in any order, or has a cell that can be no value
        (beside numbers that is refused where the model has no names). Empty cells, NA and NaN are missing values. Categories
        are written as text where the model file holds their vocabulary; a .npy file holds their codes.
        """;

    /// <summary>Runs a command line.</summary>
    /// <returns>The exit status, one of <see cref="ExitCodes"/>.</returns>
    public static int Run(IReadOnlyList<string> args, CommandHost host)
    {
        try
        {
            ParseResult parsed = Build(host).Parse(BenchCommand.SpreadEngines(args), new ParserConfiguration { ResponseFileTokenReplacer = null });
            if ((parsed.Errors.Count > 0 || UnknownOption(parsed) is not null) && parsed.Action is not HelpAction)
            {
                ErrorLine.Write(host.Error, Usage(parsed));
                return ExitCodes.Usage;
            }

            using StreamWriter output = new(host.Output, new UTF8Encoding(false), leaveOpen: true);
            return parsed.Invoke(new InvocationConfiguration
            {
                Output = output,
                Error = host.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (IOException exception) when (IsBrokenPipe(exception))
        {
            return ExitCodes.BrokenPipe;
        }
#pragma warning disable CA1031 // The user gets one line, whatever went wrong.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            ErrorLine.Write(host.Error, ErrorLine.Describe(exception));
            return ExitCodes.Error;
        }
    }

    private static Command Build(CommandHost host)
    {
        Command root = new("inference", Description)
        {
            PredictCommand.Build(host),
            InspectCommand.Build(host),
            VerifyCommand.Build(host),
            BenchCommand.Build(host),
            NativesCommand.Build(host),
        };
        Option<bool> version = new("--version") { Description = "Print the version." };
        root.Options.Add(version);
        HelpText.AddHelp(root, Details, "predict model.ubj rows.npy -o scores.npy", "inspect model.txt", "verify model.onnx");
        root.SetAction(parsed =>
        {
            if (!parsed.GetValue(version))
            {
                ErrorLine.Write(host.Error, Usage("inference", "no command", Verbs(root)));
                return ExitCodes.Usage;
            }

            parsed.InvocationConfiguration.Output.WriteLine(
                typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
            return ExitCodes.Success;
        });
        return root;
    }

    private static string Verbs(Command root)
    {
        string[] names = [.. root.Subcommands.Select(command => command.Name)];
        return string.Join(", ", names[..^1]) + " or " + names[^1];
    }

    private static string Usage(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        bool isRoot = command == parsed.RootCommandResult.Command;
        string path = isRoot ? command.Name : $"{parsed.RootCommandResult.Command.Name} {command.Name}";
        if (UnknownOption(parsed) is { } option)
        {
            return Usage(path, $"unknown option {ErrorLine.Quote(option)}", isRoot ? Verbs(command) : HelpText.Synopsis(command));
        }

        if (parsed.UnmatchedTokens.Count > 0)
        {
            string token = ErrorLine.Quote(parsed.UnmatchedTokens[0]);
            return isRoot
                ? Usage(path, $"unknown command {token}", Verbs(command))
                : Usage(path, $"too many arguments: {token}", HelpText.Synopsis(command));
        }

        ParseError error = parsed.Errors[0];
        return error.SymbolResult switch
        {
            ArgumentResult { Parent: CommandResult, Tokens.Count: 0 } missing => Usage(path, $"{missing.Argument.Name} is missing", HelpText.Synopsis(command)),
            ArgumentResult { Parent: OptionResult, Tokens.Count: 0 } or OptionResult { Tokens.Count: 0 } => Usage(path, error.Message.TrimEnd('.'), HelpText.Synopsis(command)),
            _ => Usage(path, error.Message.TrimEnd('.')),
        };
    }

    /// <summary>What begins with a dash and is no file was meant for an option, unless it stands behind "--"; the parser takes it for the next argument.</summary>
    private static string? UnknownOption(ParseResult parsed) => parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash) ? null
        : parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens.Select(token => token.Value))
            .Concat(parsed.UnmatchedTokens)
            .FirstOrDefault(token => token.Length > 1 && token[0] == '-' && !File.Exists(token));

    private static string Usage(string path, string found, string allowed) => Usage(path, $"{found}; {allowed}");

    private static string Usage(string path, string foundAndAllowed) => $"{path}: {foundAndAllowed} (more: {path} --help)";

    /// <summary>EPIPE on Unix, ERROR_BROKEN_PIPE and ERROR_NO_DATA on Windows.</summary>
    private static bool IsBrokenPipe(IOException exception) =>
        OperatingSystem.IsWindows() ? (exception.HResult & 0xffff) is 109 or 232 : exception.HResult == 32 || exception.Message.Contains("Broken pipe", StringComparison.Ordinal);
}
