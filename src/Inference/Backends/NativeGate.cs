using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Inference.Lanes;
using Inference.Native.Loading;
using Inference.Native.Platform;

namespace Inference.Backends;

/// <summary>
/// The one gate between a model and its native library: every native call passes here, in chunks of rows, on the
/// caller's thread or on a lane, and the native objects live until the last call through it has left.
/// </summary>
/// <remarks>
/// <para>
/// How a call and <see cref="Dispose"/> meet, all in one number, the calls in progress with a flag beside them:
/// 1. a call enters by raising the number, unless the flag is set;
/// 2. disposal sets the flag, once;
/// 3. whoever brings the number to zero while the flag is set frees: the last call, or disposal where none is in progress.
/// </para>
/// <para>
/// Until <see cref="Open"/> the model is being loaded, by one thread, a large one by <see cref="LoadingLane"/>: that leaves
/// no threads of the library behind and does not mark the process as one that uses native code, so that a host may load
/// first and fork then.
/// </para>
/// </remarks>
internal sealed class NativeGate(NativeLibraryKind library, string source, long bytes, NativeOptions options) : IDisposable
{
    private const int Closed = int.MinValue;

    private readonly LanePool? _lanes = (LanePool?)options.Lanes;
    private readonly Lock _preparing = new();
    private int _state;
    private IDisposable? _guarded;
    private Action? _prepare;
    private bool _isOpen;

    /// <summary>The native objects that are freed behind the last call. Set once, before the gate is shared.</summary>
    public void Guard(IDisposable objects) => _guarded = objects;

    /// <summary>Ends loading. Once, before the gate is shared.</summary>
    /// <param name="prepare">Run on a lane before its first prediction, by no other thread at that time; <see langword="null"/> for nothing.</param>
    public void Open(Action? prepare)
    {
        _prepare = _lanes is null ? null : prepare;
        _isOpen = true;
    }

    /// <summary>Whether native code may be called; where it may not, the managed engine is to answer.</summary>
    /// <exception cref="ForkedProcessException">It may not, and nothing else may answer.</exception>
    public bool MayCall()
    {
        if (_isOpen ? ForkGuard.TryEnter() : !ForkGuard.IsForkedChild)
        {
            return true;
        }

        return options.Fork == ForkPolicy.AnswerManaged ? false : throw new ForkedProcessException(source);
    }

    /// <summary>Begins a call; <see cref="Leave"/> ends it. False where the model has been disposed of.</summary>
    public bool TryEnter()
    {
        int state = Volatile.Read(ref _state);
        while (state >= 0)
        {
            int seen = Interlocked.CompareExchange(ref _state, state + 1, state);
            if (seen == state)
            {
                return true;
            }

            state = seen;
        }

        return false;
    }

    /// <summary>Ends a call.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _state) == Closed)
        {
            Free();
        }
    }

    /// <summary>Lets calls in progress finish and refuses later ones. The last one out frees.</summary>
    public void Dispose()
    {
        if (Interlocked.Or(ref _state, Closed) == 0)
        {
            Free();
        }
    }

    /// <summary>Runs native work over rows, cut into the chunks that the options allow.</summary>
    /// <param name="job">The work, on the caller's stack.</param>
    /// <param name="rows">How many rows.</param>
    /// <exception cref="NativeCallException">The library refused.</exception>
    /// <exception cref="ObjectDisposedException">The lanes were disposed of.</exception>
    public void Run<TJob>(ref TJob job, int rows)
        where TJob : struct, INativeJob, allows ref struct
    {
        try
        {
            if (!_isOpen)
            {
                RunLoading(ref job, rows);
                return;
            }

            int count;
            for (int start = 0; start < rows; start += count)
            {
                count = Math.Min(options.RowsPerCall, rows - start);
                if (_lanes is null)
                {
                    job.Run(start, count);
                }
                else
                {
                    RunOnLane(ref job, start, count);
                }
            }
        }
        catch (NativeCallFailure failure)
        {
            throw new NativeCallException(library, source, failure.Function, failure.Error);
        }
    }

    private unsafe void RunLoading<TJob>(ref TJob job, int rows)
        where TJob : struct, INativeJob, allows ref struct
    {
        fixed (byte* pinned = &Unsafe.As<TJob, byte>(ref job))
        {
            Loading<TJob> loading = new(library, pinned, rows);
            LoadingLane.RunFor(bytes, ref loading);
        }
    }

    private unsafe void RunOnLane<TJob>(ref TJob job, int start, int count)
        where TJob : struct, INativeJob, allows ref struct
    {
        fixed (byte* pinned = &Unsafe.As<TJob, byte>(ref job))
        {
            Chunk<TJob> chunk = new(this, pinned, start, count);
            _lanes!.Run(ref chunk);
        }
    }

    /// <summary>On a lane: what the booster needs before its first prediction there.</summary>
    private void Prepare()
    {
        if (Volatile.Read(ref _prepare) is null)
        {
            return;
        }

        lock (_preparing)
        {
            _prepare?.Invoke();
            Volatile.Write(ref _prepare, null);
        }
    }

    private void Free()
    {
        // What a forked child's parent made is left alone: the parent frees its own, and lanes that could do it are not here.
        if (_guarded is null || ForkGuard.IsForkedChild)
        {
            return;
        }

        if (_lanes is null || !_isOpen)
        {
            _guarded.Dispose();
        }
        else
        {
            _lanes.Free(_guarded.Dispose);
        }
    }

    private readonly unsafe struct Loading<TJob>(NativeLibraryKind library, void* job, int rows) : ILaneJob
        where TJob : struct, INativeJob, allows ref struct
    {
        public void Run()
        {
            using OneOpenMpThread one = OneOpenMpThread.For((NativeKind)library);
            Unsafe.AsRef<TJob>(job).Run(0, rows);
        }
    }

    private readonly unsafe struct Chunk<TJob>(NativeGate gate, void* job, int start, int count) : ILaneJob
        where TJob : struct, INativeJob, allows ref struct
    {
        public void Run()
        {
            gate.Prepare();
            Unsafe.AsRef<TJob>(job).Run(start, count);
        }
    }
}
