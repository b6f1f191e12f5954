using System;
using System.Diagnostics;
using Spectre.Console;

namespace Inference.Cli.Commands;

/// <summary>Work in steps, with a progress bar on standard error where it lasts and somebody watches.</summary>
internal static class LongWork
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Steps until there is nothing left.</summary>
    /// <param name="host">Where to show progress, and what ends the work.</param>
    /// <param name="title">What is going on.</param>
    /// <param name="progress">How much is done, from 0 to 1.</param>
    /// <param name="step">Does a part of the work, well under a second of it; <see langword="false"/> when none is left.</param>
    /// <exception cref="OperationCanceledException">Ctrl-C.</exception>
    public static void Run(CommandHost host, string title, Func<double> progress, Func<bool> step)
    {
        Stopwatch watch = Stopwatch.StartNew();
        bool isLeft = true;
        while (isLeft && !(host.ShowsProgress && watch.Elapsed > Patience))
        {
            isLeft = Step(host, step);
        }

        if (!isLeft)
        {
            return;
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(host.Error) });
        console.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).Start(context =>
        {
            ProgressTask task = context.AddTask(Markup.Escape(title), maxValue: 1);
            do
            {
                task.Value = progress();
            }
            while (Step(host, step));
        });
    }

    private static bool Step(CommandHost host, Func<bool> step)
    {
        host.Cancellation.ThrowIfCancellationRequested();
        return step();
    }
}
