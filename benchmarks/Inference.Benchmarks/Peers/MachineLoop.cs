using System.Runtime.CompilerServices;
using System.Threading;

namespace Inference.Benchmarks.Peers;

/// <summary>Additions in registers, nothing else: what a second thread adds on this machine, whatever the program.</summary>
/// <remarks>Cores that others use too, or that slow down together, do not double anything; what the engine gains stands beside it.</remarks>
internal static class MachineLoop
{
    // Some ten milliseconds: a thread takes a hundredth of that to start.
    private const int Additions = 32_000_000;

    private static ulong s_sum;

    /// <summary>All additions by the caller.</summary>
    public static void RunAlone() => Run(Additions);

    /// <summary>Half of the additions by the caller, half by another thread.</summary>
    public static void RunByTwo()
    {
        Thread second = new(() => Run(Additions / 2));
        second.Start();
        Run(Additions / 2);
        second.Join();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run(int additions)
    {
        ulong first = 1;
        ulong second = 2;
        for (int i = 0; i < additions; i++)
        {
            first = (first * 3) + (ulong)i;
            second += first;
        }

        Volatile.Write(ref s_sum, second);
    }
}
