using System.Runtime.InteropServices;

namespace Inference.Native.OnnxRuntime;

/// <summary>An object of ONNX Runtime, released once and never during a call on it.</summary>
/// <remarks>The creating call writes into the handle itself: no instant exists in which a failure could lose the object.</remarks>
internal abstract class OrtHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <inheritdoc/>
    public sealed override bool IsInvalid => handle == 0;
}
