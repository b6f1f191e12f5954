using System;
using Inference.Native.OnnxRuntime;

namespace Inference.Benchmarks.Raw;

/// <summary>A session of ONNX Runtime's C API without anything around it: one float input X, one float output Y.</summary>
internal sealed unsafe class RawSession : IDisposable
{
    private const int Single = 1;

    private readonly OrtEnvironment _environment = OrtEnvironment.Get(null);
    private readonly OrtApi.Session* _session;

    private RawSession(ReadOnlySpan<byte> content)
    {
        OrtApi.SessionOptions* options;
        OrtApi.Session* session;
        Check(OrtApi.CreateSessionOptions(&options));
        Check(OrtApi.SetIntraOpNumThreads(options, 1));
        fixed (byte* bytes = content)
        {
            Check(OrtApi.CreateSessionFromArray(_environment.Env, bytes, (nuint)content.Length, options, &session));
        }

        OrtApi.ReleaseSessionOptions(options);
        _session = session;
    }

    /// <summary>Loads a graph.</summary>
    public static RawSession Load(ReadOnlySpan<byte> content) => new(content);

    /// <summary>Runs the graph on rows and lets go of what the run made.</summary>
    public void Predict(ReadOnlySpan<float> rows, int count)
    {
        OrtApi.IoBinding* binding;
        OrtApi.Value* input;
        long* shape = stackalloc long[] { count, rows.Length / count };
        Check(OrtApi.CreateIoBinding(_session, &binding));
        fixed (float* values = rows)
        fixed (byte* x = "X"u8)
        fixed (byte* y = "Y"u8)
        {
            Check(OrtApi.CreateTensorWithDataAsOrtValue(_environment.Memory, values, (nuint)(rows.Length * sizeof(float)), shape, 2, Single, &input));
            Check(OrtApi.BindInput(binding, x, input));
            Check(OrtApi.BindOutputToDevice(binding, y, _environment.Memory));
            Check(OrtApi.RunWithBinding(_session, null, binding));
        }

        OrtApi.ReleaseValue(input);
        OrtApi.ReleaseIoBinding(binding);
    }

    /// <summary>Frees the session.</summary>
    public void Dispose() => OrtApi.ReleaseSession(_session);

    private static void Check(OrtApi.Status* status) => OrtStatus.Check(status, "ONNX Runtime");
}
