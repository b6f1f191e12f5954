using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Inference.Native.Platform;

namespace Inference.Lanes;

/// <summary>The one thread of the process that loads large native models. Any number of threads may bring loads, which run one after the other.</summary>
/// <remarks>
/// glibc's malloc has an arena and a cache of small pieces for each thread. Where a service refreshes its models on
/// changing threads, each thread's arena grows to the size of a load, and each thread's cache keeps pieces of the arenas of
/// all others: pages that hold nothing else cannot be given back any more. Loads of one thread use one arena again and
/// again. The first large load starts the thread; a forked child, which does not have it, loads on its caller's.
/// </remarks>
internal static unsafe class LoadingLane
{
    private static readonly LaneQueue Queue = new(int.MaxValue);
    private static readonly Lane Owned = new(Queue, "inference loading", [], threads: 1);
    private static readonly Lock Starting = new();
    private static int _owner;

    /// <summary>Whether a model of so many bytes is to be loaded here.</summary>
    public static bool IsFor(long bytes) => bytes >= FreedMemory.LargeModel && OperatingSystem.IsLinux();

    /// <summary>Runs a load and waits for it.</summary>
    /// <remarks>Throws whatever the load throws.</remarks>
    public static void Run<TJob>(ref TJob job)
        where TJob : struct, ILaneJob, allows ref struct
    {
        if (Lane.IsOf(Queue) || !TryStart())
        {
            job.Run();
            return;
        }

        BlockingWork work = BlockingWork.OfThisThread<TJob>(Unsafe.AsPointer(ref job));
        Queue.TryAdd(work, isBounded: false);
        work.Wait();
    }

    /// <summary>Starts the thread once; false in a child of the process that did.</summary>
    private static bool TryStart()
    {
        int process = LibC.ProcessId();
        if (Volatile.Read(ref _owner) == 0)
        {
            lock (Starting)
            {
                if (_owner == 0)
                {
                    Owned.Start();
                    Volatile.Write(ref _owner, process);
                }
            }
        }

        return _owner == process;
    }
}
