using System.Threading;

namespace Inference.Lanes;

/// <summary>Work in order of arrival, linked through the work itself. Any number of threads may call.</summary>
internal sealed class LaneQueue(int length)
{
    private readonly object _gate = new();
    private LaneWork? _first;
    private LaneWork? _last;
    private int _count;
    private bool _isClosed;

    /// <summary>What became of work that was brought.</summary>
    public enum Answer
    {
        /// <summary>It waits for a lane.</summary>
        Taken,

        /// <summary>As much waits as may wait.</summary>
        Full,

        /// <summary>Nothing is taken any more.</summary>
        Closed,
    }

    /// <summary>How much may wait.</summary>
    public int Length => length;

    /// <summary>How much waits.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Appends work.</summary>
    /// <param name="work">The work; it stands in no queue.</param>
    /// <param name="isBounded">Whether the queue's length holds for it.</param>
    public Answer TryAdd(LaneWork work, bool isBounded)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return Answer.Closed;
            }

            if (isBounded && _count >= length)
            {
                return Answer.Full;
            }

            work.Previous = _last;
            work.IsQueued = true;
            if (_last is null)
            {
                _first = work;
            }
            else
            {
                _last.Next = work;
            }

            _last = work;
            _count++;
            Monitor.Pulse(_gate);
            return Answer.Taken;
        }
    }

    /// <summary>The oldest work, awaited; <see langword="null"/> once the queue is closed.</summary>
    public LaneWork? Take()
    {
        lock (_gate)
        {
            while (!_isClosed)
            {
                if (_first is { } work)
                {
                    Unlink(work);
                    return work;
                }

                Monitor.Wait(_gate);
            }

            return null;
        }
    }

    /// <summary>Takes work out again, unless a lane has it.</summary>
    public bool TryRemove(LaneWork work)
    {
        lock (_gate)
        {
            if (work.IsQueued)
            {
                Unlink(work);
                return true;
            }

            return false;
        }
    }

    /// <summary>Takes nothing more and lets the lanes go; what is left is handed out by <see cref="TryDrain"/>.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>The oldest work left in a closed queue.</summary>
    public bool TryDrain(out LaneWork? work)
    {
        lock (_gate)
        {
            work = _first;
            if (work is not null)
            {
                Unlink(work);
            }

            return work is not null;
        }
    }

    private void Unlink(LaneWork work)
    {
        if (work.Previous is null)
        {
            _first = work.Next;
        }
        else
        {
            work.Previous.Next = work.Next;
        }

        if (work.Next is null)
        {
            _last = work.Previous;
        }
        else
        {
            work.Next.Previous = work.Previous;
        }

        work.Next = null;
        work.Previous = null;
        work.IsQueued = false;
        _count--;
    }
}
