using System;
using System.Threading;
using Inference.Native.Loading;

namespace Inference.Backends;

/// <summary>
/// The one gate between a model and its native library: every native call passes here, in chunks of rows, and the
/// native objects live until the last call through it has left.
/// </summary>
/// <remarks>
/// How a call and <see cref="Dispose"/> meet, all in one number, the calls in progress with a flag beside them:
/// 1. a call enters by raising the number, unless the flag is set;
/// 2. disposal sets the flag, once;
/// 3. whoever brings the number to zero while the flag is set frees: the last call, or disposal where none is in progress.
/// </remarks>
internal sealed class NativeGate(NativeLibraryKind library, string source, NativeOptions options) : IDisposable
{
    private const int Closed = int.MinValue;

    private int _state;
    private IDisposable? _guarded;

    /// <summary>The native objects that are freed behind the last call. Set once, before the gate is shared.</summary>
    public void Guard(IDisposable objects) => _guarded = objects;

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
    /// <exception cref="NativeCallException">The library refused.</exception>
    public void Run<TJob>(ref TJob job, int rows)
        where TJob : struct, INativeJob, allows ref struct
    {
        try
        {
            int count;
            for (int start = 0; start < rows; start += count)
            {
                count = Math.Min(options.RowsPerCall, rows - start);
                job.Run(start, count);
            }
        }
        catch (NativeCallFailure failure)
        {
            throw new NativeCallException(library, source, failure.Function, failure.Error);
        }
    }

    private void Free() => _guarded?.Dispose();
}
