using System;
using System.Linq;
using System.Threading;
using Inference.Backends;
using Inference.Native.Loading;
using Inference.Native.OnnxRuntime;

namespace Inference;

/// <content>Runs.</content>
public sealed partial class OnnxBinding
{
    private OrtRunOptions? _runOptions;

    /// <summary>Runs the graph on the calling thread.</summary>
    /// <param name="cancellationToken">Ends the run before its next operator; a single large operator is not interrupted.</param>
    /// <exception cref="SchemaMismatchException">An input was never set.</exception>
    /// <exception cref="ModelNotSupportedException">An output is larger than 2 GB.</exception>
    /// <exception cref="ObjectDisposedException">The binding or its session was disposed.</exception>
    /// <exception cref="InvalidOperationException">Another thread uses the binding.</exception>
    /// <exception cref="NativeCallException">
    /// An operator failed, for example because an id lies outside the rows of an embedding. Binding and session can be used again.
    /// </exception>
    /// <exception cref="ForkedProcessException">The process was forked after its parent used native code.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public void Run(CancellationToken cancellationToken = default)
    {
        using Turn turn = Enter();
        _session.ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        CheckInputs();
        _hasRun = false;
        try
        {
            PrepareOutputs();
            RunOnce(cancellationToken);
            TakeOutputs();
        }
        catch (NativeCallFailure failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw NativeFailures.Translate(failure, _session.Name);
        }

        _hasRun = true;
    }

    private void CheckInputs()
    {
        foreach (OnnxInput input in _inputs)
        {
            if (!input.IsSet)
            {
                string[] missing = [.. _inputs.Where(other => !other.IsSet).Select(other => other.Info.Name)];
                throw new SchemaMismatchException($"{_session.Name}: no value for {string.Join(", ", missing)}; the model takes {string.Join("; ", _session.Inputs)}", missing, []);
            }
        }
    }

    private void PrepareOutputs()
    {
        if (_isReshaped)
        {
            CollectSymbols();
        }

        foreach (OnnxOutput output in _outputs)
        {
            output.Prepare(_native, _isReshaped ? _symbols : null);
        }

        _isReshaped = false;
    }

    /// <summary>The open dimensions that the inputs decide; one that two inputs contradict each other in decides nothing.</summary>
    private void CollectSymbols()
    {
        _symbols.Clear();
        foreach (OnnxInput input in _inputs)
        {
            for (int i = 0; i < input.Info.Dimensions.Count; i++)
            {
                if (input.Info.Dimensions[i].Symbol is { } symbol)
                {
                    int length = input.Shape[i];
                    _symbols[symbol] = !_symbols.TryGetValue(symbol, out int known) || known == length ? length : -1;
                }
            }
        }
    }

    private void RunOnce(CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            RunTrusting(null, cancellationToken);
            return;
        }

        OrtRunOptions options = _runOptions ?? MakeRunOptions();
        try
        {
            using (cancellationToken.UnsafeRegister(static options => ((OrtRunOptions)options!).Terminate(), options))
            {
                RunTrusting(options, cancellationToken);
            }
        }
        finally
        {
            if (cancellationToken.IsCancellationRequested)
            {
                options.Reset();
            }
        }
    }

    /// <summary>
    /// A run that fails while outputs are bound runs again without: where a model declares another shape than it gives, ONNX
    /// Runtime refuses to write into memory of the declared shape, in words that change from release to release.
    /// </summary>
    private void RunTrusting(OrtRunOptions? options, CancellationToken cancellationToken)
    {
        try
        {
            RunNative(options);
        }
        catch (NativeCallFailure) when (!cancellationToken.IsCancellationRequested && _outputs.Any(output => output.IsBound))
        {
            // The next run binds them again, unless this one succeeds and so shows the declaration to be wrong.
            _isReshaped = true;
            Array.ForEach(_outputs, output => output.Free(_native));
            RunNative(options);
            Array.ForEach(_outputs, output => output.Distrust());
        }
    }

    /// <summary>Every native run passes here.</summary>
    private void RunNative(OrtRunOptions? options)
    {
        NativeFailures.RefuseForkedChild(_session.Name);
        _native.Run(options);
        GC.KeepAlive(this);
    }

    private void TakeOutputs()
    {
        bool any = false;
        foreach (OnnxOutput output in _outputs)
        {
            any |= !output.IsBound && OnnxOutput.IsReadable(output.Info);
        }

        if (!any)
        {
            return;
        }

        using OrtOutputs outputs = _native.Outputs();
        foreach (OnnxOutput output in _outputs)
        {
            output.Take(outputs, _session.Name);
        }
    }

    private OrtRunOptions MakeRunOptions()
    {
        OrtRunOptions options = OrtRunOptions.Create();
        Volatile.Write(ref _runOptions, options);
        if (Volatile.Read(ref _isDisposed))
        {
            options.Dispose();
        }

        return options;
    }
}
