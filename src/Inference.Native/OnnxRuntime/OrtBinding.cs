using System;
using System.Linq;
using System.Text;
using Inference.Native.Loading;
using Inference.Native.Platform;

namespace Inference.Native.OnnxRuntime;

/// <summary>OrtIoBinding: the inputs and outputs of runs, bound once. For one thread at a time; holds its session.</summary>
internal sealed unsafe class OrtBinding : OrtHandle
{
    private readonly OrtSession _session;
    private readonly byte[][] _inputNames;
    private readonly byte[][] _outputNames;

    /// <summary>What the native binding has addresses of: replaced only when a new address is bound.</summary>
    private readonly byte[]?[] _inputMemory;
    private readonly byte[]?[] _outputMemory;

    private OrtBinding(OrtSession session)
    {
        _session = session;
        _inputNames = [.. session.Inputs.Select(Name)];
        _outputNames = [.. session.Outputs.Select(Name)];
        _inputMemory = new byte[_inputNames.Length][];
        _outputMemory = new byte[_outputNames.Length][];
    }

    /// <summary>Makes a binding with every output left to the runs to allocate.</summary>
    /// <exception cref="ObjectDisposedException">The session was released.</exception>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public static OrtBinding Create(OrtSession session)
    {
        bool held = false;
        OrtBinding? binding = null;
        try
        {
            session.DangerousAddRef(ref held);
            binding = new OrtBinding(session);
            fixed (nint* place = &binding.handle)
            {
                OrtStatus.Check(OrtApi.CreateIoBinding((OrtApi.Session*)session.DangerousGetHandle(), (OrtApi.IoBinding**)place), nameof(OrtApi.CreateIoBinding));
            }

            held = false;
            for (int i = 0; i < binding._outputNames.Length; i++)
            {
                binding.FreeOutput(i);
            }

            return binding;
        }
        catch
        {
            binding?.Dispose();
            throw;
        }
        finally
        {
            if (held)
            {
                session.DangerousRelease();
            }
        }
    }

    /// <summary>Binds an input to memory, which runs read.</summary>
    /// <exception cref="ObjectDisposedException">The binding was released.</exception>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public void SetInput(int index, int elementType, PinnedMemory memory, int length, ReadOnlySpan<int> shape)
    {
        using OrtLease lease = new(this);
        using OrtOwnedValue value = OrtOwnedValue.Over(_session.Environment, memory.Pointer, length, shape, elementType);
        BindInput(lease, index, value);
        _inputMemory[index] = memory.Owner;
    }

    /// <summary>Binds an input to a copy of texts.</summary>
    /// <exception cref="ObjectDisposedException">The binding was released.</exception>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public void SetTexts(int index, ReadOnlySpan<string> texts, ReadOnlySpan<int> shape)
    {
        using OrtLease lease = new(this);
        using OrtOwnedValue value = OrtOwnedValue.Texts(_session.Environment, texts, shape);
        BindInput(lease, index, value);
    }

    /// <summary>Binds an output to memory, which runs write; a run whose output has another shape fails.</summary>
    /// <exception cref="ObjectDisposedException">The binding was released.</exception>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public void SetOutput(int index, int elementType, PinnedMemory memory, int length, ReadOnlySpan<int> shape)
    {
        using OrtLease lease = new(this);
        using OrtOwnedValue value = OrtOwnedValue.Over(_session.Environment, memory.Pointer, length, shape, elementType);
        fixed (byte* name = _outputNames[index])
        {
            OrtStatus.Check(OrtApi.BindOutput((OrtApi.IoBinding*)lease.Pointer, name, value.Pointer), nameof(OrtApi.BindOutput));
        }

        _outputMemory[index] = memory.Owner;
    }

    /// <summary>Leaves an output to the next run to allocate. A run keeps what it allocated: this is needed before each.</summary>
    /// <exception cref="ObjectDisposedException">The binding was released.</exception>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public void FreeOutput(int index)
    {
        using OrtLease lease = new(this);
        fixed (byte* name = _outputNames[index])
        {
            OrtStatus.Check(
                OrtApi.BindOutputToDevice((OrtApi.IoBinding*)lease.Pointer, name, _session.Environment.Memory), nameof(OrtApi.BindOutputToDevice));
        }
    }

    /// <summary>Runs the graph on the calling thread.</summary>
    /// <param name="options">What can end the run early; <see langword="null"/> for nothing.</param>
    /// <exception cref="ObjectDisposedException">The binding was released.</exception>
    /// <exception cref="NativeCallFailure">The library refused, an operator failed, or the run was ended.</exception>
    public void Run(OrtRunOptions? options)
    {
        using OrtLease lease = new(this);
        OrtApi.Session* session = (OrtApi.Session*)_session.DangerousGetHandle();
        if (options is null)
        {
            OrtStatus.Check(OrtApi.RunWithBinding(session, null, (OrtApi.IoBinding*)lease.Pointer), nameof(OrtApi.RunWithBinding));
        }
        else
        {
            using OrtLease optionsLease = new(options);
            OrtStatus.Check(
                OrtApi.RunWithBinding(session, (OrtApi.RunOptions*)optionsLease.Pointer, (OrtApi.IoBinding*)lease.Pointer), nameof(OrtApi.RunWithBinding));
        }

        GC.KeepAlive(this);
    }

    /// <summary>The outputs of the last run.</summary>
    /// <exception cref="ObjectDisposedException">The binding was released.</exception>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public OrtOutputs Outputs()
    {
        using OrtLease lease = new(this);
        OrtApi.Value** values;
        nuint count;
        OrtStatus.Check(
            OrtApi.GetBoundOutputValues((OrtApi.IoBinding*)lease.Pointer, _session.Environment.Allocator, &values, &count), nameof(OrtApi.GetBoundOutputValues));
        return new OrtOutputs(_session.Environment, values, (int)count);
    }

    /// <inheritdoc/>
    protected override bool Release()
    {
        OrtApi.ReleaseIoBinding((OrtApi.IoBinding*)handle);
        _session.DangerousRelease();
        return true;
    }

    private void BindInput(OrtLease lease, int index, OrtOwnedValue value)
    {
        fixed (byte* name = _inputNames[index])
        {
            OrtStatus.Check(OrtApi.BindInput((OrtApi.IoBinding*)lease.Pointer, name, value.Pointer), nameof(OrtApi.BindInput));
        }
    }

    private static byte[] Name(OrtPort port) => Encoding.UTF8.GetBytes(port.Name + "\0");
}
