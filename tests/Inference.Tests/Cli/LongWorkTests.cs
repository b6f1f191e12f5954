using System;
using System.IO;
using System.Threading;
using Inference.Cli;
using Inference.Cli.Commands;
using Xunit;

namespace Inference.Tests.Cli;

public class LongWorkTests
{
    [Fact]
    public void Long_work_shows_a_bar_where_somebody_watches()
    {
        Assert.Contains("some work", Run(watched: true, steps: 15, milliseconds: 100), StringComparison.Ordinal);
    }

    [Fact]
    public void Short_work_and_work_that_nobody_watches_say_nothing()
    {
        Assert.Equal("", Run(watched: true, steps: 3, milliseconds: 1));
        Assert.Equal("", Run(watched: false, steps: 15, milliseconds: 100));
    }

    [Fact]
    public void An_error_under_the_bar_is_the_works_own()
    {
        using StringWriter error = new();
        int steps = 0;
        CommandHost host = new() { Output = Stream.Null, Error = error, ShowsProgress = true };
        Assert.Throws<CommandException>(() => LongWork.Run(host, "some work", () => 0.5, () =>
        {
            Thread.Sleep(600);
            return ++steps < 3 ? true : throw new CommandException("here", "this", "that");
        }));
    }

    private static string Run(bool watched, int steps, int milliseconds)
    {
        using StringWriter error = new();
        CommandHost host = new() { Output = Stream.Null, Error = error, ShowsProgress = watched };
        int done = 0;
        LongWork.Run(host, "some work", () => (double)done / steps, () =>
        {
            Thread.Sleep(milliseconds);
            return ++done < steps;
        });
        Assert.Equal(steps, done);
        return error.ToString();
    }
}
