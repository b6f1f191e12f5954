using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Inference.Backends;
using Inference.Native.Loading;
using Inference.Native.OnnxRuntime;

namespace Inference;

/// <summary>The inputs and outputs of an <see cref="OnnxSession"/>'s runs: bound once, filled and read again and again.</summary>
/// <remarks>
/// <para>
/// Thread safety: for one thread at a time, one for each worker; use by two at once throws
/// <see cref="InvalidOperationException"/>. <see cref="Dispose"/> during a run is safe.
/// </para>
/// <para>
/// Memory: inputs and outputs lie in memory of the binding's own that grows with the largest batch. Once it has, setting
/// inputs, running and reading outputs allocate nothing, whatever the batch (texts and maps aside, which are objects). Spans
/// that it hands out show the next run's answer after the next run, and stay readable after <see cref="Dispose"/>.
/// </para>
/// </remarks>
public sealed partial class OnnxBinding : IDisposable
{
    private readonly OnnxSession _session;
    private readonly OrtBinding _native;
    private readonly OnnxInput[] _inputs;
    private readonly OnnxOutput[] _outputs;
    private readonly Dictionary<string, int> _symbols = new(StringComparer.Ordinal);
    private bool _isReshaped = true;
    private bool _hasRun;
    private bool _isDisposed;
    private int _users;

    private OnnxBinding(OnnxSession session, OrtBinding native)
    {
        _session = session;
        _native = native;
        _inputs = [.. session.Inputs.Select((info, index) => new OnnxInput(info, index))];
        _outputs = [.. session.Outputs.Select((info, index) => new OnnxOutput(info, index))];
    }

    internal static OnnxBinding Create(OnnxSession session, OrtSession native)
    {
        try
        {
            return new OnnxBinding(session, OrtBinding.Create(native));
        }
        catch (NativeCallFailure failure)
        {
            throw NativeFailures.Translate(failure, session.Name);
        }
    }

    /// <summary>Lets go of the native binding. A run that has started finishes; later calls throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _isDisposed, true);
        _native.Dispose();
        Volatile.Read(ref _runOptions)?.Dispose();
    }

    /// <summary>Takes the binding for the length of a call.</summary>
    private Turn Enter() => new(this);

    private OnnxInput Input(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (OnnxInput input in _inputs)
        {
            if (input.Info.Name == name)
            {
                return input;
            }
        }

        throw new SchemaMismatchException($"{_session.Name}: input '{name}'; the model takes {string.Join("; ", _session.Inputs)}", [], [name]);
    }

    private OnnxOutput Output(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (OnnxOutput output in _outputs)
        {
            if (output.Info.Name == name)
            {
                return output;
            }
        }

        throw new SchemaMismatchException($"{_session.Name}: output '{name}'; the model gives {string.Join("; ", _session.Outputs)}", [], [name]);
    }

    /// <summary>A call on the binding: refuses a second one at the same time, and any after the end.</summary>
    private readonly ref struct Turn
    {
        private readonly OnnxBinding _binding;

        public Turn(OnnxBinding binding)
        {
            if (Interlocked.Exchange(ref binding._users, 1) != 0)
            {
                throw new InvalidOperationException("an OnnxBinding is used by two threads at once; one for each (OnnxSession.Bind)");
            }

            _binding = binding;
            if (Volatile.Read(ref binding._isDisposed))
            {
                Dispose();
                ObjectDisposedException.ThrowIf(true, binding);
            }
        }

        public void Dispose() => Volatile.Write(ref _binding._users, 0);
    }
}
