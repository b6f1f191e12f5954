using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Inference.Lanes;
using Inference.Native.Platform;

namespace Inference;

/// <summary>
/// A few threads of our own that native predictions run on in their callers' place: named, pinned on request, each with
/// its number of OpenMP threads. Many callers then share few threads, and one OpenMP team for each lane.
/// </summary>
/// <remarks>
/// <para>
/// Give it to models by <see cref="NativeOptions.Lanes"/>; any number of models and threads may share one. Predictions
/// run in order of arrival. No thread starts before the first one, and the threads are background threads.
/// </para>
/// <para>
/// Dispose of the models first. <see cref="Dispose"/> lets running predictions finish; predictions that wait, and later
/// ones, throw <see cref="ObjectDisposedException"/>. A pool that is forgotten ends its threads when it is collected.
/// </para>
/// <para>
/// In a forked child the threads do not exist: where the parent's had started, a prediction follows
/// <see cref="NativeOptions.Fork"/> and never waits for them.
/// </para>
/// </remarks>
public sealed class LanePool : LaneScheduler, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Lane[] _lanes;
    private bool _hasStarted;
    private bool _isDisposed;

    /// <summary>Makes a pool; its threads start with the first prediction.</summary>
    /// <param name="options">How; <see langword="null"/> for <see cref="LaneOptions.Default"/>.</param>
    /// <exception cref="ArgumentException">
    /// <see cref="LaneOptions.Cpus"/> names a CPU twice, one that this process may not use, or not as many as all lanes have threads.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is less than 1.</exception>
    /// <exception cref="PlatformNotSupportedException"><see cref="LaneOptions.Cpus"/> is set and this system cannot pin threads.</exception>
    /// <exception cref="ThreadBudgetException">The process's budget has no room for these threads (<see cref="LaneBudget"/>).</exception>
    public LanePool(LaneOptions? options = null)
    {
        options ??= LaneOptions.Default;
        ThreadsPerLane = options.ThreadsPerLane;
        int? lanes = CheckedLanes(options);
        int[] cpus = [.. options.Cpus ?? []];
        Lanes = LaneBudget.Take(lanes, ThreadsPerLane, options.AllowsMoreThanBudget);
        Queue = new LaneQueue(options.QueueLength);
        _lanes = new Lane[Lanes];
        for (int lane = 0; lane < Lanes; lane++)
        {
            int[] own = cpus.Length == 0 ? [] : cpus[(lane * ThreadsPerLane)..((lane + 1) * ThreadsPerLane)];
            _lanes[lane] = new Lane(Queue, $"{options.Name} {lane}", own, ThreadsPerLane);
        }
    }

    /// <summary>Ends the threads of a pool that was forgotten.</summary>
    ~LanePool()
    {
        // A constructor that throws leaves an object without lanes.
        if (_lanes is not null)
        {
            Close();
        }
    }

    /// <inheritdoc/>
    public override int Lanes { get; }

    /// <inheritdoc/>
    public override int ThreadsPerLane { get; }

    /// <summary>How many predictions wait for a lane just now.</summary>
    public int Waiting => Queue.Count;

    /// <summary>What waits for a lane.</summary>
    internal LaneQueue Queue { get; }

    /// <summary>Whether the calling thread is a lane of this pool, whose work must not wait for the pool again.</summary>
    internal bool IsCurrent => Lane.IsOf(Queue);

    /// <summary>Lets running predictions finish, refuses those that wait, ends the threads and waits for their end.</summary>
    /// <remarks>Called on a lane it does not wait. In a forked child it does nothing: the threads are the parent's.</remarks>
    public void Dispose()
    {
        if (ForkGuard.IsForkedChild)
        {
            return;
        }

        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        GC.SuppressFinalize(this);
        Close();
        if (!IsCurrent)
        {
            foreach (Lane lane in _lanes)
            {
                lane.Join();
            }
        }
    }

    /// <summary>What waits or comes too late is told.</summary>
    internal static ObjectDisposedException Disposed() => new(nameof(LanePool));

    /// <summary>Runs work on a lane and waits for it. On a lane of this pool it runs at once.</summary>
    /// <param name="job">The work, on the caller's stack, where it may hold spans, or in an object, which is pinned.</param>
    /// <exception cref="ObjectDisposedException">The pool was disposed of before the work's turn.</exception>
    /// <exception cref="ForkedProcessException">The pool's threads are another process's.</exception>
    /// <remarks>Throws whatever the work throws. Allocates nothing once the calling thread has been here.</remarks>
    internal unsafe void Run<TJob>(ref TJob job)
        where TJob : struct, ILaneJob, allows ref struct
    {
        if (IsCurrent)
        {
            job.Run();
            return;
        }

        fixed (byte* pinned = &Unsafe.As<TJob, byte>(ref job))
        {
            BlockingWork work = BlockingWork.OfThisThread<TJob>(pinned);
            Add(work, isBounded: false);
            work.Wait();
        }

        GC.KeepAlive(this);
    }

    /// <summary>Brings work to the lanes, which are started by the first.</summary>
    internal void Add(LaneWork work, bool isBounded)
    {
        if (!ForkGuard.TryEnter())
        {
            throw new ForkedProcessException("lanes");
        }

        if (!Volatile.Read(ref _hasStarted))
        {
            Start();
        }

        switch (Queue.TryAdd(work, isBounded))
        {
            case LaneQueue.Answer.Full:
                throw new LanesBusyException("lanes", Queue.Length);
            case LaneQueue.Answer.Closed:
                throw Disposed();
        }
    }

    /// <summary>Frees native objects on a lane that may have used them, or here where there is none any more.</summary>
    internal void Free(Action free)
    {
        if (!Volatile.Read(ref _hasStarted) || Queue.TryAdd(new FreeingWork(_lanes, free), isBounded: false) != LaneQueue.Answer.Taken)
        {
            free();
        }
    }

    private static int? CheckedLanes(LaneOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ThreadsPerLane, 1, nameof(LaneOptions.ThreadsPerLane));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueueLength, 1, nameof(LaneOptions.QueueLength));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Lanes ?? 1, 1, nameof(LaneOptions.Lanes));
        ArgumentNullException.ThrowIfNull(options.Name, nameof(LaneOptions.Name));
        if (options.Cpus is not { } cpus)
        {
            return options.Lanes;
        }

        if (!Affinity.IsSupported)
        {
            throw new PlatformNotSupportedException("LaneOptions.Cpus: threads are pinned on Linux alone");
        }

        int lanes = options.Lanes ?? cpus.Count / options.ThreadsPerLane;
        if (lanes == 0 || cpus.Count != (long)lanes * options.ThreadsPerLane)
        {
            throw new ArgumentException($"Cpus: {cpus.Count} CPUs; {Math.Max(1, lanes)} lanes of {options.ThreadsPerLane} threads need one for each thread", nameof(options));
        }

        IReadOnlyList<int> open = Affinity.Get();
        if (cpus.Any(cpu => !open.Contains(cpu)) || cpus.Distinct().Count() != cpus.Count)
        {
            throw new ArgumentException($"Cpus: {string.Join(", ", cpus)}; this process may use {string.Join(", ", open)}, each once", nameof(options));
        }

        return lanes;
    }

    private void Start()
    {
        lock (_gate)
        {
            if (_hasStarted || _isDisposed)
            {
                return;
            }

            foreach (Lane lane in _lanes)
            {
                lane.Start();
            }

            Volatile.Write(ref _hasStarted, true);
        }
    }

    private void Close()
    {
        LaneBudget.Return(Lanes * ThreadsPerLane);
        Queue.Close();
        while (Queue.TryDrain(out LaneWork? work))
        {
            // What frees still does so, here: nothing of its lanes is left to wait for.
            if (work is FreeingWork freeing)
            {
                freeing.Step();
                freeing.Finish(null);
            }
            else
            {
                work!.Finish(Disposed());
            }
        }
    }
}
