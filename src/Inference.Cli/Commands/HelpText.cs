using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.IO;
using System.Linq;

namespace Inference.Cli.Commands;

/// <summary>Help with examples in it.</summary>
internal static class HelpText
{
    /// <summary>Gives a command a <c>--help</c> that ends with examples and exit statuses.</summary>
    /// <param name="command">The command, whose description is its first line in every help.</param>
    /// <param name="details">What its own help says beyond that.</param>
    /// <param name="examples">What follows "inference" on the command line.</param>
    public static void AddHelp(Command command, string details, params string[] examples)
    {
        HelpOption help = new("--help", "-h", "-?") { Description = "Show this help." };
        help.Action = new ActionWithExamples((HelpAction)help.Action!, details, examples);
        command.Options.Add(help);
    }

    /// <summary>The arguments of a command in one line.</summary>
    public static string Synopsis(Command command) =>
        $"inference {command.Name} {string.Join(' ', command.Arguments.Select(argument => argument.Arity.MinimumNumberOfValues > 0 ? argument.Name : $"[{argument.Name}]"))} [options]";

    private sealed class ActionWithExamples(HelpAction inner, string details, string[] examples) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            inner.Invoke(parseResult);
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine(details);
            output.WriteLine();
            output.WriteLine("Examples:");
            foreach (string example in examples)
            {
                output.WriteLine($"  inference {example}");
            }

            output.WriteLine();
            output.WriteLine("Exit status:");
            output.WriteLine("  0 done; 1 an error, in one line on standard error; 2 wrong usage; 3 engines differ (verify); 130 Ctrl-C");
            return 0;
        }
    }
}
