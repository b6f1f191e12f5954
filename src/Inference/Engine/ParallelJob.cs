using System;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Threading;
using Inference.Forests;

namespace Inference.Engine;

/// <summary>A thread's work that threads of the pool help with, one call after the other.</summary>
/// <remarks>
/// <para>
/// 1. The caller writes down what is to be done, opens as many seats as it wants helpers, and queues itself to the pool.
/// 2. A helper takes a seat, takes pieces until none is left, and leaves. The caller does the same: it waits for no one to begin.
/// 3. The caller closes the seats that are left and waits for those who sit. Nobody looks at the call's memory without a seat.
/// </para>
/// <para>
/// Who waits looks for a while before it sleeps, helpers for the next call, the caller for its helpers: to be woken takes as long as to score
/// some hundred rows, and who calls batch after batch would pay for it every time. A helper looks for a part of the time that it has helped.
/// </para>
/// <para>
/// The pool may run a helper when its call is long over. It finds no seat, or one of a later call of the same thread, which it
/// helps as well as any other: so what is still queued is not queued again, and a pool that has no thread to spare keeps no
/// more than one call's helpers for each calling thread.
/// </para>
/// <para>Allocates nothing once a thread has its own.</para>
/// </remarks>
internal sealed unsafe class ParallelJob : IThreadPoolWorkItem
{
    /// <summary>In <see cref="_state"/>: a free seat. Below it are counted those who work, the caller included.</summary>
    private const int Seat = 1 << 16;

    /// <summary>More helpers than a state can count.</summary>
    private const int MostHelpers = (1 << 15) - 1;

    /// <summary>A helper stays for this part of the time that it has helped.</summary>
    private const int StayPart = 4;

    /// <summary>Between two looks at the clock.</summary>
    private const int StaySpins = 8;

    /// <summary>The longest stay of a helper, and what a caller looks for its helpers: some times what being woken takes, and about a piece.</summary>
    private static readonly long MostStay = Environment.ProcessorCount > 1 ? Stopwatch.Frequency / 10_000 : 0, MostLook = 2 * MostStay;

    /// <summary>After so long a helper goes to the end of the pool's queue: what else waits there comes first.</summary>
    private static readonly long Shift = Stopwatch.Frequency / 50;

    [ThreadStatic]
    private static ParallelJob? t_own;

    private readonly object _door = new();
    private int _state;
    private int _queued;

    private Scorer? _scorer;
    private delegate*<Scorer, void*, int, int, void> _score;
    private void* _context;
    private RowPieces _pieces;
    private int _taken;

    // Counts the calls, each when its seats are open.
    private int _call;
    private ExceptionDispatchInfo? _failure;

    /// <summary>The calling thread's.</summary>
    public static ParallelJob Own => t_own ??= new ParallelJob();

    /// <summary>Scores all pieces, on this thread and on as many of the pool as come in time.</summary>
    /// <param name="scorer">The scorer.</param>
    /// <param name="score">Scores a piece: the scorer, the context, the first row and their number.</param>
    /// <param name="context">What all pieces have in common. Read until the call returns.</param>
    /// <param name="pieces">The pieces.</param>
    /// <param name="helpers">The most threads beside the caller's.</param>
    /// <remarks>Where a piece throws, no further ones are begun, and the caller meets the first exception.</remarks>
    public void Run(Scorer scorer, delegate*<Scorer, void*, int, int, void> score, void* context, in RowPieces pieces, int helpers)
    {
        if (_scorer is not null)
        {
            // A thread of a single-threaded apartment that waits for its helpers may be made to call again.
            score(scorer, context, 0, pieces.StartOf(pieces.Count));
            return;
        }

        helpers = Math.Min(Math.Min(helpers, pieces.Count - 1), MostHelpers);
        _scorer = scorer;
        _score = score;
        _context = context;
        _pieces = pieces;
        _taken = 0;
        _failure = null;

        try
        {
            // A full barrier: who is still counted as queued from here on finds the seats open.
            Interlocked.Exchange(ref _state, (helpers * Seat) + 1);
            Volatile.Write(ref _call, _call + 1);
            for (int missing = helpers - Volatile.Read(ref _queued); missing > 0; missing--)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                Interlocked.Increment(ref _queued);
            }

            Work();
        }
        finally
        {
            Interlocked.And(ref _state, Seat - 1);
            if (Interlocked.Decrement(ref _state) != 0)
            {
                AwaitHelpers();
            }

            _scorer = null;
        }

        _failure?.Throw();
    }

    /// <summary>Helps, on a thread of the pool, and with the calls that follow soon.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        long begin = Stopwatch.GetTimestamp();
        for (long start = begin; start - begin < Shift; start = Stopwatch.GetTimestamp())
        {
            // A full barrier: a caller who still counts this helper as queued has opened the seats that it looks for.
            Interlocked.Decrement(ref _queued);
            int call = Volatile.Read(ref _call);
            if (!TryHelp())
            {
                return;
            }

            long end = Stopwatch.GetTimestamp();
            end += Math.Min((end - start) / StayPart, MostStay);
            while (Volatile.Read(ref _call) == call && Stopwatch.GetTimestamp() < end)
            {
                Thread.SpinWait(StaySpins);
            }
        }

        // Still counted as queued.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Takes a seat and helps; whoever did is counted as queued again before it leaves.</summary>
    private bool TryHelp()
    {
        int state = Volatile.Read(ref _state);
        while (state >= Seat)
        {
            int seen = Interlocked.CompareExchange(ref _state, state - Seat + 1, state);
            if (seen == state)
            {
                Work();
                Interlocked.Increment(ref _queued);
                if (Interlocked.Decrement(ref _state) == 0)
                {
                    lock (_door)
                    {
                        Monitor.Pulse(_door);
                    }
                }

                return true;
            }

            state = seen;
        }

        return false;
    }

    private void Work()
    {
        try
        {
            int piece;
            while ((piece = Interlocked.Increment(ref _taken) - 1) < _pieces.Count)
            {
                int start = _pieces.StartOf(piece);
                _score(_scorer!, _context, start, _pieces.StartOf(piece + 1) - start);
            }
        }
        catch (Exception exception)
        {
            // A native library may refuse; the caller meets the same exception as with one thread.
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
            Volatile.Write(ref _taken, _pieces.Count);
        }
    }

    /// <summary>Waits until all seats are empty. Whoever interrupts this thread interrupts its next wait: this memory is still in use.</summary>
    private void AwaitHelpers()
    {
        SpinWait spin = default;
        long end = Stopwatch.GetTimestamp() + MostLook;
        bool isInterrupted = false;
        while (Volatile.Read(ref _state) != 0)
        {
            try
            {
                if (Stopwatch.GetTimestamp() < end)
                {
                    spin.SpinOnce(sleep1Threshold: -1);
                    continue;
                }

                lock (_door)
                {
                    if (Volatile.Read(ref _state) != 0)
                    {
                        Monitor.Wait(_door);
                    }
                }
            }
            catch (ThreadInterruptedException)
            {
                isInterrupted = true;
            }
        }

        if (isInterrupted)
        {
            Thread.CurrentThread.Interrupt();
        }
    }
}
