using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Inference.Native.Platform;

namespace Inference.Lanes;

/// <summary>One thread that loads large native models. Any number of threads may bring loads, which run one after the other.</summary>
/// <remarks>
/// glibc's malloc has an arena and a cache of small pieces for each thread. Where a service refreshes its models on
/// changing threads, each thread's arena grows to the size of a load, and each thread's cache keeps pieces of the arenas of
/// all others: pages that hold nothing else cannot be given back any more. Loads of one thread use one arena again and
/// again. The first large load starts the thread; a forked child, which does not have it, loads on its caller's.
/// </remarks>
internal sealed unsafe class LoadingLane : IDisposable
{
    /// <summary>The thread's name, which Linux cuts after 15 letters.</summary>
    internal const string ThreadName = "inference load";

    private readonly LaneQueue _queue = new(int.MaxValue);
    private readonly Lane _lane;
    private readonly Lock _starting = new();
    private int _owner;

    /// <summary>A lane whose thread starts with its first load.</summary>
    internal LoadingLane() => _lane = new Lane(_queue, ThreadName, [], threads: 1);

    /// <summary>The one that every model of the process is brought to.</summary>
    public static LoadingLane OfProcess { get; } = new();

    /// <summary>Whether a model of so many bytes is to be loaded here.</summary>
    public static bool IsFor(long bytes) => bytes >= FreedMemory.LargeModel && OperatingSystem.IsLinux();

    /// <summary>Runs what loads or frees a model of so many bytes: on the process's lane where it is large, else here.</summary>
    /// <remarks>Throws whatever the job throws.</remarks>
    public static void RunFor<TJob>(long bytes, ref TJob job)
        where TJob : struct, ILaneJob, allows ref struct
    {
        if (IsFor(bytes))
        {
            OfProcess.Run(ref job);
        }
        else
        {
            job.Run();
        }
    }

    /// <summary>Runs a load and waits for it. A load within a load runs at once.</summary>
    /// <remarks>Throws whatever the load throws.</remarks>
    public void Run<TJob>(ref TJob job)
        where TJob : struct, ILaneJob, allows ref struct
    {
        if (Lane.IsOf(_queue) || !TryStart())
        {
            job.Run();
            return;
        }

        fixed (byte* pinned = &Unsafe.As<TJob, byte>(ref job))
        {
            BlockingWork work = BlockingWork.OfThisThread<TJob>(pinned);
            _queue.TryAdd(work, isBounded: false);
            work.Wait();
        }
    }

    /// <summary>Ends the thread. The process's own lane never ends; those of tests do.</summary>
    public void Dispose() => _queue.Close();

    /// <summary>Starts the thread once; false in a child of the process that did.</summary>
    private bool TryStart()
    {
        int process = LibC.ProcessId();
        if (Volatile.Read(ref _owner) == 0)
        {
            lock (_starting)
            {
                if (_owner == 0)
                {
                    _lane.Start();
                    Volatile.Write(ref _owner, process);
                }
            }
        }

        return Volatile.Read(ref _owner) == process;
    }
}
