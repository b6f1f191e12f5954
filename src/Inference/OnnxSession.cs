using System;
using System.Collections.Generic;
using System.Threading;
using Inference.Backends;
using Inference.Lanes;
using Inference.Native.OnnxRuntime;

namespace Inference;

/// <summary>Any ONNX graph, run by ONNX Runtime, which must be there (the NuGet package Microsoft.ML.OnnxRuntime brings it).</summary>
/// <remarks>
/// <para>
/// Thread safety: any number of threads may use one session, each through an <see cref="OnnxBinding"/> of its own or
/// through <see cref="Run(ReadOnlySpan{float}, Span{float}, string?)"/> and its kin. <see cref="Dispose"/> during a run is
/// safe: a run that has started finishes, a later one throws <see cref="ObjectDisposedException"/>. On Linux, models of a
/// megabyte or more are loaded on one thread of the process, one after the other.
/// </para>
/// <para>
/// Nothing native is loaded before the first session is. A run uses the caller's thread, unless
/// <see cref="OnnxSessionOptions.IntraOpThreads"/> allows more.
/// </para>
/// <para>
/// A tree ensemble in ONNX is better loaded by <see cref="Booster"/>: it needs nothing native and gives the same bits.
/// </para>
/// </remarks>
public sealed partial class OnnxSession : IDisposable
{
    private readonly OrtSession _native;
    private readonly Lock _gate = new();
    private readonly Stack<OnnxBinding> _spare = new();
    private bool _isDisposed;

    private OnnxSession(OrtSession native, OnnxSessionOptions options, string name)
    {
        _native = native;
        Name = name;
        Options = options;
        CopiesInputs = OnnxSettings.CopiesInputs(options);
        Inputs = OnnxPorts.Describe(native.Inputs);
        Outputs = OnnxPorts.Describe(native.Outputs);
    }

    /// <summary>The path of the model, or a description of where its bytes came from.</summary>
    public string Name { get; }

    /// <summary>The options that it was loaded with.</summary>
    public OnnxSessionOptions Options { get; }

    /// <summary>What each run takes, in the model's order.</summary>
    public IReadOnlyList<OnnxValueInfo> Inputs { get; }

    /// <summary>What each run gives, in the model's order.</summary>
    public IReadOnlyList<OnnxValueInfo> Outputs { get; }

    /// <summary>Whether inputs must be bound anew for each run.</summary>
    internal bool CopiesInputs { get; }

    /// <summary>Makes a set of inputs and outputs for one worker to run with, again and again, without allocating.</summary>
    /// <returns>The binding, to be disposed by the caller.</returns>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    /// <exception cref="NativeCallException">ONNX Runtime refused.</exception>
    public OnnxBinding Bind()
    {
        ThrowIfDisposed();
        return OnnxBinding.Create(this, _native);
    }

    /// <summary>
    /// Lets go of the model. Runs that have started finish; later ones throw <see cref="ObjectDisposedException"/>. Its
    /// memory is freed when its last binding is disposed.
    /// </summary>
    /// <remarks>A large model is freed by the thread that loads those, after a load that is under way: freed elsewhere, it would leave pieces in that thread's cache of malloc's.</remarks>
    public void Dispose()
    {
        Freeing freeing = new(this);
        LoadingLane.RunFor(_native.ModelBytes, ref freeing);
    }

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed), this);

    private readonly struct Freeing(OnnxSession session) : ILaneJob
    {
        /// <inheritdoc/>
        public void Run()
        {
            lock (session._gate)
            {
                Volatile.Write(ref session._isDisposed, true);
                while (session._spare.TryPop(out OnnxBinding? binding))
                {
                    binding.Dispose();
                }
            }

            session._native.Dispose();
        }
    }
}
