using System;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace Inference.Lanes;

/// <summary>Work whose caller waits for it. Each thread has one of its own: it cannot wait for two things.</summary>
internal sealed unsafe class BlockingWork : LaneWork
{
    [ThreadStatic]
    private static BlockingWork? t_own;

    private readonly object _gate = new();
    private delegate*<void*, void> _body;
    private void* _job;
    private Exception? _failure;
    private bool _isDone;

    /// <summary>The calling thread's, made ready.</summary>
    /// <param name="job">What the lane runs, on the caller's stack or pinned: it is there until <see cref="Wait"/> returns.</param>
    public static BlockingWork OfThisThread<TJob>(void* job)
        where TJob : struct, ILaneJob, allows ref struct
    {
        BlockingWork work = t_own ??= new BlockingWork();
        work._body = &RunAt<TJob>;
        work._job = job;
        work._failure = null;
        work._isDone = false;
        return work;
    }

    /// <inheritdoc/>
    public override bool Step()
    {
        _body(_job);
        return false;
    }

    /// <inheritdoc/>
    public override void Finish(Exception? failure)
    {
        lock (_gate)
        {
            _failure = failure;
            _isDone = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for the end and throws what the lane threw.</summary>
    /// <remarks>
    /// The lane reads and writes the caller's memory, so nothing may end the wait before it: an interrupt is put off.
    /// </remarks>
    public void Wait()
    {
        bool isInterrupted = false;
        while (!TryWait())
        {
            isInterrupted = true;
        }

        if (isInterrupted)
        {
            Thread.CurrentThread.Interrupt();
        }

        if (_failure is { } failure)
        {
            _failure = null;
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private static void RunAt<TJob>(void* job)
        where TJob : struct, ILaneJob, allows ref struct => Unsafe.AsRef<TJob>(job).Run();

    /// <summary>Waits; false where an interrupt came first, which any waiting for a lock lets in.</summary>
    private bool TryWait()
    {
        try
        {
            lock (_gate)
            {
                while (!_isDone)
                {
                    Monitor.Wait(_gate);
                }
            }

            return true;
        }
        catch (ThreadInterruptedException)
        {
            return false;
        }
    }
}
