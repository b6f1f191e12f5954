using System;

namespace Inference.Native.OnnxRuntime;

/// <summary>Holds an object of ONNX Runtime for the length of a call.</summary>
internal readonly ref struct OrtLease
{
    private readonly OrtHandle _handle;

    /// <summary>Takes the lease.</summary>
    /// <exception cref="ObjectDisposedException">The object was released.</exception>
    public OrtLease(OrtHandle handle)
    {
        bool taken = false;
        handle.DangerousAddRef(ref taken);
        _handle = handle;
    }

    /// <summary>The object, valid until the lease ends.</summary>
    public unsafe void* Pointer => (void*)_handle.DangerousGetHandle();

    /// <summary>Ends the lease.</summary>
    public void Dispose() => _handle.DangerousRelease();
}
