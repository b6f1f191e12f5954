using System;
using Inference.Native.Platform;

namespace Hosts;

/// <summary>The page that tells a child from its parent, without any native library.</summary>
internal static class GuardScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static int Run(int rounds)
    {
        // Before any use a child is a process like any other, and what it does is not its parent's.
        if (Ends(() => !ForkGuard.IsForkedChild && ForkGuard.TryEnter() && ForkGuard.TryEnter() && !ForkGuard.IsForkedChild) is { } early)
        {
            return Fail("a child of a parent without native code", early);
        }

        if (!ForkGuard.TryEnter() || ForkGuard.IsForkedChild)
        {
            Console.WriteLine("the parent takes itself for a child");
            return 1;
        }

        TimeSpan slowest = TimeSpan.Zero;
        for (int round = 0; round < rounds; round++)
        {
            if (Ends(() => ForkGuard.IsForkedChild && !ForkGuard.TryEnter() && ForkGuard.IsForkedChild && Collects(), ref slowest) is { } late)
            {
                return Fail($"child {round} of a parent with native code", late);
            }

            if (!ForkGuard.TryEnter())
            {
                Console.WriteLine($"the parent takes itself for a child after {round} forks");
                return 1;
            }
        }

        if (Ends(() => Ends(() => ForkGuard.IsForkedChild && !ForkGuard.TryEnter()) is null) is { } grandchild)
        {
            return Fail("a child of a child", grandchild);
        }

        Console.WriteLine($"{rounds} children, the slowest took {slowest.TotalMilliseconds:F0} ms");
        return 0;
    }

    private static ForkedChild? Ends(Func<bool> law)
    {
        TimeSpan slowest = TimeSpan.Zero;
        return Ends(law, ref slowest);
    }

    /// <summary>Runs a law in a child; null where it held.</summary>
    private static ForkedChild? Ends(Func<bool> law, ref TimeSpan slowest)
    {
        ForkedChild child = ForkedChild.Run(() => law() ? 0 : 1, Patience);
        slowest = child.Time > slowest ? child.Time : slowest;
        return child.ExitCode == 0 ? null : child;
    }

    /// <summary>A child may allocate, collect, throw and catch.</summary>
    private static bool Collects()
    {
        for (int i = 0; i < 64; i++)
        {
            GC.KeepAlive(new byte[1 << 20]);
        }

        GC.Collect();
        try
        {
            throw new InvalidOperationException();
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private static int Fail(string who, ForkedChild child)
    {
        Console.WriteLine($"{who} ended with {child.ExitCode} after {child.Time.TotalMilliseconds:F0} ms{(child.WasKilled ? ", killed" : "")}");
        return 1;
    }
}
