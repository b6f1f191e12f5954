using System;
using System.Threading;
using System.Threading.Tasks;
using System.Threading.Tasks.Sources;

namespace Inference.Lanes;

/// <summary>Work that is awaited. Used again and again: once its result was read it hands itself back.</summary>
internal abstract class AwaitedWork : LaneWork, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private CancellationToken _cancellation;
    private LanePool? _pool;

    /// <summary>Brings the work to a pool.</summary>
    /// <exception cref="LanesBusyException">As much waits as may wait.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    /// <exception cref="ForkedProcessException">The pool's threads are another process's.</exception>
    public ValueTask Start(LanePool pool, CancellationToken cancellation)
    {
        _source.Reset();
        _pool = pool;
        _cancellation = cancellation;

        // Registered first: whoever finishes the work finds the registration in its field.
        _registration = cancellation.UnsafeRegister(static work => ((AwaitedWork)work!).Cancel(), this);
        try
        {
            pool.Add(this, isBounded: true);
        }
        catch
        {
            _registration.Dispose();
            Leave();
            GiveBack();
            throw;
        }

        return new ValueTask(this, _source.Version);
    }

    /// <inheritdoc/>
    public override bool Step()
    {
        _cancellation.ThrowIfCancellationRequested();
        return Do();
    }

    /// <inheritdoc/>
    public override void Finish(Exception? failure)
    {
        // Waits for a cancellation that runs elsewhere just now: after this line nobody holds the work but its awaiter.
        _registration.Dispose();
        Leave();
        if (failure is null)
        {
            _source.SetResult(true);
        }
        else
        {
            _source.SetException(failure);
        }
    }

    /// <inheritdoc/>
    public void GetResult(short token)
    {
        try
        {
            _source.GetResult(token);
        }
        finally
        {
            _pool = null;
            _cancellation = default;
            _registration = default;
            GiveBack();
        }
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <summary>Does a part; <see langword="true"/> where parts remain.</summary>
    protected abstract bool Do();

    /// <summary>No part will be done any more: lets go of what the parts needed. Must not throw.</summary>
    protected virtual void Leave()
    {
    }

    /// <summary>Nobody holds the work any more: it may be used again.</summary>
    protected abstract void GiveBack();

    private void Cancel()
    {
        // Not queued: it is running and looks at the token before its next part, or it has not been queued yet and will look.
        if (_pool!.Queue.TryRemove(this))
        {
            Finish(new OperationCanceledException(_cancellation));
        }
    }
}
