using System;
using System.Linq;
using Inference;

namespace Hosts;

/// <summary>A host that predicts natively and forks, in either order.</summary>
internal static class ServingScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Predicts on two OpenMP threads, then forks again and again; every child predicts, and so does the parent in the end.</summary>
    public static int RunPredictThenFork(string model, ForkPolicy policy, int rounds)
    {
        Served served = new(model, policy);
        int before = Served.ThreadCount;
        Expect("the parent's first prediction", served.Predict(), Outcome.Equal);
        Console.WriteLine($"the parent predicted; its threads went from {before} to {Served.ThreadCount}");
        Outcome expected = policy == ForkPolicy.Refuse ? Outcome.Refused : Outcome.Equal;
        Fork(served, expected, rounds);
        Expect("the parent's last prediction", served.Predict(), Outcome.Equal);
        return 0;
    }

    /// <summary>The order of pre-forking servers: load, fork, predict. The children predict natively, and so may the parent.</summary>
    public static int RunForkThenPredict(string model, int rounds)
    {
        Served served = new(model, ForkPolicy.Refuse);
        Fork(served, Outcome.Equal, rounds);
        Expect("the parent's prediction", served.Predict(), Outcome.Equal);
        return 0;
    }

    private static void Fork(Served served, Outcome expected, int rounds)
    {
        TimeSpan[] times = new TimeSpan[rounds];
        for (int round = 0; round < rounds; round++)
        {
            ForkedChild child = ForkedChild.Run(() => (int)served.Predict(), Patience);
            Expect($"child {round}, after {child.Time.TotalMilliseconds:F0} ms{(child.WasKilled ? ", killed" : "")}", (Outcome)child.ExitCode, expected);
            times[round] = child.Time;
        }

        Console.WriteLine($"{rounds} children: {expected}, the slowest took {times.Max().TotalMilliseconds:F0} ms");
    }

    private static void Expect(string what, Outcome found, Outcome expected)
    {
        if (found != expected)
        {
            Console.WriteLine($"{what}: {found}, expected {expected}");
            Environment.Exit(1);
        }
    }
}
