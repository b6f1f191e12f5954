using System.Runtime.CompilerServices;
using System.Threading;

namespace Inference.Benchmarks.Peers;

/// <summary>Sums in registers, nothing else: what a second thread adds on this machine, whatever the program.</summary>
/// <remarks>
/// Cores that others use too, or that slow down together, do not double anything; what the engine gains stands beside it. The sums do not wait for each other:
/// two threads of one core would share its units as they do in the engine.
/// </remarks>
internal static class MachineLoop
{
    // Some ten milliseconds: a thread takes a hundredth of that to start.
    private const int Rounds = 12_000_000;

    private static ulong s_sum;

    /// <summary>All of it by the caller.</summary>
    public static void RunAlone() => Run(Rounds);

    /// <summary>Half of it by the caller, half by another thread.</summary>
    public static void RunByTwo()
    {
        Thread second = new(() => Run(Rounds / 2));
        second.Start();
        Run(Rounds / 2);
        second.Join();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run(int rounds)
    {
        ulong a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;
        for (int i = 0; i < rounds; i++)
        {
            ulong addend = (ulong)i;
            a = (a ^ addend) + 1;
            b = (b ^ addend) + 3;
            c = (c ^ addend) + 5;
            d = (d ^ addend) + 7;
            e = (e ^ addend) + 9;
            f = (f ^ addend) + 11;
        }

        Volatile.Write(ref s_sum, a + b + c + d + e + f);
    }
}
