using System;
using System.Threading;
using Inference.Native.Platform;

namespace Inference.Lanes;

/// <summary>One owned thread that takes work from a queue until the queue is closed.</summary>
/// <remarks>
/// It knows its queue and not its pool, so that a pool that was forgotten can be collected and close the queue. Native
/// libraries keep memory for each thread that used a model and give back only what the freeing thread held: a lane that
/// holds the remains of many freed models ends its thread, which frees them, and goes on in a new one.
/// </remarks>
internal sealed class Lane(LaneQueue queue, string name, int[] cpus, int threads)
{
    /// <summary>The freed models whose remains a lane's thread may hold.</summary>
    internal const int MostRemains = 32;

    [ThreadStatic]
    private static Lane? t_current;

    private LaneThread? _thread;
    private int _remains;

    /// <summary>Whether the calling thread is a lane of a queue.</summary>
    public static bool IsOf(LaneQueue queue) => t_current?.Queue == queue;

    /// <summary>Whether the calling thread is this lane.</summary>
    public bool IsCurrent => t_current == this;

    private LaneQueue Queue => queue;

    /// <summary>Begins, once; and again, by the lane itself, in a new thread.</summary>
    public void Start() => Volatile.Write(ref _thread, LaneThread.Start(name, Run));

    /// <summary>Waits until its thread, and every thread that took its place, has ended. Nothing where it never began.</summary>
    public void Join()
    {
        for (LaneThread? thread = null; thread != Volatile.Read(ref _thread);)
        {
            thread = Volatile.Read(ref _thread);
            thread!.Join();
        }
    }

    /// <summary>Another thread has freed a model that this lane may have used.</summary>
    public void AddRemains() => Interlocked.Increment(ref _remains);

    private void Run()
    {
        t_current = this;
        bool isPinned = cpus.Length == 0 || Affinity.TrySet(cpus);
        int librariesSeen = 0;
        while (queue.Take() is { } work)
        {
            OpenMpThreads.SetAll(threads, ref librariesSeen);
            Do(work, isPinned);
            if (Volatile.Read(ref _remains) >= MostRemains)
            {
                Volatile.Write(ref _remains, 0);
                Start();
                return;
            }
        }
    }

    private void Do(LaneWork work, bool isPinned)
    {
        Exception? failure = null;
        try
        {
            if (!isPinned)
            {
                throw new InvalidOperationException($"{name}: the system refuses to pin it; CPUs {string.Join(", ", cpus)} were open to the process before");
            }

            if (work.Step())
            {
                // A closed queue ends long work between two parts.
                failure = queue.TryAdd(work, isBounded: false) == LaneQueue.Answer.Taken ? null : LanePool.Disposed();
                if (failure is null)
                {
                    return;
                }
            }
        }
#pragma warning disable CA1031 // Whatever it is, it belongs to the caller and not to this thread, which would end the process.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure = exception;
        }

        work.Finish(failure);
    }
}
