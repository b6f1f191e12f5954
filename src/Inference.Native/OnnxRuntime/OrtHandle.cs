namespace Inference.Native.OnnxRuntime;

/// <summary>An object of ONNX Runtime.</summary>
/// <param name="isCounted">False for what lives as long as the process.</param>
/// <remarks>The creating call writes into the handle itself: no instant exists in which a failure could lose the object.</remarks>
internal abstract class OrtHandle(bool isCounted = true) : NativeHandle(isCounted);
