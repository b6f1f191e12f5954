using System;
using Inference.Backends;
using Inference.Benchmarks.Raw;
using Inference.Native.OnnxRuntime;
using Inference.Native.Platform;

namespace Inference.Benchmarks.Overhead;

/// <summary>One user through a tower of embeddings: this library sets both inputs, runs and reads the output; C runs what is bound.</summary>
internal sealed unsafe class TowerDuel : Duel
{
    private const string Model = "tests/fixtures/onnx/two-tower-user/model.onnx";
    private const int Float = 1;
    private const int Int64 = 7;

    private readonly CHarness _harness;
    private readonly OnnxSession _session;
    private readonly OnnxBinding _binding;
    private readonly OrtSession _rawSession;
    private readonly OrtBinding _rawBinding;
    private readonly void* _getApiBase = RawLibrary.Function(NativeLibraryKind.OnnxRuntime, "OrtGetApiBase");
    private readonly long[] _ids = [186, 2, 35];
    private readonly float[] _dense = [2.3242302f, -1.3918462f, -0.435032f, -0.61659247f, 2.2603447f, 0.72194284f];

    public TowerDuel(CHarness harness, bool isRawFirst)
    {
        _harness = harness;
        string path = BenchmarkModels.PathInCheckout(Model);
        OrtSession? first = isRawFirst ? LoadRaw(path) : null;
        _session = OnnxSession.Load(path);
        _rawSession = first ?? LoadRaw(path);
        _binding = _session.Bind();
        _rawBinding = OrtBinding.Create(_rawSession);
        Bind<long>("ids", Int64, _ids);
        Bind<float>("dense", Float, _dense);
        PinnedMemory output = new();
        output.Reserve(32 * sizeof(float));
        _rawBinding.SetOutput(0, Float, output, 32 * sizeof(float), [1, 32]);
    }

    public override long TimeRaw(int calls) =>
        _harness.TimeOnnx(_getApiBase, (void*)_rawSession.DangerousGetHandle(), (void*)_rawBinding.DangerousGetHandle(), calls);

    public override void Call(int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            _binding.SetInput<long>("ids", _ids);
            _binding.SetInput<float>("dense", _dense);
            _binding.Run();
            _ = _binding.Output<float>("embedding")[0];
        }
    }

    public override void Dispose()
    {
        _binding.Dispose();
        _session.Dispose();
        _rawBinding.Dispose();
        _rawSession.Dispose();
    }

    /// <summary>A session with the same settings.</summary>
    private static OrtSession LoadRaw(string path)
    {
        OrtEnvironment environment = OrtEnvironment.Get(null);
        return OrtSession.FromFile(environment, path, OnnxSettings.From(OnnxSessionOptions.Default, null));
    }

    private void Bind<T>(string name, int type, T[] values)
        where T : unmanaged
    {
        PinnedMemory memory = new();
        memory.Reserve(values.Length * sizeof(T));
        System.Runtime.InteropServices.MemoryMarshal.AsBytes<T>(values).CopyTo(memory.Bytes(values.Length * sizeof(T)));
        int index = Array.FindIndex(_rawSession.Inputs, port => port.Name == name);
        _rawBinding.SetInput(index, type, memory, values.Length * sizeof(T), [1, values.Length]);
    }
}
