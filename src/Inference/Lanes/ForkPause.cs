using System;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading;
using Inference.Native.Platform;

namespace Inference.Lanes;

/// <summary>Has a fork wait until the threads of all lanes wait.</summary>
/// <remarks>
/// A host may fork as soon as a call of ours has returned, and a lane is then on its way back to waiting, for some
/// microseconds. In the child that thread does not exist: a collection would wait for it, and so would whoever needs a
/// lock of the runtime's that it held. To see a thread asleep takes a system call, too dear for each prediction, so the
/// forking thread looks, and predictions pay nothing. On Linux; elsewhere nothing waits.
/// </remarks>
internal static unsafe class ForkPause
{
    /// <summary>Lanes that are busy are waited for no longer than this: the host forks in the midst of predictions, which nothing makes safe.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The handler's address stays with the C library, so code that can be unloaded has none. Where .NET writes crash
    /// dumps it forks in the midst of a crash, when no code of ours may run.
    /// </summary>
    private static readonly bool IsPossible = OperatingSystem.IsLinux() && !typeof(ForkPause).Assembly.IsCollectible && !ForkHazards.WritesDumps;

    private static ImmutableArray<LaneThread> _threads = [];
    private static int _isRegistered;

    /// <summary>A thread is about to begin.</summary>
    public static void Add(LaneThread thread)
    {
        if (!IsPossible)
        {
            return;
        }

        ImmutableInterlocked.Update(ref _threads, static (threads, added) => threads.RemoveAll(static old => old.HasEnded).Add(added), thread);
        if (Interlocked.Exchange(ref _isRegistered, 1) == 0)
        {
            _ = ForkHandler.TryRegister(&AwaitRest);
        }
    }

    [UnmanagedCallersOnly]
    private static void AwaitRest()
    {
#pragma warning disable CA1031 // No exception may leave for the C library, which would end the process.
        try
        {
            // Twice: a thread that slept on a lock of another one's goes on when that one sleeps.
            long start = Stopwatch.GetTimestamp();
            SpinWait spin = default;
            for (int seen = 0; seen < 2 && Stopwatch.GetElapsedTime(start) < Patience; seen = AreAtRest() ? seen + 1 : 0)
            {
                spin.SpinOnce();
            }
        }
        catch
        {
            // The process forks as it would have without us.
        }
#pragma warning restore CA1031
    }

    private static bool AreAtRest()
    {
        foreach (LaneThread thread in _threads)
        {
            if (!thread.IsAtRest)
            {
                return false;
            }
        }

        return true;
    }
}
