using System;

namespace Hosts;

/// <summary>Child after child, each made as soon as the parent has done something.</summary>
internal static class Children
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A collection stops every thread that is inside .NET, and would wait for ever for one that did not come along.</summary>
    public static bool Collect()
    {
        GC.Collect();
        return true;
    }

    /// <summary>Makes children that do some work, one after the other, and ends the program at the first that does not come to the end of it.</summary>
    /// <param name="which">What is said of them.</param>
    /// <param name="rounds">How many.</param>
    /// <param name="before">What the parent does right before each.</param>
    /// <param name="work">What a child does.</param>
    public static void Run(string which, int rounds, Action before, Func<Outcome> work)
    {
        TimeSpan slowest = TimeSpan.Zero;
        for (int round = 0; round < rounds; round++)
        {
            before();
            ForkedChild child = ForkedChild.Run(() => (int)work(), Patience);
            if (child.ExitCode != (int)Outcome.Equal)
            {
                Console.WriteLine($"child {round} {which}: {child.ExitCode} after {child.Time.TotalMilliseconds:F0} ms{(child.WasKilled ? ", killed" : "")}");
                Environment.Exit(1);
            }

            slowest = child.Time > slowest ? child.Time : slowest;
        }

        Console.WriteLine($"{rounds} children {which}: {Outcome.Equal}, the slowest took {slowest.TotalMilliseconds:F0} ms");
    }
}
